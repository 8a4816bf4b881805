import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/config.ts';
import { CONFIG_TEXT } from '../../src/config/init-files.ts';
import { initProject } from '../../src/config/init.ts';
import { peekConfig } from '../../src/config/peek.ts';
import { folderWith } from './folder.ts';

describe('a new project', () => {
  it('has a configuration that is accepted as it is, also at a glance', async () => {
    const folder = join(await folderWith({}), 'new/project');
    const { files } = await initProject(folder);
    expect(files.map((file) => file.slice(folder.length + 1))).toEqual([
      ...['payrun.yaml', 'batches/payroll-sample.yaml', '.gitignore'],
      ...['schemas/config.schema.json', 'schemas/batch.schema.json'],
    ]);
    const config = await loadConfig({ file: null, from: join(folder, 'batches') });
    expect([...config.accounts.values()]).toMatchObject([
      { name: 'demo', provider: 'sellapay', endpoint: 'simulator', currency: 'KES' },
    ]);
    expect(config.defaults).toMatchObject([{ match: '*', account: 'demo' }]);
    expect(await peekConfig({ file: null, from: folder })).not.toBeNull();
  });

  it('has a live account in comments that is accepted once they are taken off', async () => {
    const live = CONFIG_TEXT.replace(/^ {2}# ?(salaries:| {2,}.*)$/gm, '  $1');
    expect(live).toMatch(/^ {2}salaries:$/m);
    const config = await loadConfig({ file: null, from: await folderWith({ 'payrun.yaml': live }) });
    expect(config.accounts.get('salaries')).toMatchObject({
      environment: 'live',
      endpoint: null,
      credentials: { api_key: { kind: 'environment', name: 'SELLAPAY_API_KEY' } },
      limits: { concurrency: 4, maxAmountMinor: 250_000_00n },
    });
  });

  it('has a sample batch whose totals agree and whose recipients the simulator pays', async () => {
    const folder = await folderWith({});
    await initProject(folder);
    const batch = parse(await readFile(join(folder, 'batches/payroll-sample.yaml'), 'utf8'), {
      schema: 'failsafe',
    }) as {
      account: string;
      control: { count: string; sum: string };
      payments: { amount: string; mobile?: string; wallet?: string }[];
    };
    expect(batch.account).toBe('demo');
    expect(batch.payments).toHaveLength(Number(batch.control.count));
    const cents = batch.payments.map(({ amount }) => BigInt(amount.replace(/^(\d+)$/, '$1.00').replace('.', '')));
    expect(batch.control.sum.replace('.', '')).toBe(
      cents
        .reduce((sum, next) => sum + next, 0n)
        .toString()
        .padEnd(8, '0'),
    );
    for (const { mobile, wallet } of batch.payments) {
      if (mobile === undefined) expect(wallet).toMatch(/^[A-Za-z0-9]{1,64}$/);
      else expect(mobile).toMatch(/^\+254[71]\d{8}$/);
      expect(mobile ?? '').not.toMatch(/000[1-5]$/);
    }
  });

  it('has files that name the schemas beside them, and keeps secrets and reports out of git', async () => {
    const folder = await folderWith({});
    const { files } = await initProject(folder);
    let named = 0;
    for (const file of files.filter((name) => name.endsWith('.yaml'))) {
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(await readFile(file, 'utf8')) ?? [];
      expect((await stat(join(file, '..', schema))).isFile()).toBe(true);
      named += 1;
    }
    expect(named).toBe(2);
    expect((await readFile(join(folder, '.gitignore'), 'utf8')).split('\n')).toEqual([
      'payrun.db*',
      'reports/*',
      '.env',
      '',
    ]);
    expect((await stat(join(folder, 'reports'))).mode & 0o777).toBe(0o700);
  });

  it('overwrites nothing, and writes nothing where something is in the way', async () => {
    const folder = await folderWith({ 'batches/payroll-sample.yaml': 'mine' });
    await expect(initProject(folder)).rejects.toMatchObject({ exit: 2, code: 'init-exists' });
    await expect(initProject(folder)).rejects.toThrow(join(folder, 'batches/payroll-sample.yaml'));
    expect(await readdir(folder)).toEqual(['batches']);
    expect(await readFile(join(folder, 'batches/payroll-sample.yaml'), 'utf8')).toBe('mine');
  });

  it('says which place cannot be written', async () => {
    const folder = await folderWith({});
    await writeFile(join(folder, 'file'), '');
    await expect(initProject(join(folder, 'file', 'project'))).rejects.toMatchObject({
      exit: 2,
      code: 'init-unwritable',
    });
  });
});
