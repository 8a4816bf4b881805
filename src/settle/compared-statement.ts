import { NumberColumn, WordColumn } from './columns.ts';
import type { PaymentIndex } from './payment-index.ts';
import type { ReconciliationKind, ReconciliationRow } from './reconciliation-kind.ts';
import type { RowMatches } from './row-matches.ts';
import type { RowKind } from './statement-rows.ts';
import type { StatementTable } from './statement-table.ts';

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
      if (kind !== '') yield this.row(number, kind);
    }
    for (let at = 0; at < withoutCount; at++) {
      const kind = this.withoutKinds.get(at);
      const payment = this.index.table.payment(this.withoutRow.get(at));
      if (kind !== '') yield { number: statement.count + at, kind, payment, row: null, matched: null };
    }
  }

  private row(number: number, kind: ReconciliationKind): ReconciliationRow {
    const row = this.statement.row(number);
    const bits = this.bits.get(number);
    const outside = this.outside.get(number);
    const match = this.matches.get(number);
    const found = { number, kind, row, payment: null, matched: null };
    if (outside !== undefined) return { ...found, payment: this.index.table.payment(outside) };
    if (match?.kind === 'several') return { ...found, payment: match.of[0]?.payment ?? null };
    if (match?.kind !== 'payment') return found;
    const { of, matched } = match.named;
    return {
      ...{ number, kind, row, payment: of.payment },
      matched: (bits & PROOF) === 0 ? null : matched,
      ...((bits & DIRECTION_UNKNOWN) === 0 ? {} : { isDirectionUnknown: true as const }),
    };
  }
}
