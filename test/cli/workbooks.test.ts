import { mkdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWorkbook, type WrittenCell, type WrittenSheet } from '../workbook/workbook-writer.ts';
import { CONFIG, csvOf, Project } from './harness.ts';

const HEADER = ['Emp No', 'Name', 'Net pay', 'Phone', 'Department'];
const PEOPLE: readonly (readonly WrittenCell[])[] = [
  ['0001', 'Asha', 40500.5, '0712200019', 'Farm'],
  ['0002', 'Brian', { attributes: '', content: '<f>C2*2</f><v>1000.10</v>' }, 712200029, 'Office'],
];
const RULE = `  - { match: "*.xls?", account: demo, columns: { id: Emp No, name: Name, amount: Net pay, mobile: Phone } }\n`;

let project: Project;
beforeEach(async () => {
  project = await Project.open({ config: CONFIG + RULE });
});
afterEach(() => project.close());

function book(rows: readonly (readonly WrittenCell[])[] = PEOPLE, more: Partial<WrittenSheet> = {}): Buffer {
  return writeWorkbook([{ name: 'Sheet1', rows: [HEADER, ...rows], ...more }]);
}

describe('a workbook in the drop folder', () => {
  it('is paid and reported like a CSV, and a later sweep has nothing to do for it', async () => {
    await project.write('batches/November pay.xlsx', book());
    const ended = await project.run('run', 'batches/', '--json');
    expect(ended.code).toBe(0);
    expect(project.book()).toHaveLength(2);
    const report = await project.report('november-pay');
    expect(report.map((row) => [row['line'], row['id'], row['amount'], row['status'], row['Department']])).toEqual([
      ['2', "'0001", '40500.50', 'paid', 'Farm'],
      ['3', "'0002", '1000.10', 'paid', 'Office'],
    ]);
    const again = await project.run('run', 'batches/');
    expect(again.code).toBe(0);
    expect(project.book()).toHaveLength(2);
    expect((await project.run('validate', 'batches/November pay.xlsx')).code).toBe(0);
    expect((await project.run('plan', 'batches/November pay.xlsx')).code).toBe(0);
  });

  it('has its failed rows handed back as a CSV that corrects them', async () => {
    const header = ['Emp No', 'Name', 'Net pay', 'Wallet', 'Phone'];
    // Sellapay's simulator refuses this wallet.
    const rows = [header, ['0001', 'Asha', 700, 'acctMISSING', null], ['0002', 'Ben', 1600.5, null, 712200029]];
    await project.write('batches/wallets.xlsx', writeWorkbook([{ name: 'Pay', rows }]));
    const columns = 'columns: { id: Emp No, name: Name, amount: Net pay, wallet: Wallet, mobile: Phone }';
    const rule = `  - { match: "wallets.*", account: demo, ${columns} }\n`;
    await project.write('payrun.yaml', CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint) + rule);
    expect((await project.run('run', 'batches/wallets.xlsx')).code).toBe(4);
    const text = await project.read('reports/wallets/wallets-failed.csv');
    expect(text).toBe("replaces,Emp No,Name,Net pay,Wallet,Phone\r\nwallets/0001,'0001,Asha,700,acctMISSING,\r\n");
    await project.write('corrected.csv', text.replace('acctMISSING,', ',0712200039'));
    expect((await project.run('run', 'corrected.csv')).code).toBe(0);
    expect((await project.report('wallets')).map((row) => row['status'])).toEqual(['replaced', 'paid']);
  });

  it('is refused as a whole for one cell, which is named in the message and by its row in errors.csv', async () => {
    await project.write(
      'batches/pay.xlsx',
      book([...PEOPLE, ['0003', 'Chebet', { attributes: 't="e"', content: '<v>#N/A</v>' }, '0712200039', '']]),
    );
    const ended = await project.run('run', 'batches/', '--quiet');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('Sheet1!C4: This cell shows the error #N/A.');
    expect(project.book()).toEqual([]);
    const [error] = await project.errors('pay');
    expect(error).toMatchObject({ line: '4', column: 'Net pay', field: 'amount', code: 'cell-error' });
  });

  it('is refused where an amount shows another figure than the one that is stored', async () => {
    const formats = ['0%', '#,##0,', '#,##0.00', '_-"KSh"* #,##0.00_-', '0.00%'];
    const styled = (style: number, value: number): WrittenCell => ({
      attributes: `s="${style}"`,
      content: `<v>${value}</v>`,
    });
    const people = (amounts: readonly WrittenCell[]) =>
      amounts.map((amount, at) => [`000${at}`, 'Asha', amount, `07122000${at}9`, styled(1, 0.5)]);
    const plain = people([styled(3, 500.5), styled(4, 600)]);
    await project.write('batches/pay.xlsx', writeWorkbook([{ name: 'Pay', rows: [HEADER, ...plain] }], { formats }));
    expect((await project.run('run', 'batches/')).code).toBe(0);
    const scaled = people([styled(3, 700), styled(1, 0.5), styled(2, 1_250_000)]);
    await project.write('batches/more.xlsx', writeWorkbook([{ name: 'Pay', rows: [HEADER, ...scaled] }], { formats }));
    const ended = await project.run('run', 'batches/', '--quiet');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('Pay!C3: This cell shows 50% and holds 0.5');
    expect(ended.stderr).toContain('Pay!C4: This cell shows 1,250 and holds 1250000');
    expect((await project.errors('more')).map(({ code }) => code)).toEqual(Array(2).fill('cell-shows-other-amount'));
    expect(project.book()).toHaveLength(2);
  });

  it('has a row as a whole named as a clerk would, on the screen and in errors.csv', async () => {
    const rows = [HEADER, ...PEOPLE, ['0003', 'Chebet', 500, null, '']];
    await project.write('batches/pay.xlsx', writeWorkbook([{ name: 'Net pay', rows }]));
    expect((await project.run('run', 'batches/')).stderr).toContain('Net pay, row 4: ');
    const ended = await project.run('run', 'batches/', '--json');
    const { batches } = JSON.parse(ended.stdout) as { batches: { issues: unknown[] }[] };
    const place = { line: 4, column: '', code: 'destination-missing' };
    expect(batches[0]?.issues).toEqual([expect.objectContaining(place)]);
    const [error] = await project.errors('pay');
    expect(error).toMatchObject({ ...place, line: '4' });
    expect(error?.['message']).toMatch(/^Net pay, row 4: /);
  });

  it('without a rule for its name is refused with what to do, and the rest of the folder is paid', async () => {
    await project.write('payrun.yaml', CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint));
    await project.write('batches/pay.xlsx', book());
    await project.write('batches/casuals.csv', csvOf(2));
    const ended = await project.run('run', 'batches/', '--quiet');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('pay.xlsx');
    expect(ended.stderr).toContain('defaults:');
    expect(project.book()).toHaveLength(2);
  });

  it('is refused for a second sheet of payments, and for a row beside the header; nothing is sent', async () => {
    const casuals = [
      ['id', 'name', 'amount', 'phone'],
      ['C-1', 'Tom', 700, '0712200039'],
    ];
    const staff = { name: 'Staff', rows: [HEADER, ...PEOPLE] };
    await project.write('batches/pay.xlsx', writeWorkbook([staff, { name: 'Casuals', rows: casuals }]));
    const second = await project.run('run', 'batches/', '--quiet');
    expect([second.code, second.stderr.includes('"Casuals"'), second.stderr.includes('`sheet: Staff`')]).toEqual([
      ...[3, true, true],
    ]);
    const beside = [null, null, null, null, null, '0003', 'Ann', 700, '0712200039'];
    await project.write('batches/pay.xlsx', book([...PEOPLE, beside]));
    const ragged = await project.run('run', 'batches/', '--quiet');
    expect([ragged.code, ragged.stderr.includes('Sheet1!F4: This cell stands to the right')]).toEqual([3, true]);
    expect(project.book()).toEqual([]);
    const notes = { name: 'Notes', rows: [['Paid on Friday']] };
    await project.write('batches/pay.xlsx', writeWorkbook([staff, notes]));
    const paid = await project.run('run', 'batches/');
    expect([paid.code, paid.stderr.includes('"Notes" was not read')]).toEqual([0, true]);
    expect(project.book()).toHaveLength(2);
  });

  it('is read by every command under a declared sheet', async () => {
    const sheets = ['Oct', 'Nov'].map((name) => ({ name, rows: [HEADER, ...PEOPLE] }));
    await project.write('batches/pay.xlsx', writeWorkbook(sheets));
    const refused = await project.run('run', 'batches/');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('2 sheets have payments: "Oct", "Nov".');
    await project.write(
      'batches/pay.yaml',
      'batch: nov\naccount: demo\nrows: pay.xlsx\nsheet: Nov\ncolumns: { id: Emp No, amount: Net pay, mobile: Phone }\n',
    );
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(project.book()).toHaveLength(2);
    expect((await project.run('run', 'batches/')).code).toBe(0);
  });
});

describe('a spreadsheet that payrun does not read', () => {
  it.each(['pay.ods', 'pay.xls', 'pay.xlsb', 'pay.numbers', 'PAY.ODS'])(
    'is named in a sweep, each time, and the rest is paid: %s',
    async (name) => {
      await project.write(`batches/${name}`, 'x');
      await project.write('batches/casuals.csv', csvOf(1));
      for (const args of [
        ['run', 'batches/', '--quiet'],
        ['run', 'batches/', '--quiet'],
        ['run', `batches/${name}`, '--quiet'],
      ]) {
        const ended = await project.run(...args);
        expect([ended.code, ended.stderr.includes(name), ended.stderr.includes('save it as .xlsx')]).toEqual([
          3,
          true,
          true,
        ]);
      }
      expect(project.book()).toHaveLength(1);
      await rm(join(project.dir, 'batches', name));
      expect((await project.run('run', 'batches/')).code).toBe(0);
    },
  );

  it('is named when it is a folder, as Numbers documents may be', async () => {
    await mkdir(join(project.dir, 'batches/pay.numbers'));
    const ended = await project.run('run', 'batches/');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('a Numbers document');
  });

  it('is named when it is protected with a password', async () => {
    const ole = Buffer.concat([
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.alloc(512),
      Buffer.from('EncryptedPackage', 'utf16le'),
    ]);
    await project.write('batches/pay.xlsx', ole);
    const ended = await project.run('run', 'batches/', '--quiet');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('protected with a password');
    expect(ended.stderr).not.toContain('    at ');
  });
});

describe('a file that is open in a spreadsheet', () => {
  const excel = (name: string): Buffer => {
    const lock = Buffer.alloc(165, ' ');
    lock.writeUInt8(name.length, 0);
    lock.write(name, 1, 'latin1');
    lock.writeUInt16LE(name.length, 55);
    lock.write(name.padEnd(54), 57, 'utf16le');
    return lock;
  };
  const LIBRE = 'Jane Wanjiku,jane,PAYROLL-PC,28.11.2026 10:12,file:///home/jane/.config/libreoffice/4;';

  it.each([
    ['pay.xlsx', '.~lock.pay.xlsx#', LIBRE, 'LibreOffice (Jane Wanjiku on PAYROLL-PC, since 28.11.2026 10:12)'],
    ['pay.csv', '.~lock.pay.csv#', ',jane,PC,,;', 'LibreOffice (jane on PC)'],
    ['pay.xlsx', '~$pay.xlsx', excel('Asha Mwangi'), 'Excel (Asha Mwangi)'],
    ['pay.xlsx', '~$pay.xlsx', '', 'Excel'],
  ])('waits, and who has it is said: %s beside %s', async (name, lock, content, who) => {
    await project.write(`batches/${name}`, name.endsWith('csv') ? csvOf(1) : book());
    await project.write(
      'batches/other.csv',
      csvOf(1, (n) => `0722${String(200_009 + n * 10)}`).replaceAll('EMP-', 'NEW-'),
    );
    await project.write(`batches/${lock}`, content);
    for (const args of [
      ['run', 'batches/', '--quiet'],
      ['run', `batches/${name}`],
    ]) {
      const ended = await project.run(...args);
      expect(ended.code).toBe(3);
      expect(ended.stderr).toContain(`${name} is open in ${who}`);
    }
    expect(project.book()).toHaveLength(1);
    const checked = await project.run('validate', `batches/${name}`);
    expect([checked.code, checked.stderr.includes('what was saved last is checked')]).toEqual([0, true]);
    await rm(join(project.dir, 'batches', lock));
    expect((await project.run('run', 'batches/')).code).toBe(0);
  });

  it('waits with the YAML batch that names it', async () => {
    await project.write('batches/rows/pay.xlsx', book());
    await project.write(
      'batches/pay.yaml',
      'batch: nov\naccount: demo\nrows: rows/pay.xlsx\ncolumns: { id: Emp No, amount: Net pay, mobile: Phone }\n',
    );
    await project.write('batches/rows/~$pay.xlsx', excel('Asha'));
    const ended = await project.run('run', 'batches/', '--quiet');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('pay.xlsx is open in Excel (Asha)');
    expect(project.book()).toEqual([]);
  });

  it('is paid where the lock is older than a day, which is said', async () => {
    await project.write('batches/pay.xlsx', book());
    const lock = await project.write('batches/.~lock.pay.xlsx#', LIBRE);
    const old = Date.now() / 1000 - 25 * 3600;
    await utimes(lock, old, old);
    const ended = await project.run('run', 'batches/');
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('older than 24 hours');
    expect(project.book()).toHaveLength(2);
  });

  it('does not keep a sweep from its end that has paid it before', async () => {
    await project.write('batches/pay.xlsx', book());
    expect((await project.run('run', 'batches/')).code).toBe(0);
    await project.write('batches/~$pay.xlsx', excel('Asha'));
    expect((await project.run('run', 'batches/')).code).toBe(0);
  });
});
