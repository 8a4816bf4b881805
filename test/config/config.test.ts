import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { DEMO, folderWith, load, refusal } from './folder.ts';

const FULL = `# yaml-language-server: $schema=./schemas/config.schema.json
organisation: acme-ke            # part of every reference
ledger: sqlite:data/payrun.db
batches: in
reports: out
timezone: Africa/Kampala
duplicate_window: 36h
open_warning_after: 6h
callbacks: { listen: "[::1]:8787", public_url: https://pay.example.org/, trusted_proxies: [127.0.0.1] }
accounts:
  demo:
    provider: sellapay
    endpoint: simulator
    currency: KES
  salaries:
    provider: sellapay
    environment: live
    currency: KES
    callback_token: abcdefghijklmnopqrstuvwxyz012345
    credentials: { api_key: \${SELLAPAY_KEY}, api_secret: { file: secrets/api } }
    options: { field_dialect: seed, narrative_max: 50, retry_ambiguous_with_same_reference: false }
    limits: { rate: [100/min, 5/s], concurrency: 5, max_amount: "250000" }
    callback_sources: [196.201.214.200, 10.0.0.0/8]
    statement: { columns: { reference: Details, amount: Paid out }, paid: [Completed], number_format: "1,250.50" }
  local:
    provider: sellapay
    endpoint: http://127.0.0.1:4010/api/v1/
    currency: KES
    credentials:
      api_key: \${A}
      api_secret: \${B}
    limits: { rate: 1000/h }
defaults:
  - match: "*.csv"
    account: demo
    currency: KES
    narrative: Salary
    series: salaries
    columns: { id: Employee No, amount: Net pay, mobile: Phone, details.purpose: Why }
    encoding: windows-1252
    number_format: 1.250,50
    header_row: 4
    sheet: Net pay
    skip: [Total, prepared by]
  - match: other-*.csv
    encoding: utf-8
`;

describe('a configuration', () => {
  it('is read whole, with every place relative to its own folder', async () => {
    const folder = await folderWith({ 'payrun.yaml': FULL });
    const config = await loadConfig({ file: null, from: folder });
    expect(config).toMatchObject({
      file: join(folder, 'payrun.yaml'),
      folder,
      digest: createHash('sha256').update(FULL).digest('hex'),
      organisation: 'acme-ke',
      ledger: `sqlite:${join(folder, 'data/payrun.db')}`,
      batches: join(folder, 'in'),
      reports: join(folder, 'out'),
      timezone: 'Africa/Kampala',
      duplicateWindowMs: 36 * 3_600_000,
      openWarningAfterMs: 6 * 3_600_000,
      callbacks: { host: '::1', port: 8787, publicUrl: 'https://pay.example.org', trustedProxies: ['127.0.0.1'] },
    });
    expect(config.accounts.get('salaries')).toEqual({
      name: 'salaries',
      hours: null,
      onShort: 'hold',
      canary: null,
      stopWhen: null,
      provider: 'sellapay',
      endpoint: null,
      hasMagic: false,
      environment: 'live',
      currency: 'KES',
      credentials: {
        api_key: { kind: 'environment', name: 'SELLAPAY_KEY' },
        api_secret: { kind: 'file', path: join(folder, 'secrets/api') },
      },
      options: { field_dialect: 'seed', narrative_max: '50', retry_ambiguous_with_same_reference: 'false' },
      callbackToken: { kind: 'text', text: 'abcdefghijklmnopqrstuvwxyz012345' },
      callbackSources: ['196.201.214.200', '10.0.0.0/8'],
      statement: {
        columns: { reference: 'Details', amount: 'Paid out' },
        paid: ['completed'],
        out: null,
        encoding: null,
        numberFormat: '1,250.50',
      },
      limits: {
        rates: [
          { count: 100, windowMs: 60_000 },
          { count: 5, windowMs: 1000 },
        ],
        concurrency: 5,
        maxAmountMinor: 250_000_00n,
      },
    });
    expect(config.accounts.get('local')).toMatchObject({
      endpoint: 'http://127.0.0.1:4010/api/v1',
      limits: { rates: [{ count: 1000, windowMs: 3_600_000 }], concurrency: null, maxAmountMinor: null },
    });
    expect(config.defaults).toEqual([
      {
        match: '*.csv',
        account: 'demo',
        currency: 'KES',
        narrative: 'Salary',
        series: 'salaries',
        columns: { id: 'Employee No', amount: 'Net pay', mobile: 'Phone', 'details.purpose': 'Why' },
        encoding: 'windows-1252',
        numberFormat: '1.250,50',
        headerRow: 4,
        sheet: 'Net pay',
        skip: ['Total', 'prepared by'],
        values: {},
        rounding: null,
        debtorAccounts: null,
        afterPaid: null,
      },
      {
        match: 'other-*.csv',
        account: null,
        currency: null,
        narrative: null,
        series: null,
        columns: {},
        encoding: null,
        numberFormat: null,
        headerRow: null,
        sheet: null,
        skip: [],
        values: {},
        rounding: null,
        debtorAccounts: null,
        afterPaid: null,
      },
    ]);
  });

  it('needs no more than an organisation and an account', async () => {
    const config = await load(DEMO);
    expect(config.ledger).toBe(`sqlite:${join(config.folder, 'payrun.db')}`);
    expect(config.batches).toBe(join(config.folder, 'batches'));
    expect(config.reports).toBe(join(config.folder, 'reports'));
    expect(config.timezone).toBe('Africa/Nairobi');
    expect(config.duplicateWindowMs).toBe(20 * 86_400_000);
    expect(config.openWarningAfterMs).toBe(86_400_000);
    expect(config.defaults).toEqual([]);
  });

  it('is frozen', async () => {
    const config = await load(DEMO);
    expect(() => Object.assign(config.accounts.get('demo') ?? {}, { endpoint: 'https://elsewhere.example' })).toThrow();
    expect(() => Object.assign(config, { reports: '/' })).toThrow();
  });

  it('is found in the folder above, and the nearest one wins', async () => {
    const folder = await folderWith({ 'payrun.yaml': DEMO, 'inner/payrun.yaml': DEMO });
    await mkdir(join(folder, 'a/b'), { recursive: true });
    await mkdir(join(folder, 'inner/b'), { recursive: true });
    expect((await loadConfig({ file: null, from: join(folder, 'a/b') })).file).toBe(join(folder, 'payrun.yaml'));
    expect((await loadConfig({ file: null, from: join(folder, 'inner/b') })).folder).toBe(join(folder, 'inner'));
    expect((await loadConfig({ file: 'inner/payrun.yaml', from: folder })).folder).toBe(join(folder, 'inner'));
  });

  it('that is not there is named together with the way to make one', async () => {
    const folder = await folderWith({});
    await expect(loadConfig({ file: null, from: folder })).rejects.toMatchObject({ exit: 2, code: 'config-missing' });
    await expect(loadConfig({ file: null, from: folder })).rejects.toThrow('payrun init');
    await expect(loadConfig({ file: 'x.yaml', from: folder })).rejects.toThrow(join(folder, 'x.yaml'));
  });

  it('keeps leading zeros and long digits, since every scalar is text', async () => {
    const config = await load(
      `${DEMO}defaults:\n  - { match: x.csv, narrative: 007, columns: { id: 00123456789012345678901234567890 } }\n`,
    );
    expect(config.defaults[0]).toMatchObject({
      narrative: '007',
      columns: { id: '00123456789012345678901234567890' },
    });
  });

  it('may have a block whose lines are all commented out', async () => {
    const config = await load(`${DEMO}defaults:\n  # - match: "*.csv"\n`);
    expect(config.defaults).toEqual([]);
  });

  it('may come from Windows', async () => {
    const config = await load(`\uFEFF${FULL.replaceAll('\n', '\r\n')}`);
    expect(config.organisation).toBe('acme-ke');
    expect(await refusal(`${DEMO.replaceAll('\n', '\r\n')}nope: 1\r\n`)).toMatch(/^payrun.yaml:4: /);
  });

  it('refuses what is not UTF-8', async () => {
    expect(await refusal(Buffer.from(`${DEMO}# José\n`, 'latin1'))).toContain('UTF-8');
  });
});

describe('the schema', () => {
  it('is a valid schema, describes every key, and takes what editors read from the same file', async () => {
    const schema = JSON.parse(
      await readFile(new URL('../../schemas/config.schema.json', import.meta.url), 'utf8'),
    ) as Record<string, unknown>;
    const ajv = new Ajv2020({ strictTypes: false, strictRequired: false });
    ajv.addVocabulary(['patternErrorMessage']);
    expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true);
    const validate = ajv.compile(schema);
    const account = { provider: 'sellapay', endpoint: 'simulator', currency: 'KES' };
    const typed = {
      organisation: 'acme',
      accounts: {
        demo: {
          ...account,
          limits: { concurrency: 5, max_amount: 250000.5 },
          options: { narrative_max: 50, bank_fee: 60, retry_ambiguous_with_same_reference: true },
        },
      },
    };
    expect(validate(typed), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...typed, accounts: { demo: { ...account, limits: { concurrency: 0 } } } })).toBe(false);

    // A provider's part only says which of the described keys its accounts have.
    const { account: declared } = schema['$defs'] as { account: { allOf: { then: { $ref: string } }[] } };
    const providers = declared.allOf.map(({ then }) => then.$ref.slice(1));
    expect(providers.length).toBeGreaterThan(4);
    const undescribed: string[] = [];
    let seen = 0;
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties' && !path.endsWith('/if') && !providers.includes(path.replace(/\/else$/, ''))) {
          for (const [name, property] of Object.entries(value as object)) {
            seen += 1;
            if (!('description' in (property as object)) && name !== 'limits') undescribed.push(`${path}/${name}`);
          }
        }
        walk(value, `${path}/${key}`);
      }
    };
    walk(schema, '');
    expect(seen).toBeGreaterThan(40);
    expect(undescribed).toEqual([]);
  });
});
