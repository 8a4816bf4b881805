import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkBatch } from '../../src/intake/batch.ts';
import { checkCsv, contextWith, drop, dropFolder, paymentsOf, codesOf } from './drop-folder.ts';

const HEAD = 'id,name,amount,mobile\n';
const CLEAN = `${HEAD}EMP-1,Jane Wanjiku,45000.50,+254712345678\nEMP-2,John Doe,35000,0712000111\n`;

describe('a clean CSV', () => {
  it('becomes payments with exact amounts and their lines', async () => {
    const checked = await checkCsv(CLEAN);
    expect(checked.problems).toEqual([]);
    expect(checked.summary).toMatchObject({
      count: 2,
      header: { id: 'payroll', rowsFile: null, columns: ['id', 'name', 'amount', 'mobile'], delimiter: ',' },
      totals: [{ account: 'demo', currency: 'KES', kind: 'mobile', count: 2, sumMinor: 8_000_050n }],
    });
    expect(await paymentsOf(checked)).toEqual([
      {
        id: 'EMP-1',
        idKey: 'emp-1',
        line: 2,
        name: 'Jane Wanjiku',
        destination: { kind: 'mobile', phone: '+254712345678' },
        amountMinor: 4_500_050n,
        currency: 'KES',
        account: 'demo',
        narrative: '',
        details: {},
        cells: ['EMP-1', 'Jane Wanjiku', '45000.50', '+254712345678'],
      },
      expect.objectContaining({ id: 'EMP-2', line: 3, amountMinor: 3_500_000n }),
    ]);
  });

  it.each([
    ['a UTF-8 byte-order mark', Buffer.from(`\uFEFF${CLEAN}`)],
    ['UTF-16 little endian', Buffer.from(`\uFEFF${CLEAN}`, 'utf16le')],
    ['UTF-16 big endian', Buffer.from(`\uFEFF${CLEAN}`, 'utf16le').swap16()],
    ['CRLF', Buffer.from(CLEAN.replaceAll('\n', '\r\n'))],
    ['CR', Buffer.from(CLEAN.replaceAll('\n', '\r'))],
    ['semicolons', Buffer.from(CLEAN.replaceAll(',', ';'))],
    ['tabs', Buffer.from(CLEAN.replaceAll(',', '\t'))],
    ['a declared semicolon', Buffer.from(`sep=;\r\n${CLEAN.replaceAll(',', ';')}`)],
    ['a declared comma', Buffer.from(`\uFEFFsep=,\n${CLEAN}`)],
    ['a declared semicolon in capitals', Buffer.from(`SEP=;\n${CLEAN.replaceAll(',', ';')}`)],
    ['a declared comma in quotes', Buffer.from(`"sep=,"\r\n${CLEAN}`)],
    ['a declared tab', Buffer.from(`sep=\t\r${CLEAN.replaceAll(',', '\t').replaceAll('\n', '\r')}`)],
    ['trailing blank lines', Buffer.from(`${CLEAN}\n   \n,,,\n`)],
    ['no line break at the end', Buffer.from(CLEAN.trimEnd())],
    ['header in other case and spaces', Buffer.from(CLEAN.replace('id,name,amount', ' ID ,Name, AMOUNT'))],
    ['spaces around quotes', Buffer.from(CLEAN.replace('Jane Wanjiku', ' "Jane  Wanjiku" '))],
    ['leading apostrophes', Buffer.from(CLEAN.replace('EMP-1', "'EMP-1").replace('0712', "'0712"))],
    [
      'other order of rows',
      Buffer.from(`${HEAD}emp-2,John Doe,35000.00,254712000111\nEMP-1,Jane Wanjiku,45000.5,0712345678\n`),
    ],
  ])('is the same set of payments with %s', async (_, bytes) => {
    const checked = await checkCsv(bytes);
    expect(checked.problems).toEqual([]);
    expect(checked.summary?.digest).toBe((await checkCsv(CLEAN)).summary?.digest);
  });

  it('keeps quoted line breaks in a cell and counts physical lines', async () => {
    const checked = await checkCsv('id,amount,mobile,note\r\n\r\n1,10,0712000111,"a\r\nb\nc"\r\n2,0,0712000111,x\r\n');
    expect(codesOf(checked)).toEqual(['6 amount amount-zero']);
  });

  it('carries unknown columns untouched and reads details', async () => {
    const checked = await checkCsv('id,amount,mobile,Dept ,details.Purpose\n1,10,0712000111, "Ops" ,salary\n');
    expect(checked.summary?.header.columns).toEqual(['id', 'amount', 'mobile', 'Dept ', 'details.Purpose']);
    expect(checked.summary?.header.columnFields).toEqual(['id', 'amount', 'mobile', '', 'details.purpose']);
    const [payment] = await paymentsOf(checked);
    expect(payment?.details).toEqual({ purpose: 'salary' });
    expect(payment?.cells[3]).toBe('Ops');
  });

  it('pays rows of different kinds, accounts and currencies', async () => {
    const checked = await checkCsv(
      'id,amount,currency,account,name,mobile,bank_code,bank_account,wallet,paybill,paybill_account\n' +
        '1,10,,,,0712000111,,,,,\n2,20.50,usd,,Jo,,015,00123,,,\n3,1000,,kampala,,,,,w1,,\n4,10,,,,,,,,888880,A1\n',
    );
    expect(checked.problems).toEqual([]);
    expect((await paymentsOf(checked)).map((p) => [p.destination.kind, p.amountMinor, p.currency, p.account])).toEqual([
      ['mobile', 1000n, 'KES', 'demo'],
      ['bank', 2050n, 'USD', 'demo'],
      ['wallet', 1000n, 'UGX', 'kampala'],
      ['paybill', 1000n, 'KES', 'demo'],
    ]);
  });
});

describe('bytes', () => {
  const LATIN = Buffer.from(
    `${HEAD}1,Jose,10,0712000111\n2,Jos\xe9,10,0712000112\n3,Ren\xe9e,0,0712000113\n`,
    'latin1',
  );

  it('that are not UTF-8 are refused with the first line, and the rest is checked all the same', async () => {
    const checked = await checkCsv(LATIN);
    expect(codesOf(checked)).toEqual(['3  encoding-not-utf8', '4 amount amount-zero']);
    expect(checked.problems[0]?.message).toContain('encoding: windows-1252');
  });

  it('are Windows-1252 once declared', async () => {
    const checked = await checkCsv(LATIN.subarray(0, LATIN.lastIndexOf('3,Ren')), { encoding: 'windows-1252' });
    expect(checked.problems).toEqual([]);
    expect((await paymentsOf(checked))[1]?.name).toBe('José');
  });

  it('that are UTF-8 although Windows-1252 is declared are a warning', async () => {
    const checked = await checkCsv(CLEAN.replace('Jane', 'Zoë'), { encoding: 'windows-1252' });
    expect(checked.problems).toMatchObject([{ severity: 'warning', code: 'encoding-looks-utf8' }]);
  });

  it('of a character that straddles two chunks stay one character', async () => {
    const rows = Array.from({ length: 9000 }, (_, i) => `${i},Zoë 🎉,${i + 1},0712000111,${'é'.repeat(i % 5)}\n`).join(
      '',
    );
    for (const encoding of ['utf8', 'utf16le'] as const) {
      const checked = await checkCsv(Buffer.from(`\uFEFFid,name,amount,mobile,x\n${rows}`, encoding));
      expect(checked.problems).toEqual([]);
      expect(new Set((await paymentsOf(checked)).map(({ name }) => name))).toEqual(new Set(['Zoë 🎉']));
    }
  });

  it.each([
    ['nothing', '', '0  file-empty'],
    ['a byte-order mark alone', '\uFEFF', '0  file-empty'],
    ['blank lines alone', '\n \r\n,,\n', '0  file-empty'],
    ['a header alone', HEAD, '0  no-payments'],
    ['a workbook', Buffer.from('PK\x03\x04xxxx'), '0  file-is-workbook'],
    ['NUL in a row', `${CLEAN}3,a\0b,10,0712000111\n`, '4  nul-character'],
    ['cut-off UTF-16', Buffer.from(`\uFEFF${CLEAN}`, 'utf16le').subarray(0, -1), '0  encoding-not-utf16'],
  ])('%s is refused', async (_, content, problem) => {
    const checked = await checkCsv(content);
    expect(codesOf(checked)).toContain(problem);
    expect(checked.summary).toBeNull();
  });
});

describe('the shape of the table', () => {
  it.each([
    ['a repeated header', 'id,amount,mobile,Note,note\n1,10,0712000111,a,b\n', ['1  header-repeated']],
    ['ragged rows', `${HEAD}1,a,10,0712000111,x\n2,b,10\n`, ['2  row-ragged', '3  row-ragged']],
    [
      'a quote that is never closed',
      `${HEAD}1,"a,10,0712000111\n2,b,0,0712000111\n`,
      ['2  quote-unclosed', '3 amount amount-zero'],
    ],
    [
      'a quote that ends in a later row',
      `${HEAD}1,"a,10,0712000111\n2,"b",0,0712000111\n`,
      ['2  quote-unclosed', '3 amount amount-zero'],
    ],
    [
      'a quote inside a cell',
      `${HEAD}1,a "b" c,10,0712000111\n2,b,0,0712000111\n`,
      ['2  quote-misplaced', '3 amount amount-zero'],
    ],
    [
      'a quote that opens late in a record',
      `${HEAD}1,"a\nb","c,10\n2,b,0,0712000111\n`,
      ['3  quote-unclosed', '4 amount amount-zero'],
    ],
    ['a NUL in the only row', `${HEAD}1,a\0,10,0712000111\n`, ['2  nul-character']],
    ['a misplaced quote in the only row', `${HEAD}1,a "b" c,10,0712000111\n`, ['2  quote-misplaced']],
    ['an unreadable header', 'id,"name,amount\n1,2,3\n', ['1  quote-unclosed']],
    [
      'missing columns',
      'name,phone\nJane,0712000111\n',
      ['1 id column-missing', '1 amount column-missing', '1 mobile column-missing'],
    ],
  ])('%s is refused, with the line', async (_, content, problems) => {
    expect(codesOf(await checkCsv(content))).toEqual(problems);
  });

  it('names the line where a quote opened even a hundred thousand lines before the end', async () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => `${i},b,${(i + 100) / 100},0712000111\n`).join('');
    expect(codesOf(await checkCsv(`${HEAD}x,"a,10,0712000111\n${rows}`))).toEqual(['2  quote-unclosed']);
  });

  it('takes the delimiter from the header, not from the rows', async () => {
    const checked = await checkCsv('id;amount;mobile;note\n1;10;0712000111;a,b,c,d\n');
    expect(checked.problems).toEqual([]);
    expect(checked.summary?.header.delimiter).toBe(';');
  });
});

describe('a first line that declares the delimiter', () => {
  it('wins over what the header looks like, and counts as a line', async () => {
    const checked = await checkCsv('sep=;\r\nid;amount;mobile;a,b,c,d,e\r\n1;0;0712000111;x\r\n2;10;0712000112;y\r\n');
    expect(codesOf(checked)).toEqual(['3 amount amount-zero']);
    expect((await checkCsv('sep=;\nid;amount;mobile\n1;10;0712000111\n')).summary?.header.delimiter).toBe(';');
  });

  it.each([
    ['alone', 'sep=;\n', '0  file-empty'],
    ['alone, without an end', 'sep=,', '0  file-empty'],
    ['before a header alone', `sep=,\n${HEAD}`, '0  no-payments'],
    ['before an unreadable header', 'sep=,\nid,"name,amount\n1,2,3\n', '2  quote-unclosed'],
    ['of another sign', `sep=|\n${CLEAN}`, '1  delimiter-declared'],
    ['further down', `\nsep=,\n${CLEAN}`, '2  delimiter-declared'],
  ])('%s is refused', async (_, content, problem) => {
    expect(codesOf(await checkCsv(content))).toContain(problem);
  });
});

describe('columns', () => {
  const MAPPED = 'Employee No,Net pay,Phone,mobile\n1,10,0712000111,office\n';

  it('are mapped without regard to case and spaces; our name elsewhere is then carried', async () => {
    const checked = await checkCsv(MAPPED, { columns: { id: ' employee  NO', amount: 'Net Pay', mobile: 'phone' } });
    expect(checked.problems).toEqual([]);
    expect(checked.summary?.header.columnFields).toEqual(['id', 'amount', 'mobile', '']);
  });

  it('that a mapping names and the file lacks are refused with the headers there are', async () => {
    const checked = await checkCsv(MAPPED, { columns: { id: 'Staff', amount: 'Net pay', mobile: 'Phone', nmae: 'x' } });
    expect(codesOf(checked)).toEqual(['1 id columns-missing-header', '1 nmae columns-unknown-field']);
    expect(checked.problems[0]?.message).toContain('Employee No, Net pay, Phone, mobile');
    expect(checked.problems[1]?.message).toContain('Did you mean `name`?');
  });

  it('of a problem are named as they stand in the file', async () => {
    const checked = await checkCsv('Employee No,Net pay,Phone\n1,x,0712000111\n', {
      columns: { id: 'employee no', amount: 'net pay', mobile: 'phone' },
    });
    expect(checked.problems).toMatchObject([{ line: 2, column: 'Net pay', field: 'amount', code: 'amount-syntax' }]);
  });
});

describe('the batch', () => {
  it.each([
    ['Payroll Nov (1).csv', 'payroll-nov-1'],
    ['A.B_c--D.CSV', 'a.b_c-d'],
    ['-Löhne-.csv', 'l-hne'],
  ])('%s has the id %s', async (name, id) => {
    expect((await checkBatch(drop(name, CLEAN), contextWith())).batchId).toBe(id);
  });

  it('whose name makes no id is refused with the advice to give one', async () => {
    const file = drop('工資.csv', CLEAN);
    const checked = await checkBatch(file, contextWith());
    expect(checked).toMatchObject({ batchId: null, summary: null, problems: [{ line: 0, code: 'batch-id-invalid' }] });
    expect(checked.problems[0]?.message).toContain('--batch');
    const named = await checkBatch(file, contextWith({}, { overrides: { account: null, batch: 'wages' } }));
    expect(named.summary?.header.id).toBe('wages');
  });

  it('without an account, or with one that is not configured, is refused', async () => {
    expect(codesOf(await checkBatch(drop('a.csv', CLEAN), contextWith(null)))).toEqual(['0 account account-missing']);
    const unknown = await checkCsv(CLEAN, { account: 'dmo' });
    expect(codesOf(unknown)).toEqual(['0 account account-unknown']);
    expect(unknown.problems[0]?.message).toMatch(/demo, kampala.*Did you mean `demo`/);
    const rows = await checkCsv('id,amount,mobile,account\n1,10,0712000111,nope\n2,10,0712000112,nope\n');
    expect(codesOf(rows)).toEqual(['2 account account-unknown', '3 account account-unknown']);
  });

  it.each(['account', 'currency'])('whose %s column holds phones is refused without showing them', async (field) => {
    const checked = await checkCsv(
      `id,amount,mobile,${field}\n1,10,0712000111,+254712000111\n2,10,0712000112,tel 0712000113\n`,
    );
    const messages = checked.problems.map(({ message }) => message).join('\n');
    expect(messages).toContain('"+999999999999"');
    expect(messages).toContain('"aaa 9999999999"');
    expect(messages).not.toContain('0712');
    expect(messages).not.toContain('712000');
    const named = await checkCsv(`id,amount,mobile,${field}\n1,10,0712000111,abc-2026\n`);
    expect(named.problems[0]?.message).toMatch(/"abc-2026"/i);
  });

  it('is paid from the account that the command line names', async () => {
    const context = contextWith({}, { overrides: { account: 'kampala', batch: null } });
    const checked = await checkBatch(drop('a.csv', 'id,amount,mobile,account\n1,100,0712000111,demo\n'), context);
    expect(checked.summary?.totals).toMatchObject([{ account: 'kampala', currency: 'UGX', sumMinor: 100n }]);
  });

  it('is recognised by the ending of its name', async () => {
    expect(codesOf(await checkBatch(drop('payroll.txt', CLEAN), contextWith()))).toEqual(['0  file-kind-unknown']);
  });

  it('that does not exist, or is no file, is a fault of the call', async () => {
    await expect(checkBatch('/nowhere/x.csv', contextWith())).rejects.toMatchObject({ exit: 2, code: 'file-missing' });
    await expect(checkBatch(dropFolder(), contextWith())).rejects.toMatchObject({ exit: 2, code: 'file-unreadable' });
  });

  it.each([
    ['another amount', CLEAN.replace('35000', '35001')],
    ['one row less', CLEAN.slice(0, CLEAN.indexOf('EMP-2'))],
    ['an error', CLEAN.replace('35000', 'x')],
    ['another column', CLEAN.replace('name', 'nom').replace('Jane Wanjiku', '')],
  ])('that has %s on its second reading throws', async (_, later) => {
    const file = drop('payroll.csv', CLEAN);
    const checked = await checkBatch(file, contextWith());
    writeFileSync(file, later);
    await expect(paymentsOf(checked)).rejects.toMatchObject({ exit: 3, code: 'file-changed' });
  });

  it('comes in pages of at most a thousand', async () => {
    const rows = Array.from({ length: 2500 }, (_, i) => `${i},,10,0712000111\n`).join('');
    const checked = await checkCsv(HEAD + rows);
    const sizes: number[] = [];
    for await (const page of checked.payments()) sizes.push(page.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
    expect(sizes.reduce((a, b) => a + b)).toBe(2500);
  });
});
