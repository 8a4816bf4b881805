import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isChangedNumber, isChangedText } from '../../src/report/spreadsheet-cells.ts';
import { CsvWriter } from '../../src/report/csv.ts';
import { checkCsv, paymentsOf } from '../intake/drop-folder.ts';

describe('a text that a spreadsheet opens as something else', () => {
  it.each([
    ...[
      '0001',
      '1E5',
      '2e10',
      '12345678901234567',
      '1.50',
      '2.0',
      '711000010.0',
      '1,234',
      '1 234',
      "1'234",
      '(5)',
      '5-',
      '.5',
    ],
    ...[
      '1-2',
      '3/4',
      '11/12/2026',
      '2026-11',
      '2026-11-28',
      '28.11.2026',
      '12:30',
      '12:30:59',
      '50%',
      '5 %',
      '$5',
      '€ 5',
      '5 €',
    ],
    ...[
      'MAR1',
      '1-Mar',
      'Nov-26',
      'March 2026',
      '26 Nov',
      'Oct 1, 2026',
      'oct/0001',
      'oct/1.50',
      'may/7',
      'TRUE',
      'false',
      'Wahr',
    ],
  ])('%s is guarded', (text) => expect(isChangedText(text)).toBe(true));

  it.each([
    ...[
      '0',
      '7',
      '100',
      '123456789012345',
      'EMP-001',
      'A1',
      'Jane',
      'May',
      'Mary Jane',
      'Q1',
      '015/0123456789',
      'payroll-nov/0001',
    ],
    ...['acctMISSING', '', '2026-11-28T06:00:00+03:00', 'The 2nd of March', 'E10', '1d5'],
  ])('%s is left as it is', (text) => expect(isChangedText(text)).toBe(false));

  it('is a number in columns that people add up as well, where digits would be lost', () => {
    expect(['0001', '1E5', '12345678901234567'].map(isChangedNumber)).toEqual([true, true, true]);
    expect(['1500.00', '1-2', '50%'].map(isChangedNumber)).toEqual([false, false, false]);
  });

  it('is the same id once it is read again, whatever it is', async () => {
    const id = fc.stringMatching(/^[!-~]([ -~]{0,10}[!-~])?$/).filter((text) => !text.startsWith("'"));
    await fc.assert(
      fc.asyncProperty(id, async (text) => {
        const csv = new CsvWriter(',', 'formulas', [true]);
        const checked = await checkCsv(
          csv.records([
            ['id', 'name', 'amount', 'mobile'],
            [text, 'Jane', '10', '0712000111'],
          ]),
        );
        const ids = (await paymentsOf(checked)).map((payment) => payment.id);
        expect(ids).toEqual([text]);
      }),
      { numRuns: 200 },
    );
  });
});
