import type { StatementRow } from '../domain/statement.ts';
import type { ComparedPayment } from '../ledger/compared-payments.ts';
import { ComparedStatement } from './compared-statement.ts';
import { OutsidePayments, type OutsideSearch } from './outside-payrun.ts';
import { PaymentIndex } from './payment-index.ts';
import type { ReconciliationKind } from './reconciliation-kind.ts';
import { RowMatches } from './row-matches.ts';
import { DirectionSigns, type Directions } from './statement-directions.ts';
import {
  matchByCurrentReference,
  matchByLinkedReference,
  matchByReceipt,
  matchByReference,
  REFERENCE_CHARACTERS,
  type NamedRow,
  type PaymentLookup,
} from './statement-match.ts';
import { addToPayment, kindOfNamed, type ComparedRows, type RowKind } from './statement-rows.ts';
import { StatementTable } from './statement-table.ts';
import { rowWords } from './statement-words.ts';

export interface ComparisonOptions {
  /** Whether the statement must have a row of this payment, if it was paid; default: of every one. */
  readonly isExpected?: (payment: ComparedPayment) => boolean;
  /** How money to people of ours is found that went without payrun; null: not at all. */
  readonly outside?: OutsideSearch | null;
}

/**
 * Compares a statement with payments of one account: first all payments are added, then all rows, page by page. Neither the payments nor
 * the rows are kept as objects, so that a statement of hundreds of thousands of rows fits into a small memory.
 */
export class StatementComparison {
  private readonly index = new PaymentIndex();
  private readonly rows = new StatementTable();
  private readonly matches = new RowMatches(this.rows, this.index);
  private readonly signs = new DirectionSigns();
  private readonly lookup: PaymentLookup;

  constructor(lookup: PaymentLookup) {
    this.lookup = lookup;
  }

  addPayments(payments: Iterable<ComparedPayment>): void {
    for (const payment of payments) this.index.add(payment);
  }

  async addRows(rows: Iterable<StatementRow>): Promise<void> {
    const { index } = this;
    for (const row of rows) {
      let match = matchByCurrentReference(row, index);
      if (match === undefined) match = await matchByReference(row, index, this.lookup);
      const number = this.rows.add(row, match !== null);
      const hasLinkedReference = match === null && row.linkedReceipt.length >= REFERENCE_CHARACTERS;
      this.matches.set(number, hasLinkedReference ? await matchByLinkedReference(row, index, this.lookup) : match);
      this.signs.add(row, match);
      if (row.providerReference === '' || match === null) continue;
      // The statement itself says which receipt a payment got.
      if (match.kind === 'payment') index.addReceipt(row.providerReference, match.named.of.payment.number);
      else if (match.kind === 'other-batch') index.addReceipt(row.providerReference, 'other-batch');
    }
  }

  /**
   * Every payment that was sent comes out, once for each of its rows; so does every row but those of money in that concern no payment,
   * such as a top-up. The order of the rows does not matter. To be called once, after all rows.
   */
  compare({ isExpected = () => true, outside = null }: ComparisonOptions = {}): ComparedStatement {
    const { index, matches } = this;
    const compared: ComparedRows = { index, matches, directions: this.signs.directions(index) };
    const looseReversals = this.addToPayments(compared);
    const result = new ComparedStatement(index, this.rows, matches);
    const unnamed: number[] = [];
    for (let row = 0; row < this.rows.count; row++) {
      const match = matches.get(row);
      switch (match?.kind) {
        case 'payment': {
          const kind = kindOfNamed(row, match.named, compared);
          result.setRow(row, looseReversals.size === 0 ? kind : withLooseReversals(kind, match.named, looseReversals));
          break;
        }
        case 'several':
          result.setRow(row, { kind: 'ambiguous', isProof: false, isDirectionUnknown: false });
          break;
        case 'other-batch':
          result.setRow(row, { kind: 'other-batch', isProof: false, isDirectionUnknown: false });
          break;
        case 'not-ours':
        case undefined: {
          const one = this.rows.row(row);
          const kind = kindOfUnnamed(one, compared.directions);
          if (kind !== null) result.setRow(row, { kind, isProof: false, isDirectionUnknown: false });
          if (kind === 'not-ours' && one.isPaid) unnamed.push(row);
        }
      }
    }
    if (outside !== null) this.findOutside(unnamed, outside, result);
    for (const of of index.payments()) {
      const kind = of.is('named') ? null : kindWithoutRow(of.payment);
      if (kind !== null && (kind === 'open' || isExpected(of.payment))) result.addWithoutRow(of.payment.number, kind);
    }
    return result;
  }

  /** Matches by receipts what has no reference of ours, and adds up what the rows say of each payment. Returns the sums of loose reversals. */
  private addToPayments(compared: ComparedRows): ReadonlySet<string> {
    const { index, matches, directions } = compared;
    const looseReversals = new Set<string>();
    for (let row = 0; row < this.rows.count; row++) {
      let match = matches.get(row);
      if (match === null) {
        const one = this.rows.row(row);
        match = matchByReceipt(one, index, mayConcernAnother(one));
        matches.set(row, match);
        if (match.kind === 'not-ours' && isReversalOfUnknown(one, directions)) looseReversals.add(sumKey(one));
      }
      if (match.kind === 'payment') addToPayment(row, match.named, compared);
      else if (match.kind === 'several') for (const one of match.of) one.note('named');
    }
    return looseReversals;
  }

  /** Money that payrun did not send, to a person whom it pays that sum. */
  private findOutside(unnamed: readonly number[], outside: OutsideSearch, result: ComparedStatement): void {
    const rows = this.rows;
    const rowsWithoutPayment = unnamed.values().map((row) => rows.row(row));
    const people = new OutsidePayments(this.index.table, rowsWithoutPayment, outside);
    for (const row of unnamed) {
      const payment = people.find(rows.row(row));
      if (payment !== null) result.setOutside(row, payment.number);
    }
  }
}

/** A note names receipts of other payments in reversals and charges; in a payment it may hold any number. */
function mayConcernAnother(row: StatementRow): boolean {
  if (row.side === 'in' || row.side === 'none') return true;
  const words = rowWords(row, null);
  return words.isBack || words.mayBeBack || words.isCharge;
}

/** The kind of a row that names no payment of ours; null for money in and lines without money. */
function kindOfUnnamed(row: StatementRow, directions: Directions): ReconciliationKind | null {
  if (isReversalOfUnknown(row, directions)) return 'came-back';
  if (row.amountMinor === 0n || directions.isMoneyIn(row)) return null;
  return row.isPaid && rowWords(row, null).isCharge ? 'charge' : 'not-ours';
}

/** A reversal that does not say of what. */
function isReversalOfUnknown(row: StatementRow, directions: Directions): boolean {
  if (!row.isPaid || row.linkedReceipt !== '') return false;
  const words = rowWords(row, null);
  if (words.isCharge) return false;
  return words.isBack || ((words.mayBeBack || words.isNotMade) && directions.isMoneyIn(row));
}

function sumKey({ amountMinor, currency }: { readonly amountMinor: bigint; readonly currency: string }): string {
  return `${amountMinor} ${currency}`;
}

/** While a reversal of the same sum names no payment, no open payment of that sum is known to have stayed paid. */
function withLooseReversals(found: RowKind, { of }: NamedRow, sums: ReadonlySet<string>): RowKind {
  const isDecided = found.kind === 'paid-but-unknown' || found.kind === 'paid-but-failed';
  return isDecided && sums.has(sumKey(of.payment)) ? { ...found, kind: 'ambiguous', isProof: false } : found;
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
