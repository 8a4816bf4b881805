import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proposedColumns } from '../../src/intake/column-advice.ts';
import { checkBatch } from '../../src/intake/batch.ts';
import { checkCsv, contextWith, drop } from './drop-folder.ts';

describe('the line that is proposed for the columns of a file', () => {
  it.each([
    [
      ['Employee No', 'Full Name', 'Department', 'Net Pay', 'Phone No'],
      'columns: { id: Employee No, name: Full Name, amount: Net Pay, mobile: Phone No }',
    ],
    [
      ['Staff ID', 'Names', 'Bank Name', 'A/C No.', 'Net Salary (KES)'],
      'columns: { id: Staff ID, name: Names, amount: Net Salary (KES), bank_code: Bank Name, bank_account: A/C No. }',
    ],
    [
      ['Staff No', 'Employee', 'Net Salary (NGN)', 'Mobile No'],
      'columns: { id: Staff No, name: Employee, amount: Net Salary (NGN), mobile: Mobile No }',
    ],
    [['No.', 'M-Pesa', 'Amount: KES'], 'columns: { id: No., amount: "Amount: KES", mobile: M-Pesa }'],
    [['Employee No', 'Net Pay'], null],
    [['0712345678', '100', 'Jane'], null],
  ])('is for %j: %s', (headers, proposed) => {
    expect(proposedColumns(headers)).toBe(proposed);
  });

  it('stands in the message, with the file that it belongs into', async () => {
    const { problems } = await checkCsv('Employee No,Net Pay,Phone\nE1,10,0712345678\n');
    expect(problems[0]?.message).toContain('in the rule of this file (`defaults:` of payrun.yaml)');
    expect(problems[0]?.message).toContain('columns: { id: Employee No, amount: Net Pay, mobile: Phone }');
    const rows = drop('rows.csv', 'Employee No,Net Pay,Phone\nE1,10,0712345678\n');
    const batch = join(dirname(rows), 'b.yaml');
    await writeFile(batch, 'batch: b\naccount: demo\nrows: rows.csv\n');
    const { problems: ofBatch } = await checkBatch(batch, contextWith());
    expect(ofBatch[0]?.message).toContain('a line `columns:` in the batch');
  });
});
