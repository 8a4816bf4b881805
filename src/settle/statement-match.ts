import type { StatementRow } from '../domain/statement.ts';
import type { LedgerPayment } from '../ledger/records.ts';

/** Looks up a payment of any batch under a reference of any of its generations. */
export type PaymentLookup = (reference: string) => Promise<LedgerPayment | null>;

export type RowMatch =
  | { readonly kind: 'other-batch' }
  | { readonly kind: 'not-ours' }
  | {
      readonly kind: 'payment';
      readonly payment: LedgerPayment;
      /** The current references of payments of this batch that the row names: with more than one, the row proves nothing. */
      readonly references: ReadonlySet<string>;
      /** The reference, of any generation, that led to the payment; null where the provider's own id did. */
      readonly matched: string | null;
    };

/** The payments of one batch, by what a row of a statement may name them by. */
export class PaymentIndex {
  private readonly byReference = new Map<string, LedgerPayment>();
  private readonly byProviderReference = new Map<string, LedgerPayment>();

  constructor(payments: readonly LedgerPayment[]) {
    for (const payment of payments) {
      this.byReference.set(payment.reference, payment);
      if (payment.providerReference !== '') this.byProviderReference.set(payment.providerReference, payment);
    }
  }

  withReference(reference: string): LedgerPayment | undefined {
    return this.byReference.get(reference);
  }

  withProviderReference(providerReference: string): LedgerPayment | undefined {
    return this.byProviderReference.get(providerReference);
  }
}

/**
 * Which payment a row is about: by a current reference of this batch, else by a reference of an earlier generation, else by the
 * provider's own id.
 */
export async function matchRow(row: StatementRow, index: PaymentIndex, lookup: PaymentLookup): Promise<RowMatch> {
  const references = referencesIn(row.reference).filter((reference) => index.withReference(reference) !== undefined);
  const [reference] = references;
  const current = reference === undefined ? undefined : index.withReference(reference);
  const earlier = current === undefined ? await earlierMatch(row, lookup) : null;
  const isOfBatch = earlier !== null && index.withReference(earlier.payment.reference) !== undefined;
  const payment =
    current ?? (isOfBatch ? earlier.payment : undefined) ?? index.withProviderReference(row.providerReference);
  if (payment === undefined) return { kind: earlier === null ? 'not-ours' : 'other-batch' };
  const matched = reference ?? (isOfBatch ? earlier.matched : null);
  return { kind: 'payment', payment, references: new Set(references), matched };
}

async function earlierMatch(
  row: StatementRow,
  lookup: PaymentLookup,
): Promise<{ readonly payment: LedgerPayment; readonly matched: string } | null> {
  for (const matched of referencesIn(row.reference)) {
    const payment = await lookup(matched);
    if (payment !== null) return { payment, matched };
  }
  return null;
}

/** Words of a cell that have the shape of our references: a cell may hold a longer note. */
function referencesIn(cell: string): readonly string[] {
  return cell.toUpperCase().match(/(?<![0-9A-Z])[0-9A-HJKMNP-TV-Z]{20}(?![0-9A-Z])/g) ?? [];
}

/** Paid rows that prove nothing together: with both signs for one payment, or with one receipt for several payments. */
export class Ambiguities {
  private readonly signs = new Map<string, Set<boolean>>();
  private readonly receipts = new Map<string, Set<string>>();

  addPaid(payment: LedgerPayment, row: StatementRow): void {
    addTo(this.signs, payment.reference, row.isNegative);
    if (row.providerReference !== '') addTo(this.receipts, row.providerReference, payment.reference);
  }

  /** Adds payments that the ledger has under a receipt of the statement, so that a receipt of two payments is found. */
  addReceipts(payments: readonly LedgerPayment[]): void {
    for (const { providerReference, reference } of payments) {
      if (this.receipts.has(providerReference)) addTo(this.receipts, providerReference, reference);
    }
  }

  /** Whether paid rows of this payment have both signs. */
  cameBack(payment: LedgerPayment): boolean {
    return this.signs.get(payment.reference)?.size === 2;
  }

  /** Whether the receipt of this row stands for several payments. */
  isShared(row: StatementRow): boolean {
    return (this.receipts.get(row.providerReference)?.size ?? 0) > 1;
  }
}

function addTo<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  sets.set(key, (sets.get(key) ?? new Set<T>()).add(value));
}
