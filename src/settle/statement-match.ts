import type { StatementRow } from '../domain/statement.ts';
import type { ComparedPayment } from '../ledger/compared-payments.ts';
import { rowWords, type RowWords } from './statement-words.ts';

/** Looks up a payment of any batch under a reference of any of its generations. */
export type PaymentLookup = (reference: string) => Promise<{ readonly reference: string } | null>;

/** What the rows of a statement say of one payment together. */
export class PaymentRows {
  readonly payment: ComparedPayment;
  /** A row names it. */
  isNamed = false;
  /** A row says that its money came back. */
  cameBack = false;
  /** A row says that it was not made. */
  isContradicted = false;
  /** A row that may have moved its money shows no amount. */
  isUnclear = false;
  /** The signs of its rows: 1 for a plus, 2 for a minus. */
  signs = 0;
  /** The row that is its own money, as far as any is. */
  principal: NamedRow | null = null;

  constructor(payment: ComparedPayment) {
    this.payment = payment;
  }
}

/** How a row names its payment. */
export type Naming =
  /** By our reference, which stands there as a reference does. */
  | 'reference'
  /** By our reference, somewhere in a longer note. */
  | 'note'
  /** By the receipt or the id of the payment as its own. */
  | 'receipt'
  /** As the receipt that it belongs to. */
  | 'linked'
  /** By a receipt that stands in its note. */
  | 'mentioned';

/** A row that names one payment. */
export interface NamedRow {
  readonly row: StatementRow;
  readonly of: PaymentRows;
  readonly naming: Naming;
  /** The reference, of any generation, that led to the payment; null where a receipt did. */
  readonly matched: string | null;
  /** What its words say, read once. */
  readonly words: RowWords;
}

export type RowMatch =
  | { readonly kind: 'payment'; readonly named: NamedRow }
  /** Several payments of this comparison: the row proves nothing. */
  | { readonly kind: 'several'; readonly of: readonly PaymentRows[] }
  | { readonly kind: 'other-batch' }
  | { readonly kind: 'not-ours' };

/** The payments of a comparison, by what a row may name them by. */
export class PaymentIndex {
  private readonly byReference = new Map<string, PaymentRows>();
  /** Owners of a receipt, of the ledger and of the statement itself; several make it ambiguous. */
  private readonly byReceipt = new Map<string, PaymentRows | 'other-batch' | Set<PaymentRows | 'other-batch'>>();

  constructor(payments: Iterable<ComparedPayment>) {
    for (const payment of payments) {
      const rows = new PaymentRows(payment);
      this.byReference.set(payment.reference, rows);
      if (payment.providerReference !== '') this.addReceipt(payment.providerReference, rows);
      if (payment.receipt !== '' && payment.receipt !== payment.providerReference)
        this.addReceipt(payment.receipt, rows);
    }
  }

  payments(): Iterable<PaymentRows> {
    return this.byReference.values();
  }

  withReference(reference: string): PaymentRows | undefined {
    return this.byReference.get(reference);
  }

  /** The owner of a receipt; null where it has none or several. */
  withReceipt(receipt: string): PaymentRows | 'other-batch' | null {
    const owner = receipt === '' ? undefined : this.byReceipt.get(receipt);
    return owner === undefined || owner instanceof Set ? null : owner;
  }

  isSharedReceipt(receipt: string): boolean {
    return receipt !== '' && this.byReceipt.get(receipt) instanceof Set;
  }

  addReceipt(receipt: string, owner: PaymentRows | 'other-batch'): void {
    const known = this.byReceipt.get(receipt);
    if (known === undefined) this.byReceipt.set(receipt, owner);
    else if (known instanceof Set) known.add(owner);
    else if (known !== owner) this.byReceipt.set(receipt, new Set([known, owner]));
  }
}

/** Which payments a row names by a reference of ours, of this or of an earlier generation; null where it has none. */
export async function matchByReference(
  row: StatementRow,
  index: PaymentIndex,
  lookup: PaymentLookup,
): Promise<RowMatch | null> {
  const found = referencesIn(row.reference);
  if (found.length === 0) return null;
  const of = new Map<PaymentRows, string>();
  let isOther = false;
  for (const reference of found) {
    const current = index.withReference(reference);
    const earlier = current === undefined ? await lookup(reference) : null;
    const rows = current ?? (earlier === null ? undefined : index.withReference(earlier.reference));
    if (rows !== undefined) of.set(rows, of.get(rows) ?? reference);
    else if (earlier !== null) isOther = true;
  }
  const [first] = of;
  if (first === undefined) return isOther ? { kind: 'other-batch' } : null;
  if (of.size > 1 || isOther) return { kind: 'several', of: [...of.keys()] };
  const [rows, matched] = first;
  const naming = standsAsReference(row.reference, matched) ? 'reference' : 'note';
  return { kind: 'payment', named: { row, of: rows, naming, matched, words: rowWords(row, rows.payment.name) } };
}

/** Which payment a row without a reference of ours names: by its own receipt, by the linked one, by one in its note. */
export function matchByReceipt(row: StatementRow, index: PaymentIndex, readsNote: boolean): RowMatch {
  const own = ownerMatch(row, index, row.providerReference, 'receipt');
  if (own !== null) return own;
  const linked = ownerMatch(row, index, row.linkedReceipt, 'linked');
  if (linked !== null) return linked;
  if (readsNote) {
    for (const receipt of new Set(row.reference.match(/(?<![0-9A-Za-z])[0-9A-Za-z-]{6,}(?![0-9A-Za-z])/g) ?? [])) {
      const mentioned = ownerMatch(row, index, receipt, 'mentioned');
      if (mentioned !== null) return mentioned;
    }
  }
  return { kind: 'not-ours' };
}

function ownerMatch(row: StatementRow, index: PaymentIndex, receipt: string, naming: Naming): RowMatch | null {
  const owner = index.withReceipt(receipt);
  if (owner === null) return null;
  if (owner === 'other-batch') return { kind: 'other-batch' };
  const words = rowWords(row, owner.payment.name);
  return { kind: 'payment', named: { row, of: owner, naming, matched: null, words } };
}

/** Words of a cell that have the shape of our references. */
function referencesIn(cell: string): readonly string[] {
  if (cell.length < 20) return [];
  return cell.toUpperCase().match(/(?<![0-9A-Z])[0-9A-HJKMNP-TV-Z]{20}(?![0-9A-Z])/g) ?? [];
}

/** Other words that may stand beside a reference: a label before it, or the narrative behind it. */
const OTHER_WORDS_MAX = 4;

/**
 * Whether our reference stands in a cell as the reference of the row: alone, at the beginning or the end of a few words
 * (`PAYOUT <reference>`), or where the M-PESA portal writes it. In a longer note somebody only speaks of it.
 */
export function standsAsReference(cell: string, reference: string): boolean {
  const text = cell.trim().toUpperCase();
  if (text === reference) return true;
  if (text.includes(`ORIGINAL CONVERSATION ID IS ${reference}`)) return true;
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length > OTHER_WORDS_MAX + 1) return false;
  return words[0] === reference || words.at(-1) === reference;
}
