import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StatementRow } from '../../src/domain/statement.ts';
import type { ComparedPayment } from '../../src/ledger/compared-payments.ts';
import { compareStatement } from './compared.ts';
import { plainComparison } from './plain-matcher.ts';

const ref = (n: number): string => `Y871NJGPXMTG2K2N0N${String(n).padStart(2, '0')}`;
const PAYMENTS = 6;
/** Known to the ledger, and of no batch that is compared. */
const OTHERS = new Set([ref(90), ref(91)]);

const payment = fc.record({
  status: fc.constantFrom('planned', 'submitting', 'pending', 'unknown', 'paid', 'failed', 'returned' as const),
  amountMinor: fc.constantFrom(100_00n, 250_00n),
  providerReference: fc.constantFrom('', '', 'RECEIPT01', 'RECEIPT02'),
  receipt: fc.constantFrom('', '', 'RECEIPT03', 'RECEIPT01'),
});

const anyReference = fc.constantFrom(...Array.from({ length: PAYMENTS }, (_, n) => ref(n)), ref(90), ref(91), ref(80));
const anyReceipt = fc.constantFrom('', 'RECEIPT01', 'RECEIPT02', 'RECEIPT03', 'RECEIPT04', 'RECEIPT05');

const note = fc.oneof(
  anyReference,
  anyReference.map((one) => `Salary Payment to 2547****333 - ANN LEVY via API. Original conversation ID is ${one}.`),
  anyReference.map((one) => `Somebody called about ${one} and wants it again today`),
  anyReference.map((one) => `Reversal of ${one}`),
  anyReceipt.map((one) => `Reversal of ${one}`),
  anyReceipt.map((one) => `Payment charge for ${one}`),
  anyReceipt.map((one) => `Refund ${one}`),
  fc.tuple(anyReference, anyReference).map(([a, b]) => `${a} ${b}`),
  fc.constantFrom('', 'Deposit of Funds', 'Monthly fee', 'Payment to John Doe'),
);

const row = fc.record({
  reference: note,
  providerReference: anyReceipt,
  linkedReceipt: fc.oneof({ weight: 3, arbitrary: fc.constant('') }, anyReceipt),
  amountMinor: fc.constantFrom(0n, 22_40n, 100_00n, 100_00n, 250_00n),
  isNegative: fc.boolean(),
  side: fc.constantFrom('column-out', 'column-out', 'signed', 'in', 'out', 'none' as const),
  isReversal: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.constant(true)),
  currency: fc.constantFrom('KES', 'KES', 'KES', 'UGX'),
  status: fc.constantFrom('Completed', 'Completed', 'Failed', 'Declined'),
  reason: fc.constantFrom('', 'Salary Payment', 'Business Payment Charge'),
});

/** Every row of one payment in one way only, as most statements have them; and rows of every kind. */
const statement = fc.oneof(
  fc.array(row, { maxLength: 12 }),
  fc.array(
    row.map((one) => ({
      ...one,
      isNegative: true,
      side: 'column-out' as const,
      amountMinor: 100_00n,
      currency: 'KES',
    })),
    { maxLength: 12 },
  ),
);

describe('the comparison of a statement', () => {
  it('says what a plain search through all rows and payments says, in whatever order the rows come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(payment, { maxLength: PAYMENTS }),
        statement,
        fc.func(fc.integer()),
        async (paid, drawn, order) => {
          const payments = paid.map((one, n) => ({
            ...{
              id: `EMP-${n}`,
              batch: 'nov',
              account: 'demo',
              line: n + 2,
              generation: 1,
              name: `Ann Levy ${n}`,
              sentAt: null,
            },
            ...{ reference: ref(n), currency: 'KES', destination: { kind: 'till', till: `${n}` } as const, ...one },
          })) satisfies ComparedPayment[];
          const rows = drawn.map((one, n): StatementRow => {
            return { ...one, line: n + 1, isPaid: one.status === 'Completed', recipient: '', time: '' };
          });
          const lookup = (reference: string) => Promise.resolve(OTHERS.has(reference) ? { reference } : null);
          const compare = async (list: readonly StatementRow[]): Promise<string[]> =>
            (await compareStatement(payments, list, lookup)).map(({ kind, payment: of, row: at, matched }) => {
              return `${at?.line ?? '-'} ${kind}${matched === null ? '' : '!'} ${of?.id ?? ''}`;
            });
          const found = await compare(rows);
          expect(found).toEqual(plainComparison(payments, rows, OTHERS));
          const turned = rows.toSorted((a, b) => order(a.line) - order(b.line));
          expect((await compare(turned)).map(withoutTwins).toSorted()).toEqual(found.map(withoutTwins).toSorted());
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** Of several rows that are alike any may be the payment's own: then only what they are together counts. */
function withoutTwins(found: string): string {
  return found.replace(/^\d+/, '');
}
