import { describe, expect, it } from 'vitest';
import type { StatusTally } from '../../src/domain/payment.ts';
import { onePaymentLines, rowTable } from '../../src/cli/all-rows.ts';
import { needingLines, totalLines } from '../../src/cli/tables.ts';
import { columnsOf } from '../../src/cli/wrap.ts';
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
  ...{ receipt: '', providerReference: '', sentAt: '', settledAt: '', reason: '', nextAction: '' },
  isNeeding: false,
  ...changes,
});

describe('the table of all payments', () => {
  it('has what the JSON document has, aligned, with amounts to the right', () => {
    const rows = [row(), row({ id: 'E2', name: '李小龍', amount: '7', status: 'unknown', reason: 'No answer.' })];
    const [heading = '', first, second, ...more] = rowTable(rows);
    expect(heading.split(/ +/)).toEqual([
      ...[
        'line',
        'id',
        'name',
        'amount',
        'currency',
        'destination',
        'account',
        'status',
        'reference',
        'provider_reference',
      ],
      ...['receipt', 'sent_at', 'settled_at', 'reason', 'next_action'],
    ]);
    expect([first, second, more]).toEqual([
      '   2  EMP-1  Jane    45000.50  KES       +2547*****678  demo     paid     REF-1',
      expect.stringMatching(/^ {3}2 {2}E2 {5}李小龍 {9}7 {2}KES {7}\S+ {2}demo {5}unknown {2}REF-1 .* No answer\.$/),
      [],
    ]);
    expect(rowTable([])).toEqual([]);
  });

  it('contains no control characters', () => {
    const [, line = ''] = rowTable([row({ name: `\u001b[2Jx\r\ny\u202e ${'long '.repeat(20)}` })]);
    expect(line).toMatch(/EMP-1 {2}\[2Jx y +long/);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('one payment', () => {
  it('has all that is known of it, within any width', () => {
    const year = new Date().getFullYear();
    const times = { sentAt: `${year}-11-28T05:06:07+03:00`, settledAt: `${year}-11-28T05:07:00+03:00` };
    const found = row({ ...times, receipt: 'TFD1', providerReference: 'TX-9', nextAction: 'Nothing.' });
    expect(onePaymentLines(found, null)).toEqual([
      'EMP-1 Jane, 45000.50 KES to +2547*****678: paid',
      '  line 2, account demo, reference REF-1, provider reference TX-9, receipt TFD1, sent 28 Nov 05:06, ended 28 Nov 05:07',
      '  Nothing.',
    ]);
    expect(onePaymentLines(found, 60).filter((line) => columnsOf(line) > 60)).toEqual([]);
  });
});

const RETRY = 'payrun retry payroll-nov --id EMP-041';
const RESOLVE = 'payrun resolve Y871NJGPXMTG2K2N0NHP --as paid --because "…"';
const REASON = 'The recipient is not registered.';

/** Rows with the steps that reports have: a command within a sentence, with and without a full stop behind it. */
const NEEDING = [
  row({
    ...{ id: 'EMP-041', name: 'Jane Wanjiku wa Kamau', status: 'failed', reason: REASON },
    nextAction: `No money moved. If the payment is right, once the reason is mended: ${RETRY}. If it must be corrected, correct it in payroll-nov-failed.csv and run that.`,
  }),
  row({
    ...{ id: 'EMP-046', name: 'Peter', status: 'unknown', reason: '' },
    nextAction: `Money may have moved. Ask the provider: payrun settle. If it cannot say, look into its statement. Then: ${RESOLVE} when it is there, or --as failed when it certainly is not.`,
  }),
];

describe('rows that need somebody', () => {
  it('have reason and next step in full, each on one line of its own, where there is no terminal', () => {
    const [first, second] = NEEDING;
    expect(needingLines(NEEDING, null)).toEqual([
      'EMP-041  Jane Wanjiku wa Kamau  +2547*****678  45000.50 KES  failed',
      `  ${REASON}`,
      `  ${first?.nextAction ?? ''}`,
      'EMP-046  Peter                  +2547*****678  45000.50 KES  unknown',
      `  ${second?.nextAction ?? ''}`,
    ]);
  });

  it.each([60, 61, 64, 70, 80, 100, 132, 200])('fit into %i columns with every command whole', (width) => {
    const lines = needingLines(NEEDING, width);
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
    for (const command of [RETRY, 'payrun settle', RESOLVE]) {
      expect(lines.filter((line) => line.includes(command))).toHaveLength(1);
    }
    const words = (text: string): string => text.split(/\s+/).join(' ');
    for (const { nextAction } of NEEDING) expect(words(lines.join(' '))).toContain(words(nextAction));
  });

  it('keep a command whole that is wider than the terminal', () => {
    const command = `payrun retry ${'a'.repeat(60)} --id 'O'\\''Brien & sons'`;
    const lines = needingLines([row({ nextAction: `Once it is mended: ${command}. Then look again.` })], 60);
    expect(lines).toContain(`${command}.`);
  });

  it('are plain text, whatever a name, an id or a reason has in it', () => {
    const rows = [row({ id: 'E\u001b]0;x\u0007', name: '\u202eJane\n', reason: 'a\r\nb', nextAction: 'c\u0000d' })];
    for (const line of needingLines(rows, 80)) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
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
