import { describe, expect, it } from 'vitest';
import type { StatementRow } from '../../src/domain/statement.ts';
import type { Status } from '../../src/domain/status.ts';
import type { LedgerPayment } from '../../src/ledger/records.ts';
import { isAgreement, reconcile } from '../../src/settle/reconcile.ts';

/** 20 characters of our alphabet, told apart by a digit. */
const ref = (n: number): string => `Y871NJGPXMTG2K2N0N${String(n).padStart(2, '0')}`;

function payment(n: number, status: Status, more: Partial<LedgerPayment> = {}): LedgerPayment {
  const common = { id: `EMP-${n}`, reference: ref(n), status, amountMinor: 100_00n, currency: 'KES' };
  return { ...common, providerReference: `TX-${n}`, ...more } as LedgerPayment;
}

let line = 1;
function row(reference: string, more: Partial<StatementRow> = {}): StatementRow {
  const common = {
    amountMinor: 100_00n,
    currency: 'KES',
    status: '',
    isPaid: true,
    isNegative: false,
    providerReference: '',
  };
  return { line: ++line, reference, ...common, ...more };
}

async function kinds(payments: LedgerPayment[], rows: StatementRow[], others: Record<string, LedgerPayment> = {}) {
  const found = await reconcile(payments, rows, (reference) => Promise.resolve(others[reference] ?? null));
  return found.map(({ kind, payment: of, row: at }) => [kind, of?.id ?? null, at?.line ?? null]);
}

describe('a statement against the ledger', () => {
  it.each([
    ['paid', 'agrees'],
    ['returned', 'agrees'],
    ['unknown', 'paid-but-unknown'],
    ['pending', 'paid-but-unknown'],
    ['submitting', 'paid-but-unknown'],
    ['failed', 'paid-but-failed'],
    ['cancelled', 'paid-but-failed'],
    ['planned', 'paid-but-failed'],
  ] as const)('what is paid there and %s here: %s', async (status, kind) => {
    const one = row(ref(1));
    expect(await kinds([payment(1, status)], [one])).toEqual([[kind, 'EMP-1', one.line]]);
  });

  it.each([
    ['paid', 'missing'],
    ['unknown', 'open'],
    ['pending', 'open'],
    ['failed', 'agrees'],
  ] as const)('what is not there and %s here: %s', async (status, kind) => {
    expect(await kinds([payment(1, status)], [])).toEqual([[kind, 'EMP-1', null]]);
  });

  it('what was never sent need not be there', async () => {
    expect(await kinds([payment(1, 'planned')], [])).toEqual([]);
  });

  it.each([
    ['paid', 'not-paid'],
    ['failed', 'agrees'],
    ['unknown', 'open'],
  ] as const)('what is there as not paid and %s here: %s', async (status, kind) => {
    expect(await kinds([payment(1, status)], [row(ref(1), { isPaid: false })])).toEqual([[kind, 'EMP-1', line]]);
  });

  it('another amount or currency is said before anything else', async () => {
    for (const status of ['paid', 'unknown', 'failed'] as const) {
      expect(
        (await kinds([payment(1, status)], [row(ref(1), { amountMinor: 100_01n })])).map(([kind]) => kind),
      ).toEqual(['amount-differs']);
      expect((await kinds([payment(1, status)], [row(ref(1), { currency: 'UGX' })])).map(([kind]) => kind)).toEqual([
        'amount-differs',
      ]);
    }
  });

  it('two rows that pay one payment are not one payment', async () => {
    const found = await kinds([payment(1, 'paid')], [row(ref(1)), row(ref(1)), row(ref(1), { isPaid: false })]);
    expect(found.map(([kind]) => kind)).toEqual(['agrees', 'paid-twice', 'not-paid']);
  });

  it('our reference is found inside a note, and only whole', async () => {
    expect(
      (await kinds([payment(1, 'paid')], [row(`${ref(1).toLowerCase()} November salary`)])).map(([kind]) => kind),
    ).toEqual(['agrees']);
    const longer = await kinds([payment(1, 'paid')], [row(`${ref(1)}0`)]);
    expect(longer.map(([kind]) => kind)).toEqual(['not-ours', 'missing']);
  });

  it("the provider's own id matches where our reference is not told", async () => {
    expect(
      (await kinds([payment(1, 'unknown')], [row('', { providerReference: 'TX-1' })])).map(([kind]) => kind),
    ).toEqual(['paid-but-unknown']);
    const [match] = await reconcile([payment(1, 'unknown')], [row('', { providerReference: 'TX-1' })], () =>
      Promise.resolve(null),
    );
    expect(match?.matched).toBe(null);
  });

  it('a row of another batch is no difference, a stranger is, and one of an earlier generation is told by its reference', async () => {
    const others = { [ref(7)]: payment(7, 'paid'), [ref(8)]: payment(1, 'failed') };
    const rows = [row(ref(7)), row('cash'), row(ref(8))];
    const found = await reconcile([payment(1, 'failed')], rows, (reference) =>
      Promise.resolve(others[reference] ?? null),
    );
    expect(found.map(({ kind, matched }) => [kind, matched])).toEqual([
      ['other-batch', null],
      ['not-ours', null],
      ['paid-but-failed', ref(8)],
    ]);
    expect(found.map(({ kind }) => isAgreement(kind))).toEqual([true, false, false]);
  });

  it('proves nothing by one receipt for two payments, nor by one row for two', async () => {
    const both = [payment(1, 'unknown'), payment(2, 'unknown')];
    const receipt = { providerReference: 'ABC1' };
    const shared = await reconcile(both, [row(ref(1), receipt), row(ref(2), receipt)], () => Promise.resolve(null));
    expect(shared.map(({ kind, matched }) => [kind, matched])).toEqual([
      ['ambiguous', null],
      ['ambiguous', null],
    ]);
    const [note] = await reconcile(both, [row(`refund of ${ref(1)} ${ref(2)}`)], () => Promise.resolve(null));
    expect(note).toMatchObject({ kind: 'ambiguous', matched: null });
  });

  it('proves nothing by money that went out and came back', async () => {
    const rows = [row(ref(1), { isNegative: true }), row(ref(1), { providerReference: 'BACK-1' })];
    const found = await reconcile([payment(1, 'unknown')], rows, () => Promise.resolve(null));
    expect(found.map(({ kind, matched }) => [kind, matched])).toEqual([
      ['came-back', null],
      ['came-back', null],
    ]);
  });
});
