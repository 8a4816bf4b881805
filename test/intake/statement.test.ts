import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StatementForm } from '../../src/domain/statement.ts';
import { MPESA_ORGANISATION } from '../../src/domain/statement.ts';
import { writeWorkbook, type WrittenCell } from '../workbook/workbook-writer.ts';
import { readWholeStatement } from './whole-statement.ts';

const FORM: StatementForm = {
  columns: { reference: 'Details', provider_reference: 'Receipt No.', amount: 'Paid out', status: 'Status' },
  paid: ['completed'],
  out: null,
  encoding: null,
  numberFormat: null,
};

const OTHERS = {
  isReversal: false,
  linkedReceipt: '',
  recipient: '',
  reason: '',
  time: '',
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statement-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string | Uint8Array, form: Partial<StatementForm> = {}, currency = 'KES') {
  const file = join(folder, 'statement.csv');
  writeFileSync(file, text);
  return readWholeStatement(file, { name: 'salaries', statement: { ...FORM, ...form }, currency });
}

describe('a statement', () => {
  it('is read by the mapping of its account, with minus signs, whatever the delimiter', async () => {
    const { rows, refused } = await read(
      ' receipt no. ;DETAILS;Paid out;Status;Balance\nTCA1;Y871NJGPXMTG2K2N0NHP;-1500.50;Completed;9\n\nTCA2;note;20;Failed;9\n',
    );
    expect(refused).toBe(false);
    expect(rows).toEqual([
      {
        line: 2,
        reference: 'Y871NJGPXMTG2K2N0NHP',
        providerReference: 'TCA1',
        amountMinor: 150050n,
        currency: 'KES',
        status: 'Completed',
        isPaid: true,
        isNegative: true,
        side: 'column-out',
        ...OTHERS,
      },
      {
        line: 4,
        reference: 'note',
        providerReference: 'TCA2',
        amountMinor: 2000n,
        currency: 'KES',
        status: 'Failed',
        isPaid: false,
        isNegative: false,
        side: 'column-out',
        ...OTHERS,
      },
    ]);
  });

  it('is read under our own names where nothing is mapped, and every row counts as paid without words for it', async () => {
    const { rows, refused } = await read('reference,amount,currency\nABC,1500.00,ugx\nDEF,,KES\n', {
      columns: {},
      paid: [],
    });
    expect(refused).toBe(true);
    expect(rows).toMatchObject([{ reference: 'ABC', amountMinor: 1500n, currency: 'UGX', isPaid: true }]);
    const fees = await read('reference,amount\nABC,0.00\nDEF,2.00\n', { columns: {}, paid: [] });
    expect([fees.refused, fees.rows.length]).toEqual([false, 1]);
  });

  it('is refused whole, with every place that cannot be read', async () => {
    const { problems, refused } = await read(
      'Receipt No.,Details,Paid out,Status\nA,B,"1,500.00",Completed\nA,B,12\nA,B,1e3,Completed\n',
    );
    expect(refused).toBe(true);
    expect(problems.map(({ line, code }) => [line, code])).toEqual([
      [2, 'amount-thousands-separator'],
      [3, 'row-ragged'],
      [4, 'amount-digits-lost'],
    ]);
    const declared = await read('Receipt No.,Details,Paid out,Status\nA,B,"1,500.00",completed\n', {
      numberFormat: '1,250.50',
    });
    expect(declared.rows).toMatchObject([{ amountMinor: 150000n, isPaid: true }]);
  });

  it('means the same with spaces and tabs around its cells, also outside of quotes, and repeats its header as it likes', async () => {
    const plain = 'Receipt No.,Details,Paid out,Status\nTCA1,one,"1,500.50",Completed\nTCA2,two,7.00,Completed\n';
    const spaced =
      ' Receipt No. ,Details\t, Paid out,Status \n TCA1 , one,"1,500.50",Completed \nReceipt No., Details,Paid out ,Status\nTCA2,\ttwo ,7.00 , Completed\n';
    const form = { numberFormat: '1,250.50' } as const;
    const [one, other] = [await read(plain, form), await read(spaced, form)];
    const withoutLines = (rows: typeof one.rows) => rows.map((row) => ({ ...row, line: 0 }));
    expect(one.rows).toHaveLength(2);
    expect(withoutLines(other.rows)).toEqual(withoutLines(one.rows));
    const besideQuotes = await read(plain.replace('"1,500.50"', ' "1,500.50" '), form);
    expect(besideQuotes.rows).toEqual(one.rows);
  });

  it('of more rows than a function takes arguments is read whole', async () => {
    const { rows } = await read(`Receipt No.,Details,Paid out,Status\n${'A,B,1,Completed\n'.repeat(150_000)}`);
    expect([rows.length, rows.at(-1)?.line]).toEqual([150_000, 150_001]);
  });

  it('names the columns that it lacks', async () => {
    const { problems, refused } = await read('Receipt,Details,Amount\nA,B,1\n');
    expect(refused).toBe(true);
    expect(problems.map(({ field }) => field).sort()).toEqual(['amount', 'provider_reference', 'status']);
    expect(problems.map(({ message }) => message).join(' ')).toMatch(/"Paid out".*Receipt, Details, Amount/);
    await expect(
      readWholeStatement(join(folder, 'none.csv'), { name: 'salaries', statement: FORM, currency: 'KES' }),
    ).rejects.toMatchObject({ exit: 2 });
  });
});

const PORTAL_HEADER =
  'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.';

describe('the organisation statement of the portal', () => {
  it.each([
    ['Organization Name:,NGO\nShort Code:,600981\n\n', ''],
    [
      'Organisation Name,NGO\nPaybill,600981\n,\nTime Period:,From 01-11-2026 to 30-11-2026\n',
      'Closing Balance,,1.00\n',
    ],
    ['', 'Total,,,,,"1,000.00","2,000.00"\n'],
  ])('is read below its title lines %#, with one of the two amounts empty or zero', async (above, below) => {
    const text =
      above +
      PORTAL_HEADER +
      '\n' +
      'R3,28-11-2026 10:00:00,,Deposit,Completed,"5,000.00",0.00,"97,540.00",true,Deposit,,,\n' +
      'R2,28-11-2026 09:00:03,,Reversal of R1,Completed,"1,200.00",,"52,540.00",true,Reversal,,R1,,\n' +
      'R1,28-11-2026 09:00:03,,Payment,Completed,0.00,"-1,200.00","53,766.00",true,Payment,2547****334 - JOHN DOE,,\n' +
      below;
    const { rows, refused, problems } = await read(text, MPESA_ORGANISATION);
    expect([refused, problems]).toEqual([false, []]);
    expect(rows.map((row) => [row.providerReference, row.side, row.amountMinor, row.linkedReceipt])).toEqual([
      ['R3', 'in', 500000n, ''],
      ['R2', 'in', 120000n, 'R1'],
      ['R1', 'column-out', 120000n, ''],
    ]);
  });

  it('that was cut off is refused', async () => {
    const { problems } = await read(`${PORTAL_HEADER}\nR1,28-11-2026 09:00:03,,Payment\n`, MPESA_ORGANISATION);
    expect(problems.map(({ line, code }) => [line, code])).toEqual([[2, 'row-ragged']]);
  });

  it('is read from a workbook, numbers as they are stored', async () => {
    const rows: WrittenCell[][] = [
      ['Organization Name:', 'NGO'],
      PORTAL_HEADER.split(','),
      ['R1', '28-11-2026 09:00:03', null, 'Payment', 'Completed', null, -1200.5],
      ['R2', '28-11-2026 09:00:03', null, 'Deposit', 'Completed', '5,000.00', null],
    ];
    const file = join(folder, 'statement.xlsx');
    writeFileSync(
      file,
      writeWorkbook([
        { name: 'Notes', rows: [['x']] },
        { name: 'Statement', rows },
      ]),
    );
    const found = await readWholeStatement(file, { name: 'salaries', statement: MPESA_ORGANISATION, currency: 'KES' });
    expect(found.problems).toEqual([]);
    expect(found.rows.map(({ line, side, amountMinor }) => [line, side, amountMinor])).toEqual([
      [3, 'column-out', 120050n],
      [4, 'in', 500000n],
    ]);
  });

  it('of another kind of spreadsheet is refused with advice', async () => {
    const file = join(folder, 'statement.ods');
    writeFileSync(file, 'x');
    const { problems } = await readWholeStatement(file, {
      name: 'demo',
      statement: MPESA_ORGANISATION,
      currency: 'KES',
    });
    expect(problems[0]?.message).toContain('save it as .xlsx');
  });
});

describe('the amount of a statement', () => {
  it.each([
    ['-1,200.00', 'KES', '1,250.50', 120000n, 'column-out', true],
    ['1,200.00-', 'KES', '1,250.50', 120000n, 'column-out', true],
    ['(1,200.00)', 'KES', '1,250.50', 120000n, 'column-out', true],
    ['KES 1,200.00', 'KES', '1,250.50', 120000n, 'column-out', false],
    ['1,200.00 DR', 'KES', '1,250.50', 120000n, 'out', false],
    ['1,200.00 CR', 'KES', '1,250.50', 120000n, 'in', false],
    ['1,500.00', 'UGX', '1,250.50', 1500n, 'column-out', false],
    ['1.500,00', 'UGX', '1.250,50', 1500n, 'column-out', false],
    ['1500.00', 'UGX', null, 1500n, 'column-out', false],
  ] as const)('%s %s is read', async (text, currency, numberFormat, amountMinor, side, isNegative) => {
    const form = { columns: { reference: 'Note', amount: 'Debit' }, paid: [], numberFormat };
    const { rows } = await read(`Note,Debit\nA,"${text}"\n`, form, currency);
    expect(rows).toMatchObject([{ amountMinor, side, isNegative }]);
  });

  it.each([
    ['1,500.50', 'UGX', '1,250.50'],
    ['1,500.00', 'KES', null],
    ['1.500', 'UGX', null],
    ['1.500,00', 'KES', '1,250.50'],
  ] as const)(
    '%s %s is refused, and the setting for it comes before the provider',
    async (text, currency, numberFormat) => {
      const form = { columns: { reference: 'Note', amount: 'Debit' }, paid: [], numberFormat };
      const { problems } = await read(`Note,Debit\nA,"${text}"\n`, form, currency);
      expect(problems[0]?.message).toMatch(/accounts\.salaries\.statement\.number_format.*provider/s);
    },
  );
});

describe('the direction of a row', () => {
  const columns = { reference: 'Note', amount: 'Amount' };
  it.each([
    ['a plain column', { columns }, 'Note,Amount\nA,5\n', 'signed'],
    ['a declared sign', { columns, out: 'positive' as const }, 'Note,Amount\nA,5\n', 'out'],
    ['the other sign', { columns, out: 'negative' as const }, 'Note,Amount\nA,5\n', 'in'],
    [
      'a column of money in beside it',
      { columns: { ...columns, paid_in: 'In' } },
      'Note,Amount,In\nA,5,\n',
      'column-out',
    ],
    ['a usual word', { columns }, 'Note,Amount,DR/CR\nA,5,DR\n', 'column-out'],
    ['a usual word for in', { columns }, 'Note,Amount,DR/CR\nA,5,CR\n', 'in'],
    ['no word', { columns }, 'Note,Amount,DR/CR\nA,5,\n', 'none'],
    [
      'a declared word',
      { columns: { ...columns, direction: 'Kind' }, out: ['sent'] },
      'Note,Amount,Kind\nA,5,Sent\n',
      'column-out',
    ],
    [
      'another word',
      { columns: { ...columns, direction: 'Kind' }, out: ['sent'] },
      'Note,Amount,Kind\nA,5,Taken\n',
      'in',
    ],
    ['a header for both', { columns: { ...columns, amount: 'Debit/Credit' } }, 'Note,Debit/Credit\nA,5\n', 'signed'],
  ])('from %s', async (_, form, text, side) => {
    const { rows } = await read(text, { paid: [], ...form });
    expect(rows.map((row) => row.side)).toEqual([side]);
  });

  it('needs a column that is there once', async () => {
    const { problems } = await read('Note,Amount,Amount\nA,5,6\n', { columns, paid: [] });
    expect(problems.map(({ code }) => code)).toEqual(['statement-column-repeated']);
  });
});
