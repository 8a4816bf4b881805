import type { ReconciliationKind, ReconciliationRow } from './reconciliation-kind.ts';
import { signOf, type Directions } from './statement-directions.ts';
import type { ComparedPayment } from '../ledger/compared-payments.ts';
import type { NamedRow, Naming, PaymentIndex, PaymentRows } from './statement-match.ts';

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

const BOTH_SIGNS = 3;

/** A row of this naming is taken for the payment's own before one of a later naming. */
const RANKS: Readonly<Record<Naming, number>> = { reference: 4, note: 3, receipt: 2, linked: 1, mentioned: 0 };

/** Adds what a row says to what is known of its payment; to be called for every row before {@link kindOfNamed}. */
export function addToPayment(named: NamedRow, index: PaymentIndex, directions: Directions): void {
  const { row, of, naming } = named;
  const role = roleOf(named, directions);
  if (role !== 'charge') of.isNamed = true;
  switch (role) {
    case 'back':
      of.cameBack = true;
      return;
    case 'not-made':
      if (named.words.isNotMade) of.isContradicted = true;
      return;
    case 'unclear':
      of.isUnclear = true;
      return;
    case 'charge':
      return;
    case 'payment':
      if (row.side === 'column-out' || row.side === 'signed') of.signs |= signOf(row);
      if (of.signs === BOTH_SIGNS) of.cameBack = true;
      // Another payment's receipt proves nothing, whichever of them it is.
      if (index.isSharedReceipt(row.providerReference) && naming !== 'reference' && naming !== 'note') return;
      if (of.principal === null || isRatherPrincipal(named, of.principal)) of.principal = named;
  }
}

/** The exact amount first, then how the row names the payment, then the larger amount: a charge is the smaller one. */
function isRatherPrincipal(a: NamedRow, b: NamedRow): boolean {
  const exact = Number(isExact(a)) - Number(isExact(b));
  if (exact !== 0) return exact > 0;
  const rank = RANKS[a.naming] - RANKS[b.naming];
  if (rank !== 0) return rank > 0;
  return a.row.amountMinor > b.row.amountMinor;
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

function isBeside(naming: Naming): boolean {
  return naming === 'linked' || naming === 'mentioned';
}

/** What a row and its payment say together, after all rows were added; null for a row that says nothing. */
export function kindOfNamed(named: NamedRow, index: PaymentIndex, directions: Directions): ReconciliationRow | null {
  const { row, of } = named;
  const { payment } = of;
  const found = (kind: ReconciliationKind, matched: string | null = null): ReconciliationRow => {
    return { kind, payment, row, matched };
  };
  const role = roleOf(named, directions);
  switch (role) {
    case 'charge':
      return found('charge');
    case 'not-made':
      return found(notMade(payment));
    case 'back':
      return found(payment.status === 'returned' ? 'agrees' : 'came-back');
    case 'unclear':
      return found('ambiguous');
    case 'payment':
      break;
  }
  if (of.cameBack) return found(payment.status === 'returned' ? 'agrees' : 'came-back');
  if (index.isSharedReceipt(row.providerReference)) return found('ambiguous');
  if (named !== of.principal) return found(kindBesidePrincipal(named, of.principal));
  if (!isExact(named)) return found('amount-differs');
  if (!directions.isMoneyOut(row)) return { ...found('ambiguous'), isDirectionUnknown: true };
  const kind = paidKind(payment);
  if (kind === 'agrees') return found(kind, provedBy(named));
  return of.isContradicted || of.isUnclear ? found('ambiguous') : found(kind, provedBy(named));
}

/** The reference by which the row proves that its payment was made. */
function provedBy({ naming, matched, words }: NamedRow): string | null {
  return naming === 'reference' && !words.mayBeBack ? matched : null;
}

/** A row of a payment that has another row as its own. */
function kindBesidePrincipal(named: NamedRow, principal: NamedRow | null): ReconciliationKind {
  const { row } = named;
  if (principal === null) return 'ambiguous';
  const isSmaller = row.amountMinor < principal.row.amountMinor;
  const isSameReceipt = row.providerReference !== '' && row.providerReference === principal.row.providerReference;
  if (isSmaller && (isSameReceipt || named.matched === null)) return 'charge';
  return isExact(named) || !isExact(principal) ? 'paid-twice' : 'amount-differs';
}

function notMade({ status }: ComparedPayment): ReconciliationKind {
  if (status === 'paid') return 'not-paid';
  return status === 'pending' || status === 'unknown' || status === 'submitting' ? 'open' : 'agrees';
}

function paidKind({ status }: PaymentRows['payment']): ReconciliationKind {
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
