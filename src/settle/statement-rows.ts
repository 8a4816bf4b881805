import type { Status } from '../domain/status.ts';
import type { PaymentIndex } from './payment-index.ts';
import type { ReconciliationKind } from './reconciliation-kind.ts';
import type { RowMatches } from './row-matches.ts';
import type { Directions } from './statement-directions.ts';
import type { NamedRow, Naming } from './statement-match.ts';

/** What a row is to the payment that it names. */
type Role =
  /** The money of the payment, or more of it. */
  | 'payment'
  | 'charge'
  /** The money came back. */
  | 'back'
  | 'not-made'
  /** A row that names the payment without an amount. */
  | 'unclear';

/** The kind of a row that names a payment. */
export interface RowKind {
  readonly kind: ReconciliationKind;
  /** The reference of ours that it has proves that the payment was made. */
  readonly isProof: boolean;
  readonly isDirectionUnknown: boolean;
}

/** A row of this naming is taken for the payment's own before one of a later naming. */
const RANKS: Readonly<Record<Naming, number>> = { reference: 4, note: 3, receipt: 2, linked: 1, mentioned: 0 };

/** What the rules need to know of the other rows of a statement. */
export interface ComparedRows {
  readonly index: PaymentIndex;
  readonly matches: RowMatches;
  readonly directions: Directions;
}

/** Adds what a row says to what is known of its payment; to be called for every row before {@link kindOfNamed}. */
export function addToPayment(number: number, named: NamedRow, { index, matches, directions }: ComparedRows): void {
  const { row, of } = named;
  const role = roleOf(named, directions);
  if (role !== 'charge') of.note('named');
  switch (role) {
    case 'back':
      of.note('cameBack');
      return;
    case 'not-made':
      if (named.words.isNotMade) of.note('contradicted');
      return;
    case 'unclear':
      of.note('unclear');
      return;
    case 'charge':
      return;
    case 'payment':
      if (row.side === 'column-out' || row.side === 'signed') of.note(row.isNegative ? 'minus' : 'plus');
      if (of.is('minus') && of.is('plus')) of.note('cameBack');
      // Another payment's receipt proves nothing, whichever of them it is.
      if (isByReceipt(named) && index.isSharedReceipt(row)) return;
      if (of.principal === null || isRatherPrincipal(named, matches.named(of.principal), index))
        of.setPrincipal(number);
  }
}

/**
 * The exact amount first, then how the row names the payment, then the larger amount, because a charge is the smaller one, then a receipt
 * that no other payment has.
 */
function isRatherPrincipal(a: NamedRow, b: NamedRow, index: PaymentIndex): boolean {
  const exact = Number(isExact(a)) - Number(isExact(b));
  if (exact !== 0) return exact > 0;
  const rank = RANKS[a.naming] - RANKS[b.naming];
  if (rank !== 0) return rank > 0;
  if (a.row.amountMinor !== b.row.amountMinor) return a.row.amountMinor > b.row.amountMinor;
  return index.isSharedReceipt(b.row) && !index.isSharedReceipt(a.row);
}

function isExact({ row, of }: NamedRow): boolean {
  return row.amountMinor === of.payment.amountMinor && row.currency === of.payment.currency;
}

function roleOf({ row, of, naming, words }: NamedRow, directions: Directions): Role {
  const { payment } = of;
  const isIn = directions.isMoneyIn(row);
  // A charge that was given back says nothing of a payment that is known to be paid.
  if (words.isCharge && row.amountMinor !== payment.amountMinor && payment.status === 'paid') return 'charge';
  if (words.isBack || isIn || (words.mayBeBack && !directions.isMoneyOut(row))) return 'back';
  if (!row.isPaid) return 'not-made';
  if (words.isCharge) return 'charge';
  if (row.amountMinor === 0n) return 'unclear';
  // What only belongs to the payment and is less is what the provider took for it.
  if (isBeside(naming) && row.amountMinor < payment.amountMinor) return 'charge';
  return 'payment';
}

function isByReceipt({ naming }: NamedRow): boolean {
  return naming !== 'reference' && naming !== 'note';
}

function isBeside(naming: Naming): boolean {
  return naming === 'linked' || naming === 'mentioned';
}

/** What a row and its payment say together, after all rows were added. */
export function kindOfNamed(number: number, named: NamedRow, rows: ComparedRows): RowKind {
  const { row, of } = named;
  const { index, matches, directions } = rows;
  const { status } = of.payment;
  const role = roleOf(named, directions);
  switch (role) {
    case 'charge':
      return found('charge');
    case 'not-made':
      return found(notMade(status));
    case 'back':
      return found(status === 'returned' ? 'agrees' : 'came-back');
    case 'unclear':
      return found('ambiguous');
    case 'payment':
      break;
  }
  if (of.is('cameBack')) return found(status === 'returned' ? 'agrees' : 'came-back');
  if (index.isSharedReceipt(row)) return found('ambiguous');
  const { principal } = of;
  if (principal === null) return found('ambiguous');
  if (principal !== number) return found(kindBesidePrincipal(named, matches.named(principal)));
  if (!isExact(named)) return found('amount-differs');
  if (!directions.isMoneyOut(row)) return { ...found('ambiguous'), isDirectionUnknown: true };
  const kind = paidKind(status);
  // A completed row that calls itself failed or a hold contradicts itself.
  const isContradicted = named.words.isNotMade || of.is('contradicted') || of.is('unclear');
  if (kind !== 'agrees' && isContradicted) return found('ambiguous');
  return { ...found(kind), isProof: isProof(named) };
}

function found(kind: ReconciliationKind): RowKind {
  return { kind, isProof: false, isDirectionUnknown: false };
}

/** Whether the row proves by a reference of ours that its payment was made. */
function isProof({ naming, words }: NamedRow): boolean {
  return naming === 'reference' && !words.mayBeBack;
}

/** A row of a payment that has another row as its own. */
function kindBesidePrincipal(named: NamedRow, principal: NamedRow): ReconciliationKind {
  const { row } = named;
  const isSmaller = row.amountMinor < principal.row.amountMinor;
  const isSameReceipt = row.providerReference !== '' && row.providerReference === principal.row.providerReference;
  if (isSmaller && (isSameReceipt || isByReceipt(named))) return 'charge';
  return isExact(named) || !isExact(principal) ? 'paid-twice' : 'amount-differs';
}

function notMade(status: Status): ReconciliationKind {
  if (status === 'paid') return 'not-paid';
  return status === 'pending' || status === 'unknown' || status === 'submitting' ? 'open' : 'agrees';
}

function paidKind(status: Status): ReconciliationKind {
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
