import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWorkbook, type WrittenSheet } from '../workbook/workbook-writer.ts';
import { CONFIG, Project } from './harness.ts';

/** Sellapay's simulator refuses this wallet. */
const BAD = 'acctMISSING';
const RULES =
  '  - { match: "oct*", account: demo, narrative: Wages, columns: { id: Emp No, name: Name, amount: Net pay, wallet: Wallet, mobile: Phone } }\n' +
  '  - { match: "sheet-*", account: demo, sheet: Pay, columns: { id: No, amount: Net, mobile: Tel } }\n';

describe('failed rows that are handed back as a workbook', () => {
  let project: Project;
  beforeEach(async () => {
    project = await Project.open({ config: CONFIG.replace('defaults:\n', `defaults:\n${RULES}`) });
    await project.write(
      'oct.csv',
      `Emp No,Name,Net pay,Wallet,Phone\n0001,Ann,1500,${BAD},\n0002,Ben,1600,,0711200019\n`,
    );
    expect((await project.run('run', 'oct.csv')).code).toBe(4);
  });
  afterEach(() => project.close());

  /** What a spreadsheet saves of the failed file: every guarded cell as a text with its apostrophe, and the amount as a number. */
  const saved = async (phone: string, more: Partial<WrittenSheet> = {}): Promise<WrittenSheet> => {
    const table: string[][] = parse(await project.read('reports/oct/oct-failed.csv'));
    const [header = [], ...rows] = table;
    const corrected = rows.map((cells) =>
      cells.map((cell) => (cell === BAD ? null : cell === '' ? phone : cell === '1500.00' ? 1500 : cell)),
    );
    return { name: 'oct-failed', rows: [header, ...corrected], ...more };
  };
  const statuses = async (batch: string): Promise<readonly string[]> =>
    (await project.report(batch)).map(({ id = '', status = '' }) => `${id} ${status}`);

  it.each(['anything.xlsx', 'batches/back.xlsx', 'sheet-1.xlsx'])(
    'are read under the rule of their batch, whatever the name: %s',
    async (file) => {
      await project.write(file, writeWorkbook([await saved("'0711200029")]));
      for (const command of ['validate', 'plan']) expect((await project.run(command, file)).code).toBe(0);
      const paid = await project.run('run', file.startsWith('batches/') ? 'batches/' : file);
      expect([paid.code, paid.stderr]).toEqual([0, expect.not.stringContaining('copy')]);
      expect(await statuses('oct')).toEqual(["'0001 replaced", "'0002 paid"]);
      expect(project.book().map(({ destination }) => destination)).toEqual(['+254711200019', '+254711200029']);
      expect((await project.run('run', file)).code).toBe(0);
      expect((await project.run('retry', 'oct')).code).toBe(0);
      expect(project.book()).toHaveLength(2);
    },
  );

  it('get an id of their own where a second workbook of that name has other rows', async () => {
    await project.write('back.xlsx', writeWorkbook([await saved('0812')]));
    expect((await project.run('run', 'back.xlsx')).code).toBe(3);
    const sheet = await saved('');
    const again = sheet.rows.map((cells, at) => (at === 0 ? cells : cells.map((cell) => (cell === null ? BAD : cell))));
    await project.write('back.xlsx', writeWorkbook([{ ...sheet, rows: again }]));
    expect((await project.run('run', 'back.xlsx')).code).toBe(4);
    await project.write('back.xlsx', writeWorkbook([await saved('0711200029')]));
    expect((await project.run('run', 'back.xlsx')).code).toBe(0);
    expect(await statuses('back-2')).toEqual(["'0001 paid"]);
  });

  it('are found on the sheet that has them, beside a sheet of notes', async () => {
    const notes: WrittenSheet = { name: 'Notes', rows: [['Asked Ann on Monday'], ['New phone']] };
    await project.write('back.xlsx', writeWorkbook([notes, await saved('0711200029')]));
    expect((await project.run('run', 'back.xlsx')).code).toBe(0);
    expect(await statuses('oct')).toEqual(["'0001 replaced", "'0002 paid"]);
  });

  it('do not change how a workbook is read whose rule names another sheet', async () => {
    const pay: WrittenSheet = {
      name: 'Pay',
      rows: [
        ['No', 'Net', 'Tel'],
        ['9', 900, '0711200039'],
      ],
    };
    await project.write('sheet-2.xlsx', writeWorkbook([pay, await saved('0711200029')]));
    expect((await project.run('run', 'sheet-2.xlsx')).code).toBe(0);
    expect(await statuses('oct')).toEqual(["'0001 failed", "'0002 paid"]);
    expect(project.book().map(({ destination }) => destination)).toEqual(['+254711200019', '+254711200039']);
  });
});
