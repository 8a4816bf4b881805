import type { StatementRow } from '../domain/statement.ts';
import type { LedgerPayment } from '../ledger/records.ts';

/** What a payment and its row in the provider's statement say together. */
export type ReconciliationKind =
  | 'agrees'
  /** Paid there; here nobody knows yet. */
  | 'paid-but-unknown'
  /** Paid there; here it failed, or was never sent. */
  | 'paid-but-failed'
  | 'amount-differs'
  /** Paid here, and not in the statement. */
  | 'missing'
  /** Paid here, and in the statement as not paid. */
  | 'not-paid'
  /** One more row that pays a payment which another row has paid. */
  | 'paid-twice'
  /** In the statement with both signs: it went out and came back, or the other way round. */
  | 'came-back'
  /** One receipt, or one row, for several payments. */
  | 'ambiguous'
  /** Open here, and the statement does not help. */
  | 'open'
  | 'other-batch'
  | 'not-ours';

export interface ReconciliationRow {
  readonly kind: ReconciliationKind;
  /** Null where the statement has a row that is none of this batch's. */
  readonly payment: LedgerPayment | null;
  readonly row: StatementRow | null;
  /** Ours, of whichever generation, by which the row was matched; null where the provider's own id led to it. */
  readonly matched: string | null;
}

/** Whether everything is as it should be. */
export function isAgreement(kind: ReconciliationKind): boolean {
  return kind === 'agrees' || kind === 'other-batch';
}

/** Looks up a payment of any batch under a reference that it has, or ever had. */
export type Lookup = (reference: string) => Promise<LedgerPayment | null>;

/**
 * Holds a statement against the payments of one batch and account. Every payment that was sent or paid and every row comes out
 * exactly once (a payment with several rows once for each).
 */
export async function reconcile(
  payments: readonly LedgerPayment[],
  rows: readonly StatementRow[],
  lookup: Lookup,
): Promise<ReconciliationRow[]> {
  const byReference = new Map(payments.map((payment) => [payment.reference, payment]));
  const byProviderReference = new Map<string, LedgerPayment>();
  for (const payment of payments) {
    if (payment.providerReference !== '') byProviderReference.set(payment.providerReference, payment);
  }
  const seen = new Map<string, { isPaid: boolean }>();
  const signs = new Map<string, Set<boolean>>();
  const receipts = new Map<string, Set<string>>();
  const found: ReconciliationRow[] = [];
  for (const row of rows) {
    const references = referencesIn(row.reference).filter((one) => byReference.has(one));
    const [reference] = references;
    const own = reference === undefined ? undefined : byReference.get(reference);
    const earlier = own === undefined ? await earlierOf(row, lookup) : null;
    const isOfBatch = earlier !== null && byReference.has(earlier.payment.reference);
    const payment = own ?? (isOfBatch ? earlier.payment : undefined) ?? byProviderReference.get(row.providerReference);
    if (payment === undefined) {
      found.push({ kind: earlier === null ? 'not-ours' : 'other-batch', payment: null, row, matched: null });
      continue;
    }
    if (row.isPaid) {
      add(signs, payment.reference, row.isNegative);
      if (row.providerReference !== '') add(receipts, row.providerReference, payment.reference);
    }
    if (new Set(references).size > 1) {
      for (const one of references) seen.set(one, { isPaid: seen.get(one)?.isPaid ?? false });
      found.push({ kind: 'ambiguous', payment, row, matched: null });
      continue;
    }
    const before = seen.get(payment.reference);
    const kind = row.isPaid && before?.isPaid === true ? 'paid-twice' : kindOf(payment, row);
    seen.set(payment.reference, { isPaid: row.isPaid || before?.isPaid === true });
    found.push({ kind, payment, row, matched: reference ?? (isOfBatch ? earlier.matched : null) });
  }
  for (const payment of payments) {
    const { providerReference } = payment;
    if (providerReference !== '' && receipts.has(providerReference))
      add(receipts, providerReference, payment.reference);
  }
  for (const payment of payments) {
    if (seen.has(payment.reference)) continue;
    const kind = absentKind(payment);
    if (kind !== null) found.push({ kind, payment, row: null, matched: null });
  }
  return found.map((one) => {
    const { payment, row } = one;
    if (payment === null || row?.isPaid !== true) return one;
    // What is not clear proves nothing, whatever each row says alone.
    if (signs.get(payment.reference)?.size === 2) return { ...one, kind: 'came-back', matched: null };
    const isShared = (receipts.get(row.providerReference)?.size ?? 0) > 1;
    return isShared ? { ...one, kind: 'ambiguous', matched: null } : one;
  });
}

function add<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  sets.set(key, (sets.get(key) ?? new Set<T>()).add(value));
}

function kindOf(payment: LedgerPayment, row: StatementRow): ReconciliationKind {
  const { status } = payment;
  if (!row.isPaid) {
    if (status === 'paid') return 'not-paid';
    return status === 'pending' || status === 'unknown' || status === 'submitting' ? 'open' : 'agrees';
  }
  if (row.amountMinor !== payment.amountMinor || row.currency !== payment.currency) return 'amount-differs';
  switch (status) {
    case 'paid':
    // It was paid before it came back.
    case 'returned':
      return 'agrees';
    case 'unknown':
    case 'pending':
    case 'submitting':
      return 'paid-but-unknown';
    case 'failed':
    case 'cancelled':
    case 'planned':
      return 'paid-but-failed';
  }
}

/** What it means that the statement does not mention a payment; null where nothing could be expected in it. */
function absentKind({ status }: LedgerPayment): ReconciliationKind | null {
  switch (status) {
    case 'paid':
    case 'returned':
      return 'missing';
    case 'unknown':
    case 'pending':
    case 'submitting':
      return 'open';
    case 'failed':
    case 'cancelled':
      return 'agrees';
    case 'planned':
      return null;
  }
}

async function earlierOf(
  row: StatementRow,
  lookup: Lookup,
): Promise<{ readonly payment: LedgerPayment; readonly matched: string } | null> {
  for (const matched of referencesIn(row.reference)) {
    const payment = await lookup(matched);
    if (payment !== null) return { payment, matched };
  }
  return null;
}

/** Words of a cell that have the shape of our references: a note may say more. */
function referencesIn(cell: string): readonly string[] {
  return cell.toUpperCase().match(/(?<![0-9A-Z])[0-9A-HJKMNP-TV-Z]{20}(?![0-9A-Z])/g) ?? [];
}
