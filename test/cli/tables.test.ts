import { describe, expect, it } from 'vitest';
import type { StatusTally } from '../../src/domain/payment.ts';
import { tableLines, totalLines } from '../../src/cli/tables.ts';
import type { DisplayedPayment } from '../../src/operations/index.ts';

const row = (changes: Partial<DisplayedPayment> = {}): DisplayedPayment => ({
  ...{
    line: 2,
    reference: 'REF-1',
    id: 'EMP-1',
    name: 'Jane',
    destination: '+2547*****678',
    amount: '45000.50',
    currency: 'KES',
    account: 'demo',
    status: 'paid',
  },
  ...{ receipt: '', providerReference: '', sentAt: null, settledAt: null, reason: '', nextAction: '' },
  ...changes,
});

describe('the table of payments', () => {
  it('is aligned, with amounts to the right and the number of rows left out', () => {
    const rows = [
      row(),
      row({ id: 'E2', name: '李小龍', amount: '7', status: 'unknown', reason: 'No answer.', nextAction: 'Look.' }),
    ];
    expect(tableLines(rows, 192)).toEqual([
      'id     name    destination          amount  status   reason and next step',
      'EMP-1  Jane    +2547*****678  45000.50 KES  paid',
      'E2     李小龍  +2547*****678         7 KES  unknown  No answer. Look.',
      '… and 190 more in report.csv',
    ]);
    expect(tableLines([], 0)).toEqual([]);
    expect(tableLines([], 3)).toEqual(['… and 3 more in report.csv']);
  });

  it('contains no control characters, and cuts long text', () => {
    const [, line = ''] = tableLines([row({ name: '\u001b[2Jx\r\ny\u202e', reason: 'long '.repeat(60) })], 1);
    expect(line).toMatch(/^EMP-1 {2}\[2Jx y/);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(line).toMatch(/…$/);
    expect(line.length).toBeLessThan(200);
  });
});

describe('the totals', () => {
  it('are one line per status and currency, whatever accounts and kinds they come from', () => {
    const tally = (changes: Partial<StatusTally>): StatusTally => ({
      ...{ status: 'paid', currency: 'KES', account: 'a', kind: 'mobile', count: 1, sumMinor: 100n },
      ...changes,
    });
    const tallies = [
      tally({}),
      tally({ account: 'b', kind: 'bank', count: 2, sumMinor: 1050n }),
      tally({ currency: 'UGX' }),
      tally({ status: 'planned', count: 12 }),
      tally({ status: 'failed', count: 0, sumMinor: 0n }),
    ];
    expect(totalLines(tallies)).toEqual(['planned  12   1.00 KES', 'paid      3  11.50 KES', 'paid      1    100 UGX']);
  });
});
