import type { StatementRow } from '../domain/statement.ts';
import type { ComparedPayment } from '../ledger/compared-payments.ts';
import { OutsidePayments, type OutsideSearch } from './outside-payrun.ts';
import {
  matchByReceipt,
  matchByReference,
  PaymentIndex,
  type PaymentLookup,
  type PaymentRows,
  type RowMatch,
} from './statement-match.ts';
import { directionsOf, type Directions } from './statement-directions.ts';
import type { ReconciliationKind, ReconciliationRow } from './reconciliation-kind.ts';
import { addToPayment, kindOfNamed } from './statement-rows.ts';
import { rowWords } from './statement-words.ts';

export interface ComparisonOptions {
  /** Whether the statement must have a row of this payment, if it was paid; default: of every one. */
  readonly isExpected?: (payment: ComparedPayment) => boolean;
  /** How money to people of ours is found that went without payrun; null: not at all. */
  readonly outside?: OutsideSearch | null;
}

/**
 * Compares a statement with payments of one account. Every payment that was sent comes out, once for each of its rows; so does every
 * row but those of money in that concern no payment, such as a top-up. The order of the rows does not matter.
 */
export async function compareStatement(
  payments: Iterable<ComparedPayment>,
  rows: readonly StatementRow[],
  lookup: PaymentLookup,
  { isExpected = () => true, outside = null }: ComparisonOptions = {},
): Promise<ReconciliationRow[]> {
  const index = new PaymentIndex(payments);
  const matches: (RowMatch | null)[] = [];
  for (const row of rows) {
    const match = await matchByReference(row, index, lookup);
    matches.push(match);
    if (row.providerReference === '' || match === null) continue;
    // The statement itself says which receipt a payment got.
    if (match.kind === 'payment') index.addReceipt(row.providerReference, match.named.of);
    else if (match.kind === 'other-batch') index.addReceipt(row.providerReference, 'other-batch');
  }
  const directions = directionsOf(rows, matches);
  const whole = rows.map((row, at) => matches[at] ?? matchByReceipt(row, index, mayConcernAnother(row)));
  const looseReversals = new Set<string>();
  whole.forEach((match, at) => {
    const row = rows[at];
    if (row === undefined) return;
    if (match.kind === 'payment') addToPayment(match.named, index, directions);
    else if (match.kind === 'several') for (const one of match.of) one.isNamed = true;
    else if (match.kind === 'not-ours' && isReversalOfUnknown(row, directions)) looseReversals.add(sumKey(row));
  });
  const unnamed: StatementRow[] = [];
  const found = whole.flatMap((match, at): ReconciliationRow[] => {
    const row = rows[at];
    if (row === undefined) return [];
    switch (match.kind) {
      case 'payment': {
        const one = kindOfNamed(match.named, index, directions);
        return one === null ? [] : [withLooseReversals(one, looseReversals)];
      }
      case 'several':
        return [{ kind: 'ambiguous', payment: match.of[0]?.payment ?? null, row, matched: null }];
      case 'other-batch':
        return [{ kind: 'other-batch', payment: null, row, matched: null }];
      case 'not-ours': {
        const kind = kindOfUnnamed(row, directions);
        if (kind === 'not-ours' && row.isPaid) unnamed.push(row);
        return kind === null ? [] : [{ kind, payment: null, row, matched: null }];
      }
    }
  });
  const people = outside === null ? null : new OutsidePayments(index.payments(), unnamed, outside);
  return [
    ...(people === null ? found : found.map((one) => asOutside(one, people))),
    ...paymentsWithoutRow(index.payments(), isExpected),
  ];
}

/** Money that payrun did not send, to a person whom it pays that sum. */
function asOutside(found: ReconciliationRow, people: OutsidePayments): ReconciliationRow {
  if (found.kind !== 'not-ours' || found.row?.isPaid !== true) return found;
  const payment = people.find(found.row);
  return payment === null ? found : { ...found, kind: 'outside-payrun', payment };
}

/** A note names receipts of other payments in reversals and charges; in a payment it may hold any number. */
function mayConcernAnother(row: StatementRow): boolean {
  if (row.side === 'in' || row.side === 'none') return true;
  const words = rowWords(row, '');
  return words.isBack || words.mayBeBack || words.isCharge;
}

/** The kind of a row that names no payment of ours; null for money in and lines without money. */
function kindOfUnnamed(row: StatementRow, directions: Directions): ReconciliationKind | null {
  if (isReversalOfUnknown(row, directions)) return 'came-back';
  if (row.amountMinor === 0n || directions.isMoneyIn(row)) return null;
  return row.isPaid && rowWords(row, '').isCharge ? 'charge' : 'not-ours';
}

/** A reversal that does not say of what. */
function isReversalOfUnknown(row: StatementRow, directions: Directions): boolean {
  if (!row.isPaid || row.linkedReceipt !== '') return false;
  const words = rowWords(row, '');
  if (words.isCharge) return false;
  return words.isBack || (words.mayBeBack && directions.isMoneyIn(row));
}

function sumKey({ amountMinor, currency }: { readonly amountMinor: bigint; readonly currency: string }): string {
  return `${amountMinor} ${currency}`;
}

/** While a reversal of the same sum names no payment, no open payment of that sum is known to have stayed paid. */
function withLooseReversals(found: ReconciliationRow, sums: ReadonlySet<string>): ReconciliationRow {
  const { kind, payment } = found;
  if (payment === null || sums.size === 0 || !sums.has(sumKey(payment))) return found;
  return kind === 'paid-but-unknown' || kind === 'paid-but-failed'
    ? { ...found, kind: 'ambiguous', matched: null }
    : found;
}

function paymentsWithoutRow(
  all: Iterable<PaymentRows>,
  isExpected: (payment: ComparedPayment) => boolean,
): ReconciliationRow[] {
  const without: ReconciliationRow[] = [];
  for (const { payment, isNamed } of all) {
    const kind = isNamed ? null : kindWithoutRow(payment);
    if (kind !== null && (kind === 'open' || isExpected(payment)))
      without.push({ kind, payment, row: null, matched: null });
  }
  return without;
}

/** The kind of a payment without a row in the statement; null for a payment of which no row can be expected. */
function kindWithoutRow({ status }: ComparedPayment): ReconciliationKind | null {
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
