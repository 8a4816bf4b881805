import type { StatementRow } from '../domain/statement.ts';
import type { PaymentIndex, PaymentRows } from './payment-index.ts';
import { rowWords, type RowWords } from './statement-words.ts';

/** How many characters a reference of ours has. */
export const REFERENCE_CHARACTERS = 20;

/** Looks up a payment of any batch under a reference of any of its generations. */
export type PaymentLookup = (reference: string) => Promise<{ readonly reference: string } | null>;

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
  /** Whether that reference is one of an earlier generation. */
  readonly isEarlier: boolean;
  /** What its words say, read once. */
  readonly words: RowWords;
}

export type RowMatch =
  | { readonly kind: 'payment'; readonly named: NamedRow }
  /** Several payments of this comparison: the row proves nothing. */
  | { readonly kind: 'several'; readonly of: readonly PaymentRows[] }
  | { readonly kind: 'other-batch' }
  | { readonly kind: 'not-ours' };

/** Which payments a row names by a reference of ours, of this or of an earlier generation; null where it has none. */
export async function matchByReference(
  row: StatementRow,
  index: PaymentIndex,
  lookup: PaymentLookup,
): Promise<RowMatch | null> {
  const of = new Map<number, { readonly reference: string; readonly isEarlier: boolean }>();
  let isOther = false;
  for (const reference of referencesIn(row.reference)) {
    const current = index.withReference(reference);
    const earlier = current === undefined ? await lookup(reference) : null;
    const number = current ?? (earlier === null ? undefined : index.withReference(earlier.reference));
    if (number !== undefined) of.set(number, of.get(number) ?? { reference, isEarlier: current === undefined });
    else if (earlier !== null) isOther = true;
  }
  const [first] = of;
  if (first === undefined) return isOther ? { kind: 'other-batch' } : null;
  if (of.size > 1 || isOther) {
    return { kind: 'several', of: Array.from(of.keys(), (number) => index.payment(number)) };
  }
  const [number, { reference, isEarlier }] = first;
  return matchedBy(row, index.payment(number), reference, isEarlier);
}

/** As {@link matchByReference}, of a row with one reference, which is the current one of a payment of the index; else undefined. */
export function matchByCurrentReference(row: StatementRow, index: PaymentIndex): RowMatch | null | undefined {
  const [reference, another] = referencesIn(row.reference);
  if (reference === undefined) return null;
  const number = another === undefined ? index.withReference(reference) : undefined;
  return number === undefined ? undefined : matchedBy(row, index.payment(number), reference, false);
}

function matchedBy(row: StatementRow, of: PaymentRows, matched: string, isEarlier: boolean): RowMatch {
  const naming = standsAsReference(row.reference, matched) ? 'reference' : 'note';
  return { kind: 'payment', named: { row, of, naming, matched, isEarlier, words: rowWords(row, of.payment) } };
}

/** Which payment a row without a reference of ours names: by its own receipt, by the linked one, by one in its note. */
export function matchByReceipt(row: StatementRow, index: PaymentIndex, readsNote: boolean): RowMatch {
  const own = ownerMatch(row, index, row.providerReference, 'receipt');
  if (own !== null) return own;
  if (row.linkedReceipt !== '') {
    for (const receipt of [row.linkedReceipt, ...receiptsIn(row.linkedReceipt)]) {
      const linked = ownerMatch(row, index, receipt, 'linked');
      if (linked !== null) return linked;
    }
  }
  if (readsNote) {
    for (const receipt of receiptsIn(row.reference)) {
      const mentioned = ownerMatch(row, index, receipt, 'mentioned');
      if (mentioned !== null) return mentioned;
    }
  }
  return { kind: 'not-ours' };
}

/** Words of a cell that may be receipts, as they stand there and in capitals, as providers write them. */
function receiptsIn(cell: string): ReadonlySet<string> {
  const words = cell.match(/(?<![0-9A-Za-z])[0-9A-Za-z-]{6,}(?![0-9A-Za-z])/g) ?? [];
  return new Set(words.flatMap((word) => [word, word.toUpperCase()]));
}

/**
 * Which payment a row belongs to whose linked receipt is a reference of ours: some statements say of a reversal only which of our
 * references it takes back. Null where it is none, or where the row itself has a reference. Never a proof.
 */
export async function matchByLinkedReference(
  row: StatementRow,
  index: PaymentIndex,
  lookup: PaymentLookup,
): Promise<RowMatch | null> {
  const match = await matchByReference({ ...row, reference: row.linkedReceipt }, index, lookup);
  if (match?.kind !== 'payment') return match;
  const { of } = match.named;
  const words = rowWords(row, of.payment);
  return { kind: 'payment', named: { row, of, naming: 'linked', matched: null, isEarlier: false, words } };
}

function ownerMatch(row: StatementRow, index: PaymentIndex, receipt: string, naming: Naming): RowMatch | null {
  const owner = index.withReceipt(receipt);
  if (owner === null) return null;
  if (owner === 'other-batch') return { kind: 'other-batch' };
  const words = rowWords(row, owner.payment);
  return { kind: 'payment', named: { row, of: owner, naming, matched: null, isEarlier: false, words } };
}

const REFERENCE_WORD = /^[0-9A-HJKMNP-TV-Z]{20}$/;
const REFERENCE_WORDS = /(?<![0-9A-Z])[0-9A-HJKMNP-TV-Z]{20}(?![0-9A-Z])/g;
const NO_REFERENCES: readonly string[] = [];

/** Words of a cell that have the shape of our references. */
function referencesIn(cell: string): readonly string[] {
  if (cell.length < REFERENCE_CHARACTERS) return NO_REFERENCES;
  let found: string[] | null = null;
  let start = 0;
  for (let at = 0; at <= cell.length; at++) {
    const unit = at < cell.length ? cell.charCodeAt(at) : 0;
    // A letter of another alphabet may become a Latin one as a capital.
    if (unit > 127) return cell.toUpperCase().match(REFERENCE_WORDS) ?? NO_REFERENCES;
    if (isLetterOrDigit(unit)) continue;
    if (at - start === REFERENCE_CHARACTERS) {
      const word = cell.slice(start, at).toUpperCase();
      if (REFERENCE_WORD.test(word)) (found ??= []).push(word);
    }
    start = at + 1;
  }
  return found ?? NO_REFERENCES;
}

/** Of ASCII. */
function isLetterOrDigit(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90);
}

/** Other words that may stand beside a reference: a label before it, or the narrative behind it. */
const OTHER_WORDS_MAX = 4;

/** What the M-PESA portal writes before our reference, in capitals. */
const PORTAL_LABEL = 'ORIGINAL CONVERSATION ID IS ';

/**
 * Whether our reference stands in a cell as the reference of the row: alone, at the beginning or the end of a few words
 * (`PAYOUT <reference>`), or where the M-PESA portal writes it. In a longer note somebody only speaks of it.
 */
export function standsAsReference(cell: string, reference: string): boolean {
  const at = cell.indexOf(reference);
  // The usual row of the portal, without a copy of the whole cell.
  if (at >= PORTAL_LABEL.length && cell.slice(at - PORTAL_LABEL.length, at).toUpperCase() === PORTAL_LABEL) return true;
  const text = cell.trim().toUpperCase();
  if (text === reference) return true;
  if (text.includes(`${PORTAL_LABEL}${reference}`)) return true;
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length > OTHER_WORDS_MAX + 1) return false;
  return words[0] === reference || words.at(-1) === reference;
}
