import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StatementForm } from '../../src/domain/statement.ts';
import { readStatement } from '../../src/intake/statement.ts';

const FORM: StatementForm = {
  columns: { reference: 'Details', provider_reference: 'Receipt No.', amount: 'Paid out', status: 'Status' },
  paid: ['completed'],
  out: null,
  encoding: null,
  numberFormat: null,
};

const OTHERS = { linkedReceipt: '', recipient: '', reason: '', time: '' };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statement-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string | Uint8Array, form: Partial<StatementForm> = {}, currency = 'KES') {
  const file = join(folder, 'statement.csv');
  writeFileSync(file, text);
  return readStatement(file, { name: 'salaries', statement: { ...FORM, ...form }, currency });
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
      readStatement(join(folder, 'none.csv'), { name: 'salaries', statement: FORM, currency: 'KES' }),
    ).rejects.toMatchObject({ exit: 2 });
  });
});
