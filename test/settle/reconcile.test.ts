import { describe, expect, it } from 'vitest';
import type { StatementRow } from '../../src/domain/statement.ts';
import type { Status } from '../../src/domain/status.ts';
import type { LedgerPayment } from '../../src/ledger/records.ts';
import { isAgreement } from '../../src/settle/reconciliation-kind.ts';
import { compareStatement } from './compared.ts';

/** 20 characters of the alphabet of references; the last two differ. */
const ref = (n: number): string => `Y871NJGPXMTG2K2N0N${String(n).padStart(2, '0')}`;

function payment(n: number, status: Status, more: Partial<LedgerPayment> = {}): LedgerPayment {
  const common = {
    ...{ id: `EMP-${n}`, line: n + 1, generation: 1, account: 'demo' },
    destination: { kind: 'till', till: '1' },
    batch: 'nov',
    name: '',
    reference: ref(n),
    status,
    amountMinor: 100_00n,
    currency: 'KES',
  };
  return { ...common, providerReference: `TX-${n}`, receipt: '', sentAt: null, ...more } as LedgerPayment;
}

let line = 1;
function row(reference: string, more: Partial<StatementRow> = {}): StatementRow {
  const common = {
    amountMinor: 100_00n,
    currency: 'KES',
    status: '',
    isPaid: true,
    isReversal: false,
    isNegative: false,
    side: 'column-out',
    providerReference: '',
    linkedReceipt: '',
    recipient: '',
    reason: '',
    time: '',
  } as const;
  return { line: ++line, reference, ...common, ...more };
}

async function kinds(payments: LedgerPayment[], rows: StatementRow[], others: Record<string, LedgerPayment> = {}) {
  const found = await compareStatement(payments, rows, (reference) => Promise.resolve(others[reference] ?? null));
  return found.map(({ kind, payment: of, row: at }) => [kind, of?.id ?? null, at?.line ?? null]);
}

describe('reconciliation of a statement with the ledger', () => {
  it.each([
    ['paid', 'agrees'],
    ['returned', 'agrees'],
    ['unknown', 'paid-but-unknown'],
    ['pending', 'paid-but-unknown'],
    ['submitting', 'paid-but-unknown'],
    ['failed', 'paid-but-failed'],
    ['cancelled', 'paid-but-failed'],
    ['planned', 'paid-but-failed'],
  ] as const)('a paid row of a payment that the ledger holds as %s is: %s', async (status, kind) => {
    const one = row(ref(1));
    expect(await kinds([payment(1, status)], [one])).toEqual([[kind, 'EMP-1', one.line]]);
  });

  it.each([
    ['paid', 'missing'],
    ['unknown', 'open'],
    ['pending', 'open'],
    ['failed', 'agrees'],
  ] as const)('a payment without a row that the ledger holds as %s is: %s', async (status, kind) => {
    expect(await kinds([payment(1, status)], [])).toEqual([[kind, 'EMP-1', null]]);
  });

  it('a payment that was never sent needs no row', async () => {
    expect(await kinds([payment(1, 'planned')], [])).toEqual([]);
  });

  it.each([
    ['paid', 'not-paid'],
    ['failed', 'agrees'],
    ['unknown', 'open'],
  ] as const)('a row that is not paid of a payment that the ledger holds as %s is: %s', async (status, kind) => {
    expect(await kinds([payment(1, status)], [row(ref(1), { isPaid: false })])).toEqual([[kind, 'EMP-1', line]]);
  });

  it('another amount or currency is reported first, whatever the status', async () => {
    for (const status of ['paid', 'unknown', 'failed'] as const) {
      expect(
        (await kinds([payment(1, status)], [row(ref(1), { amountMinor: 100_01n })])).map(([kind]) => kind),
      ).toEqual(['amount-differs']);
      expect((await kinds([payment(1, status)], [row(ref(1), { currency: 'UGX' })])).map(([kind]) => kind)).toEqual([
        'amount-differs',
      ]);
    }
  });

  it('a second paid row of one payment is reported as paid twice', async () => {
    const found = await kinds([payment(1, 'paid')], [row(ref(1)), row(ref(1)), row(ref(1), { isPaid: false })]);
    expect(found.map(([kind]) => kind)).toEqual(['agrees', 'paid-twice', 'not-paid']);
  });

  it('a reference is found inside a note, and only as a whole word', async () => {
    expect(
      (await kinds([payment(1, 'paid')], [row(`${ref(1).toLowerCase()} November salary`)])).map(([kind]) => kind),
    ).toEqual(['agrees']);
    const longer = await kinds([payment(1, 'paid')], [row(`${ref(1)}0`)]);
    expect(longer.map(([kind]) => kind)).toEqual(['not-ours', 'missing']);
  });

  it("the provider's own id matches a row without our reference", async () => {
    expect(
      (await kinds([payment(1, 'unknown')], [row('', { providerReference: 'TX-1' })])).map(([kind]) => kind),
    ).toEqual(['paid-but-unknown']);
    const [match] = await compareStatement([payment(1, 'unknown')], [row('', { providerReference: 'TX-1' })], () =>
      Promise.resolve(null),
    );
    expect(match?.matched).toBe(null);
  });

  it('a row of another batch is no difference, an unknown row is, and an earlier generation is matched by its reference', async () => {
    const others = { [ref(7)]: payment(7, 'paid'), [ref(8)]: payment(1, 'failed') };
    const rows = [row(ref(7)), row('cash'), row(ref(8))];
    const found = await compareStatement([payment(1, 'failed')], rows, (reference) =>
      Promise.resolve(others[reference] ?? null),
    );
    expect(found.map(({ kind, matched }) => [kind, matched])).toEqual([
      ['other-batch', null],
      ['not-ours', null],
      ['paid-but-failed', ref(8)],
    ]);
    expect(found.map(({ kind }) => isAgreement(kind))).toEqual([true, false, false]);
  });

  it('one receipt for two payments proves nothing, nor does one row that names two', async () => {
    const both = [payment(1, 'unknown'), payment(2, 'unknown')];
    const receipt = { providerReference: 'ABC1' };
    const shared = await compareStatement(both, [row(ref(1), receipt), row(ref(2), receipt)], () =>
      Promise.resolve(null),
    );
    expect(shared.map(({ kind, matched }) => [kind, matched])).toEqual([
      ['ambiguous', null],
      ['ambiguous', null],
    ]);
    const [note] = await compareStatement(both, [row(`refund of ${ref(1)} ${ref(2)}`)], () => Promise.resolve(null));
    expect(note).toMatchObject({ kind: 'ambiguous', matched: null });
  });

  it('money that went out and came back proves nothing', async () => {
    const rows = [row(ref(1), { isNegative: true }), row(ref(1), { providerReference: 'BACK-1' })];
    const found = await compareStatement([payment(1, 'unknown')], rows, () => Promise.resolve(null));
    expect(found.map(({ kind, matched }) => [kind, matched])).toEqual([
      ['came-back', null],
      ['came-back', null],
    ]);
  });
});
