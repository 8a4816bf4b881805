import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkBatch, isBatchFile, rowsFileOf } from '../../src/intake/batch.ts';
import { checkYaml, contextWith, drop, dropFolder, paymentsOf, codesOf } from './drop-folder.ts';

const HEAD = 'batch: payroll-2026-11\naccount: demo\n';
const ONE = '  - { id: 1, amount: 10, mobile: 0712000111 }\n';

describe('a clean YAML batch', () => {
  it('names who made it, and is another batch for no other reason', async () => {
    const made = await checkYaml(`${HEAD}prepared_by:  jane@acme\npayments:\n${ONE}`);
    const bare = await checkYaml(`${HEAD}payments:\n${ONE}`);
    expect(made.summary?.header.preparedBy).toBe('jane@acme');
    expect(bare.summary?.header).not.toHaveProperty('preparedBy');
    expect(made.summary?.digest).toBe(bare.summary?.digest);
  });

  it('is read with every scalar as text, and with its columns', async () => {
    const checked = await checkYaml(
      `# yaml-language-server: $schema=../schemas/batch.schema.json\n${HEAD}description: November\ncurrency: KES\n` +
        'control: { count: 4, sum: "80010.50" }\nnot_before: 2026-11-28T06:00:00\nnarrative: Salary\npayments:\n' +
        '  - { id: 007, name: Jane Wanjiku, amount: 45000.50, mobile: "+254712345678" }\n' +
        '  - { id: EMP-002, name: no, amount: 35000, bank: { code: 015, account: 0123456789012345678901 } }\n' +
        '  - id: EMP-003\n    amount: "5"\n    narrative: Bonus\n    paybill: { code: 888880, account: 00A }\n' +
        '  - { id: 4, amount: 5.00, mobile: 0712000111, details: { Purpose: rent } }\n',
    );
    expect(checked.problems).toEqual([]);
    expect(checked.summary?.header).toEqual({
      id: 'payroll-2026-11',
      file: checked.file,
      rowsFile: null,
      description: 'November',
      notBefore: Date.UTC(2026, 10, 28, 3),
      series: null,
      occurrence: null,
      control: { count: 4, sumMinor: 8_001_050n, currency: 'KES' },
      columns: [
        'id',
        'name',
        'amount',
        'mobile',
        'bank_code',
        'bank_account',
        'narrative',
        'paybill',
        'paybill_account',
        'details.purpose',
      ],
      columnFields: [
        'id',
        'name',
        'amount',
        'mobile',
        'bank_code',
        'bank_account',
        'narrative',
        'paybill',
        'paybill_account',
        'details.purpose',
      ],
      delimiter: ',',
      reading: { encoding: 'utf-8', numberFormat: null },
    });
    const payments = await paymentsOf(checked);
    expect(payments.map(({ id, line, narrative }) => [id, line, narrative])).toEqual([
      ['007', 10, 'Salary'],
      ['EMP-002', 11, 'Salary'],
      ['EMP-003', 12, 'Bonus'],
      ['4', 16, 'Salary'],
    ]);
    expect(payments[1]).toMatchObject({
      name: 'no',
      destination: { kind: 'bank', code: '015', account: '0123456789012345678901' },
    });
    expect(payments[0]?.cells).toEqual(['007', 'Jane Wanjiku', '45000.50', '+254712345678', '', '', '', '', '', '']);
  });

  it.each([
    ['CRLF', (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['CR', (text: string) => Buffer.from(text.replaceAll('\n', '\r'))],
    ['a byte-order mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['a document start', (text: string) => Buffer.from(`---\n${text}`)],
  ])('is the same with %s', async (_, written) => {
    const text = `${HEAD}payments:\n${ONE}`;
    const checked = await checkYaml(written(text));
    expect(checked.problems).toEqual([]);
    expect(checked.summary?.digest).toBe((await checkYaml(text)).summary?.digest);
  });
});

describe('what makes YAML mean more than it shows is refused', () => {
  it.each([
    [
      'an anchor and its alias',
      `${HEAD}narrative: &n x\ndescription: *n\npayments:\n${ONE}`,
      ['3  yaml-anchor', '4  yaml-alias'],
    ],
    ['a merge key', `${HEAD}payments:\n  - { id: 1, amount: 10, mobile: 0712000111, <<: x }\n`, ['4  yaml-merge-key']],
    ['a tag', `${HEAD}narrative: !!str x\ndescription: ! y\npayments:\n${ONE}`, ['3  yaml-tag', '4  yaml-tag']],
    ['a repeated key', `${HEAD}account: kampala\npayments:\n${ONE}`, ['3  yaml-key-repeated']],
    ['several documents', `${HEAD}payments:\n${ONE}---\nbatch: x\n`, ['5  yaml-several-documents']],
    ['a directive', `%YAML 1.2\n---\n${HEAD}payments:\n${ONE}`, ['1  yaml-directive']],
    ['a key that is no text', `${HEAD}payments:\n${ONE}? [a]\n: b\n`, ['5  yaml-key']],
    ['broken syntax', `${HEAD}payments:\n  - { id: 1, amount: 10\nx: "\n`, ['5  yaml-syntax']],
    ['NUL', `${HEAD}description: a\0b\npayments:\n${ONE}`, ['3  nul-character']],
  ])('%s', async (_, text, problems) => {
    const checked = await checkYaml(text);
    for (const problem of problems) expect(codesOf(checked)).toContain(problem);
    expect(checked.summary).toBeNull();
  });

  it('an alias bomb costs nothing', async () => {
    const bomb = 'abcdefgh'
      .split('')
      .map((name, i, all) => `${name}: &${name} [${i === 0 ? 'x' : `*${all[i - 1] ?? ''}`.concat(', ').repeat(9)}]`);
    expect(codesOf(await checkYaml(`${HEAD}${bomb.join('\n')}\n`))).toContain('4  yaml-alias');
  });

  it.each([['['], ['{a: '], ['- '], ['? ']])('endless nesting of %s', async (deeper) => {
    expect(codesOf(await checkYaml(`batch: x\nx:\n  ${deeper.repeat(1_000_000)}`))).toEqual(['0  yaml-too-deep']);
  });

  it('a file of many megabytes, with the advice to use rows', async () => {
    const checked = await checkYaml(`${HEAD}payments:\n${ONE.repeat(120_000)}`);
    expect(checked.problems).toMatchObject([{ line: 0, code: 'yaml-too-large' }]);
    expect(checked.problems[0]?.message).toContain('rows:');
  });
});

describe('what is not a batch is refused', () => {
  it.each([
    ['an empty file', '', ['0  file-empty']],
    ['comments alone', '# nothing\n', ['0  file-empty']],
    ['a list', '- a\n', ['1  value-type']],
    ['no payments key', HEAD, ['0 payments no-payments']],
    ['no payments', `${HEAD}payments: []\n`, ['3 payments no-payments']],
    ['an empty payments key', `${HEAD}payments:\n`, ['3 payments no-payments']],
    ['payments that are no list', `${HEAD}payments: { id: 1 }\n`, ['3 payments value-type']],
    ['a payment that is none', `${HEAD}payments:\n${ONE}  - two\n`, ['5  value-type']],
    ['both payments and rows', `${HEAD}rows: x.csv\npayments:\n${ONE}`, ['3 rows payments-and-rows']],
    ['no batch id', `account: demo\npayments:\n${ONE}`, ['0 batch batch-missing']],
    ['a bad batch id', `batch: Payroll!\naccount: demo\npayments:\n${ONE}`, ['1 batch batch-id-invalid']],
    ['an unknown account', `batch: b\naccount: dmo\npayments:\n${ONE}`, ['2 account account-unknown']],
    [
      'an account without a currency',
      `batch: b\naccount: demo\ncurrency: TZS\npayments:\n${ONE}`,
      ['3 currency currency-unsupported'],
    ],
    ['no moment', `${HEAD}not_before: tomorrow\npayments:\n${ONE}`, ['3 not_before not-before-invalid']],
    ['no last moment', `${HEAD}not_after: 2026-11-30\npayments:\n${ONE}`, ['3 not_after not-after-invalid']],
    [
      'a last moment before the first',
      `${HEAD}not_before: 2026-11-30T06:00:00\nnot_after: 2026-11-30T06:00:00\npayments:\n${ONE}`,
      ['4 not_after not-after-too-early'],
    ],
    ['an unknown encoding', `${HEAD}encoding: latin1\npayments:\n${ONE}`, ['3 encoding value-not-allowed']],
    ['a wrong count', `${HEAD}control: { count: 2 }\npayments:\n${ONE}`, ['3 control.count control-count-mismatch']],
    [
      'a count that is none',
      `${HEAD}control: { count: two }\npayments:\n${ONE}`,
      ['3 control.count control-count-invalid'],
    ],
    ['a wrong sum', `${HEAD}control:\n  sum: "10.01"\npayments:\n${ONE}`, ['4 control.sum control-sum-mismatch']],
    ['an empty control', `${HEAD}control: {}\npayments:\n${ONE}`, ['3 control value-missing']],
    [
      'half a bank',
      `${HEAD}payments:\n  - { id: 1, amount: 10, name: J, bank: { code: "015" } }\n`,
      ['4 bank.account destination-incomplete'],
    ],
    [
      'an empty destination',
      `${HEAD}payments:\n  - { id: 1, amount: 10, name: J, mobile: "", wallet: w }\n`,
      ['4 mobile value-missing'],
    ],
    [
      'an empty bank beside a mobile',
      `${HEAD}payments:\n  - { id: 1, amount: 10, mobile: 0712000111, bank: {} }\n`,
      ['0  schema'],
    ],
    [
      'no id and no amount',
      `${HEAD}payments:\n  - { mobile: 0712000111 }\n`,
      ['4 id id-missing', '4 amount amount-missing'],
    ],
  ])('%s', async (_, text, problems) => {
    const checked = await checkYaml(text);
    expect(codesOf(checked)).toEqual(problems);
    expect(checked.summary).toBeNull();
  });

  it('a sum over several currencies', async () => {
    const rows =
      '  - { id: 1, amount: 10, mobile: 0712000111 }\n  - { id: 2, amount: 10, currency: USD, mobile: 0712000112 }\n';
    expect(codesOf(await checkYaml(`${HEAD}control: { sum: 20 }\npayments:\n${rows}`))).toEqual([
      '3 control.sum control-sum-currencies',
    ]);
    expect((await checkYaml(`${HEAD}control: { count: 2 }\npayments:\n${rows}`)).problems).toEqual([]);
  });

  it('an unknown key, with the nearest known one', async () => {
    const checked = await checkYaml(`${HEAD}acount: demo\npayments:\n  - { id: 1, amout: 10, mobile: 0712000111 }\n`);
    expect(checked.problems).toMatchObject(
      [
        { line: 3, column: 'acount', code: 'key-unknown' },
        { line: 5, column: 'amount', field: 'amount', code: 'amount-missing' },
        { line: 5, column: 'amout', code: 'key-unknown' },
      ].sort((a, b) => a.line - b.line || b.code.localeCompare(a.code)),
    );
    expect(checked.problems.map(({ message }) => message).join()).toMatch(/`account`.*`amount`/s);
  });

  it('with fifty thousand unknown keys, each with its line, without taking for ever', async () => {
    const keys = Array.from({ length: 50_000 }, (_, n) => `k${n}: 1\n`).join('');
    const { problems } = await checkYaml(`${HEAD}${keys}payments:\n${ONE}`);
    expect(problems).toHaveLength(50_000);
    expect(problems.at(-1)).toMatchObject({ line: 50_002, column: 'k49999', code: 'key-unknown' });
  });

  it('with the batch id still named', async () => {
    expect(await checkYaml(`${HEAD}payments: []\n`)).toMatchObject({
      batchId: 'payroll-2026-11',
      summary: null,
      count: 0,
    });
  });

  it('with the line of the scalar and the name of the key', async () => {
    const checked = await checkYaml(
      `${HEAD}payments:\n  - id: 1\n    name: J\n    amount: ten\n    bank:\n      code: "015"\n      account: 1.1E+12\n`,
    );
    expect(checked.problems).toMatchObject([
      { line: 6, column: 'amount', field: 'amount', code: 'amount-syntax' },
      { line: 9, column: 'account', field: 'bank.account', code: 'bank-account-digits-lost' },
    ]);
  });
});

describe('rows in a CSV beside the batch', () => {
  function withRows(yaml: string, csv: string | Uint8Array, name = 'rows.csv'): string {
    const file = drop('payroll.yaml', yaml);
    writeFileSync(join(dirname(file), name), csv);
    return file;
  }

  it('are checked with what the batch says of them', async () => {
    const file = withRows(
      `${HEAD}rows: rows.csv\nencoding: windows-1252\nnumber_format: 1.250,50\ncolumns: { id: No, amount: Betrag, mobile: Tel, name: Name }\ncontrol: { count: 1, sum: 1250.50 }\n`,
      Buffer.from('No;Betrag;Tel;Name\r\n1;1.250,50;0712000111;Jos\xe9\r\n', 'latin1'),
    );
    const checked = await checkBatch(file, contextWith({ account: 'kampala', columns: { id: 'not this' } }));
    expect(checked.problems).toEqual([]);
    expect(checked.summary?.header).toMatchObject({
      id: 'payroll-2026-11',
      file,
      rowsFile: join(dirname(file), 'rows.csv'),
      delimiter: ';',
    });
    expect((await paymentsOf(checked))[0]).toMatchObject({
      name: 'José',
      amountMinor: 125_050n,
      line: 2,
      account: 'demo',
    });
    expect(await rowsFileOf(file)).toBe(join(dirname(file), 'rows.csv'));
  });

  it('are reported in their own file, a mapping where it is written', async () => {
    const file = withRows(`${HEAD}rows: rows.csv\ncolumns:\n  id: No\n`, 'id,amount,mobile\n1,x,0712000111\n');
    const { problems } = await checkBatch(file, contextWith());
    expect(problems).toMatchObject([
      { file: join(dirname(file), 'rows.csv'), line: 2, field: 'amount' },
      { file, line: 5, column: 'id', code: 'columns-missing-header' },
    ]);
  });

  it.each([['../rows.csv'], ['/etc/passwd'], ['sub/../../rows.csv'], ['C:\\rows.csv']])(
    'may not stand at %s',
    async (rows) => {
      const file = withRows(`${HEAD}rows: '${rows}'\n`, 'id,amount,mobile\n1,1,0712000111\n');
      expect(codesOf(await checkBatch(file, contextWith()))).toEqual(['3 rows rows-outside-folder']);
    },
  );

  it('may not be reached by a link out of the folder', async () => {
    const outside = drop('rows.csv', 'id,amount,mobile\n1,1,0712000111\n');
    const file = drop('payroll.yaml', `${HEAD}rows: link.csv\n`);
    symlinkSync(outside, join(dirname(file), 'link.csv'));
    expect(codesOf(await checkBatch(file, contextWith()))).toEqual(['3 rows rows-outside-folder']);
  });

  it('may stand in a folder below, and must be there', async () => {
    const file = drop('payroll.yaml', `${HEAD}rows: data/rows.csv\n`);
    const missing = await checkBatch(file, contextWith());
    expect(codesOf(missing)).toEqual(['3 rows rows-missing']);
    expect(missing.batchId).toBe('payroll-2026-11');
    mkdirSync(join(dirname(file), 'data'));
    writeFileSync(join(dirname(file), 'data/rows.csv'), 'id,amount,mobile\n1,1,0712000111\n');
    expect((await checkBatch(file, contextWith())).problems).toEqual([]);
  });

  it('are found for a sweep even when the batch has faults, and only there', async () => {
    expect(await rowsFileOf(drop('a.yaml', 'rows: x.csv\nnonsense: 1\n'))).toMatch(/x\.csv$/);
    expect(await rowsFileOf(drop('a.yaml', 'batch: x\n'))).toBeNull();
    expect(await rowsFileOf(drop('a.yaml', '{'))).toBeNull();
    expect(await rowsFileOf(dropFolder())).toBeNull();
  });
});

describe('a drop folder', () => {
  it.each([
    ['payroll.yaml', true],
    ['PAYROLL.CSV', true],
    ['a.yml', true],
    ['.hidden.csv', false],
    ['~$payroll.csv', false],
    ['.~lock.payroll.csv#', false],
    ['payroll.csv.tmp', false],
    ['payroll.csv~', false],
    ['payroll.xlsx', true],
    ['payroll.XLSM', true],
    ['payroll.ods', false],
    ['~$payroll.xlsx', false],
    ['.~lock.payroll.xlsx#', false],
    ['payrun.yaml', false],
    ['csv', false],
  ])('with %s in it: a batch? %s', (name, is) => {
    expect(isBatchFile(name)).toBe(is);
  });
});
