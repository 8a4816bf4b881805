import { NumberColumn, WordColumn } from './columns.ts';
import type { PaymentIndex } from './payment-index.ts';
import type { ReconciliationKind, ReconciliationRow } from './reconciliation-kind.ts';
import type { RowMatches } from './row-matches.ts';
import type { RowKind } from './statement-rows.ts';
import type { NumberedPayment } from './payment-table.ts';
import type { NumberedRow, StatementTable } from './statement-table.ts';

const PROOF = 1;
const DIRECTION_UNKNOWN = 2;

/** What a statement and the ledger say together: the rows in the order of the statement, then payments without a row. */
export class ComparedStatement {
  private readonly index: PaymentIndex;
  private readonly statement: StatementTable;
  private readonly matches: RowMatches;
  /** Empty for a row that says nothing. */
  private readonly kinds = new WordColumn<ReconciliationKind | ''>('');
  private readonly bits = new NumberColumn();
  private readonly outside = new Map<number, number>();
  private withoutCount = 0;
  private readonly withoutRow = new NumberColumn();
  private readonly withoutKinds = new WordColumn<ReconciliationKind | ''>('');

  constructor(index: PaymentIndex, statement: StatementTable, matches: RowMatches) {
    this.index = index;
    this.statement = statement;
    this.matches = matches;
  }

  setRow(row: number, { kind, isProof, isDirectionUnknown }: RowKind): void {
    this.kinds.set(row, kind);
    this.bits.set(row, (isProof ? PROOF : 0) | (isDirectionUnknown ? DIRECTION_UNKNOWN : 0));
  }

  /** @param payment number of a payment of the person who got the money of the row. */
  setOutside(row: number, payment: number): void {
    this.kinds.set(row, 'outside-payrun');
    this.outside.set(row, payment);
  }

  addWithoutRow(payment: number, kind: ReconciliationKind): void {
    this.withoutRow.set(this.withoutCount, payment);
    this.withoutKinds.set(this.withoutCount, kind);
    this.withoutCount += 1;
  }

  /** May be read several times. */
  *rows(): Generator<ReconciliationRow> {
    const { statement, withoutCount } = this;
    for (let number = 0; number < statement.count; number++) {
      const kind = this.kinds.get(number);
      if (kind !== '') yield new LazyReconciliationRow(this, number, kind);
    }
    for (let at = 0; at < withoutCount; at++) {
      const kind = this.withoutKinds.get(at);
      const payment = this.index.table.payment(this.withoutRow.get(at));
      const number = statement.count + at;
      if (kind !== '')
        yield { number, kind, payment, row: null, matched: null, isProof: false, isDirectionUnknown: false };
    }
  }

  row(number: number): NumberedRow {
    return this.statement.row(number);
  }

  /** What the row names, or the person of ours who got its money. */
  paymentOf(number: number): NumberedPayment | null {
    const outside = this.outside.get(number);
    if (outside !== undefined) return this.index.table.payment(outside);
    const match = this.matches.get(number);
    if (match?.kind === 'several') return match.of[0]?.payment ?? null;
    return match?.kind === 'payment' ? match.named.of.payment : null;
  }

  matchedBy(number: number): string | null {
    return this.isProof(number) ? this.matches.named(number).matched : null;
  }

  isProof(number: number): boolean {
    return (this.bits.get(number) & PROOF) !== 0;
  }

  isDirectionUnknown(number: number): boolean {
    return (this.bits.get(number) & DIRECTION_UNKNOWN) !== 0;
  }
}

/** A row with what it means. Whoever only counts reads neither its texts nor those of its payment. */
class LazyReconciliationRow implements ReconciliationRow {
  readonly number: number;
  readonly kind: ReconciliationKind;
  private readonly statement: ComparedStatement;
  private read: NumberedPayment | null | undefined = undefined;

  constructor(statement: ComparedStatement, number: number, kind: ReconciliationKind) {
    this.statement = statement;
    this.number = number;
    this.kind = kind;
  }

  get payment(): NumberedPayment | null {
    if (this.read === undefined) this.read = this.statement.paymentOf(this.number);
    return this.read;
  }

  get row(): NumberedRow {
    return this.statement.row(this.number);
  }

  get matched(): string | null {
    return this.statement.matchedBy(this.number);
  }

  get isProof(): boolean {
    return this.statement.isProof(this.number);
  }

  get isDirectionUnknown(): boolean {
    return this.statement.isDirectionUnknown(this.number);
  }
}
