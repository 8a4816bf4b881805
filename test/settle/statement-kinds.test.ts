import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StatementRow } from '../../src/domain/statement.ts';
import type { Status } from '../../src/domain/status.ts';
import type { LedgerPayment } from '../../src/ledger/records.ts';
import type { ReconciliationRow } from '../../src/settle/reconciliation-kind.ts';
import { compareStatement } from './compared.ts';

const ref = (n: number): string => `Y871NJGPXMTG2K2N0N${String(n).padStart(2, '0')}`;

function payment(n: number, status: Status, more: Partial<LedgerPayment> = {}): LedgerPayment {
  const of = { line: n + 1, generation: 1, account: 'demo', destination: { kind: 'till', till: '1' } };
  const common = {
    ...of,
    id: `EMP-${n}`,
    batch: 'nov',
    name: `Person ${n}`,
    reference: ref(n),
    status,
    currency: 'KES',
  };
  return {
    ...common,
    amountMinor: 100_00n,
    providerReference: '',
    receipt: '',
    sentAt: null,
    ...more,
  } as LedgerPayment;
}

let line = 1;
function row(reference: string, more: Partial<StatementRow> = {}): StatementRow {
  return {
    line: ++line,
    reference,
    providerReference: '',
    linkedReceipt: '',
    amountMinor: 100_00n,
    isNegative: true,
    side: 'column-out',
    currency: 'KES',
    status: 'Completed',
    isPaid: true,
    isReversal: false,
    recipient: '',
    reason: '',
    time: '',
    ...more,
  };
}

const sentence = (n: number): string =>
  `Salary Payment to 2547****33${n} - PERSON ${n} via API. Original conversation ID is ${ref(n)}.`;

function compare(payments: readonly LedgerPayment[], rows: readonly StatementRow[]): Promise<ReconciliationRow[]> {
  return compareStatement(payments, rows, () => Promise.resolve(null));
}

/** The kinds of the rows in their order, with what each proves. */
async function kinds(payments: readonly LedgerPayment[], rows: readonly StatementRow[]) {
  return (await compare(payments, rows)).map(({ kind, matched }) => (matched === null ? kind : `${kind}!`));
}

describe('a row of a statement', () => {
  it.each([
    ['as the M-PESA portal writes it', sentence(1), 'paid-but-unknown!'],
    ['alone', ref(1).toLowerCase(), 'paid-but-unknown!'],
    ['behind a label', `PAYOUT/${ref(1)}`, 'paid-but-unknown!'],
    ['in a longer note', `Customer called about ${ref(1)} and wants it again`, 'paid-but-unknown'],
    ['as a part of a longer word', `PAYOUT X${ref(1)}`, 'not-ours'],
    ['behind a word for a refund', `Refund ${ref(1)}`, 'paid-but-unknown'],
    ['behind a word for a reversal', `Reversal of ${ref(1)}`, 'came-back'],
    ['behind a word for a charge', `Payout charge ${ref(1)}`, 'charge'],
  ])('with our reference %s', async (_, text, kind) => {
    expect((await kinds([payment(1, 'unknown')], [row(text)]))[0]).toBe(kind);
  });

  it('without a known direction proves nothing', async () => {
    const plain = row(ref(1), { side: 'signed', isNegative: false });
    const [found] = await compare([payment(1, 'unknown')], [plain]);
    expect(found).toMatchObject({ kind: 'ambiguous', matched: null, isDirectionUnknown: true });
    expect(await kinds([payment(1, 'unknown')], [row(ref(1), { side: 'signed' })])).toEqual(['paid-but-unknown!']);
    expect(await kinds([payment(1, 'unknown')], [row(ref(1), { side: 'none' })])).toEqual(['ambiguous']);
  });

  it('with another sign than the payments of its statement makes all of them prove nothing', async () => {
    const rows = [row(ref(1)), row(ref(2), { isNegative: false })];
    expect(await kinds([payment(1, 'unknown'), payment(2, 'unknown')], rows)).toEqual(['ambiguous', 'ambiguous']);
  });

  it('that is a charge under the receipt of the payment, by its words or its sum, is no second payment', async () => {
    const own = row(sentence(1), { providerReference: 'R1' });
    const fee = row('Salary Payment Charge', { providerReference: 'R1', amountMinor: 26_00n });
    const bare = row('', { providerReference: 'R1', amountMinor: 13_00n });
    const worth = row('Payout charge', { providerReference: 'R1' });
    for (const rows of [
      [own, fee, bare, worth],
      [worth, bare, fee, own],
    ]) {
      const found = await kinds([payment(1, 'unknown')], rows);
      expect(found.toSorted()).toEqual(['charge', 'charge', 'charge', 'paid-but-unknown!']);
    }
    expect(await kinds([payment(1, 'paid')], [fee])).toEqual(['charge', 'missing']);
  });

  it('larger than the payment is no charge of it', async () => {
    const own = row(sentence(1), { providerReference: 'R1' });
    const more = row('Adjustment', { providerReference: 'R1', amountMinor: 500_00n });
    expect(await kinds([payment(1, 'unknown')], [more, own])).toEqual(['amount-differs', 'paid-but-unknown!']);
  });

  it.each([
    ['by its linked receipt', row('Reversal', { side: 'in', providerReference: 'R2', linkedReceipt: 'R1' })],
    ['by our reference as its linked receipt', row('Reversal', { side: 'in', linkedReceipt: ref(1).toLowerCase() })],
    ['by a linked receipt in small letters', row('Credit', { side: 'in', linkedReceipt: 'Txn r1receipt' })],
    ['by a receipt in its note', row('Reversal of R1RECEIPT', { side: 'in', providerReference: 'R2' })],
    ['under the same receipt', row('', { side: 'in', providerReference: 'R1RECEIPT' })],
    ['by our reference', row(ref(1), { side: 'in', providerReference: 'R2' })],
    ['without an amount', row('Reversal of R1RECEIPT', { side: 'none', amountMinor: 0n, providerReference: 'R2' })],
    ['with the other sign', row(ref(1), { isNegative: false, providerReference: 'R2' })],
  ])('that brings the money back %s makes it came-back', async (_, back) => {
    const own = row(sentence(1), { providerReference: back.linkedReceipt === 'R1' ? 'R1' : 'R1RECEIPT' });
    for (const rows of [
      [own, back],
      [back, own],
    ]) {
      expect(await kinds([payment(1, 'unknown')], rows)).toEqual(['came-back', 'came-back']);
      expect(await kinds([payment(1, 'paid')], rows)).toEqual(['came-back', 'came-back']);
      expect(await kinds([payment(1, 'returned')], rows)).toEqual(['agrees', 'agrees']);
    }
  });

  it.each(['Transaction reversed', 'EFT rejected'])(
    '%s, of nobody knows what, proves no payment of its sum',
    async (words) => {
      const reversal = row(words, { side: 'in', providerReference: 'R9' });
      const rows = [row(ref(1)), row(ref(2), { amountMinor: 7_00n }), reversal];
      const payments = [payment(1, 'unknown'), payment(2, 'unknown', { amountMinor: 7_00n })];
      expect(await kinds(payments, rows)).toEqual(['ambiguous', 'paid-but-unknown!', 'came-back']);
    },
  );

  it('of money in that concerns no payment is no difference', async () => {
    const rows = [row('Deposit of funds', { side: 'in' }), row('Opening balance', { side: 'none', amountMinor: 0n })];
    expect(await kinds([], rows)).toEqual([]);
  });

  it('that says that the payment failed keeps a paid one from proving it', async () => {
    const failed = row(ref(1), { isPaid: false, status: 'Failed' });
    expect(await kinds([payment(1, 'unknown')], [row(ref(1)), failed])).toEqual(['ambiguous', 'open']);
    const waiting = row(ref(1), { isPaid: false, status: 'Pending' });
    expect(await kinds([payment(1, 'unknown')], [waiting, row(ref(1))])).toEqual(['open', 'paid-but-unknown!']);
  });

  it.each(['Failed', 'Cancelled', 'Hold', 'Reserved funds'])(
    'proves nothing where it is completed and says %s',
    async (word) => {
      const both = row(`${word} ${ref(1)}`);
      expect(await kinds([payment(1, 'unknown')], [both])).toEqual(['ambiguous']);
      expect(await kinds([payment(1, 'paid')], [both])).toEqual(['agrees!']);
    },
  );
});

describe('any statement', () => {
  const STATUSES: readonly Status[] = ['paid', 'unknown', 'pending', 'failed', 'returned', 'planned'];

  /** What happened to one payment at the provider. */
  const happened = fc.record({
    status: fc.constantFrom(...STATUSES),
    sum: fc.constantFrom(100_00n, 33_00n, 45_000_00n),
    isMade: fc.boolean(),
    back: fc.constantFrom('no', 'linked', 'mentioned', 'reference'),
    charge: fc.constantFrom('no', 'receipt', 'own'),
    knowsReceipt: fc.boolean(),
  });

  it('never proves a payment whose money came back, proves every other that was made, and does not mind its order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happened, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.array(fc.constantFrom('top-up', 'balance', 'charge'), { maxLength: 4 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (all, isNegative, others, random) => {
          const payments = all.map(({ status, sum, knowsReceipt }, n) => {
            return payment(n, status, { amountMinor: sum, providerReference: knowsReceipt ? `RECEIPT${n}` : '' });
          });
          const rows = all.flatMap((one, n): StatementRow[] => {
            const own = { providerReference: `RECEIPT${n}`, isNegative, amountMinor: one.sum };
            const back = {
              side: 'in',
              isNegative: false,
              amountMinor: one.sum,
              providerReference: `BACK${n}`,
            } as const;
            const made = one.isMade ? [row(sentence(n), own)] : [];
            const charges = {
              no: [],
              receipt: [row('Salary Payment Charge', { ...own, amountMinor: 33_00n })],
              own: [row('Salary Payment Charge', { isNegative, amountMinor: 33_00n, providerReference: `CHARGE${n}` })],
            };
            const backs = {
              no: [],
              linked: [row('Salary Payment Reversal', { ...back, linkedReceipt: `RECEIPT${n}` })],
              mentioned: [row(`Reversal by 600981 of RECEIPT${n}`, back)],
              reference: [row(`Returned: ${ref(n)}`, back)],
            };
            return [...made, ...(one.isMade ? [...charges[one.charge], ...backs[one.back]] : [])];
          });
          const noise = others.map((kind) => {
            if (kind === 'charge') return row('Monthly account fee', { amountMinor: 50_00n, isNegative });
            const more = kind === 'top-up' ? { amountMinor: 500_000_00n } : { amountMinor: 0n };
            return row('Deposit of funds', { side: kind === 'top-up' ? 'in' : 'none', isNegative: false, ...more });
          });
          const ordered = [...rows, ...noise];
          const shuffled = ordered
            .map((one) => ({ one, at: random.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ one }) => one);
          const outcome = async (order: readonly StatementRow[]): Promise<string[]> =>
            (await compare(payments, order))
              .map(({ kind, row: of, payment: whose, matched }) => `${of?.line} ${whose?.id} ${kind} ${matched}`)
              .sort();
          const found = await compare(payments, ordered);
          all.forEach(({ isMade, back, status }, n) => {
            const proof = found.filter(({ payment: whose, matched }) => whose?.id === `EMP-${n}` && matched !== null);
            const own = found.filter(({ payment: whose, kind }) => whose?.id === `EMP-${n}` && kind !== 'charge');
            if (!isMade || back !== 'no') expect(proof).toEqual([]);
            else expect(proof).toHaveLength(1);
            if (isMade && back !== 'no')
              for (const { kind } of own) expect(kind).toBe(status === 'returned' ? 'agrees' : 'came-back');
          });
          expect(await outcome(shuffled)).toEqual(await outcome(ordered));
          expect(await outcome(ordered.toReversed())).toEqual(await outcome(ordered));
        },
      ),
      { numRuns: 300 },
    );
  });
});
