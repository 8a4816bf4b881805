import type { StatementRow } from '../domain/statement.ts';
import type { LedgerPayment } from '../ledger/records.ts';
import { Ambiguities, matchRow, PaymentIndex, type PaymentLookup } from './statement-match.ts';

/** What a payment and its row in the provider's statement say together. */
export type ReconciliationKind =
  | 'agrees'
  /** Paid in the statement; pending, unknown or submitting in the ledger. */
  | 'paid-but-unknown'
  /** Paid in the statement; failed, cancelled or never sent in the ledger. */
  | 'paid-but-failed'
  | 'amount-differs'
  /** Paid in the ledger; the statement has no row of the payment. */
  | 'missing'
  /** Paid in the ledger; the statement has a row that is not paid. */
  | 'not-paid'
  /** One more paid row of a payment that another row has paid. */
  | 'paid-twice'
  /** Paid rows with both signs: money went out and came back, or the other way round. */
  | 'came-back'
  /** One receipt, or one row, for several payments. */
  | 'ambiguous'
  /** Open in the ledger, and the statement does not decide. */
  | 'open'
  | 'other-batch'
  | 'not-ours';

export interface ReconciliationRow {
  readonly kind: ReconciliationKind;
  /** Null where the row belongs to no payment of this batch. */
  readonly payment: LedgerPayment | null;
  readonly row: StatementRow | null;
  /** The reference of ours, of any generation, by which the row was matched; null where the provider's own id matched it. */
  readonly matched: string | null;
}

/** Whether statement and ledger agree about the row. */
export function isAgreement(kind: ReconciliationKind): boolean {
  return kind === 'agrees' || kind === 'other-batch';
}

/**
 * Compares a statement with the payments of one batch and account. Every payment that was sent and every row comes out exactly
 * once (a payment with several rows once for each row).
 */
export async function compareStatement(
  payments: readonly LedgerPayment[],
  rows: readonly StatementRow[],
  lookup: PaymentLookup,
): Promise<ReconciliationRow[]> {
  const index = new PaymentIndex(payments);
  const ambiguities = new Ambiguities();
  /** References of payments that have a row; true once a row has paid the payment. */
  const seen = new Map<string, boolean>();
  const found: ReconciliationRow[] = [];
  for (const row of rows) {
    const match = await matchRow(row, index, lookup);
    if (match.kind !== 'payment') {
      found.push({ kind: match.kind, payment: null, row, matched: null });
      continue;
    }
    const { payment, references, matched } = match;
    if (row.isPaid) ambiguities.addPaid(payment, row);
    if (references.size > 1) {
      for (const reference of references) seen.set(reference, seen.get(reference) ?? false);
      found.push({ kind: 'ambiguous', payment, row, matched: null });
      continue;
    }
    const wasPaid = seen.get(payment.reference) ?? false;
    seen.set(payment.reference, row.isPaid || wasPaid);
    found.push({ kind: row.isPaid && wasPaid ? 'paid-twice' : reconcileKindOf(payment, row), payment, row, matched });
  }
  ambiguities.addReceipts(payments);
  return [...found.map((one) => withAmbiguity(one, ambiguities)), ...paymentsWithoutRow(payments, seen)];
}

/** A row that proves nothing loses what it was matched by, whatever the row says alone: no decision may rest on it. */
function withAmbiguity(found: ReconciliationRow, ambiguities: Ambiguities): ReconciliationRow {
  const { payment, row } = found;
  if (payment === null || row?.isPaid !== true) return found;
  if (ambiguities.cameBack(payment)) return { ...found, kind: 'came-back', matched: null };
  return ambiguities.isShared(row) ? { ...found, kind: 'ambiguous', matched: null } : found;
}

function paymentsWithoutRow(
  payments: readonly LedgerPayment[],
  seen: ReadonlyMap<string, boolean>,
): ReconciliationRow[] {
  return payments.flatMap((payment) => {
    const kind = seen.has(payment.reference) ? null : kindWithoutRow(payment);
    return kind === null ? [] : [{ kind, payment, row: null, matched: null }];
  });
}

function reconcileKindOf(payment: LedgerPayment, row: StatementRow): ReconciliationKind {
  const { status } = payment;
  if (!row.isPaid) {
    if (status === 'paid') return 'not-paid';
    return status === 'pending' || status === 'unknown' || status === 'submitting' ? 'open' : 'agrees';
  }
  if (row.amountMinor !== payment.amountMinor || row.currency !== payment.currency) return 'amount-differs';
  switch (status) {
    case 'paid':
    // A returned payment was paid before it came back.
    case 'returned':
      return 'agrees';
    case 'unknown':
    case 'pending':
    case 'submitting':
      return 'paid-but-unknown';
    case 'failed':
    case 'cancelled':
    case 'replaced':
    case 'planned':
      return 'paid-but-failed';
  }
}

/** The kind of a payment without a row in the statement; null for a payment of which no row can be expected. */
function kindWithoutRow({ status }: LedgerPayment): ReconciliationKind | null {
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
    case 'replaced':
      return 'agrees';
    case 'planned':
      return null;
  }
}
