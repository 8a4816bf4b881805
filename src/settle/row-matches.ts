import { NumberColumn } from './columns.ts';
import type { StatementRow } from '../domain/statement.ts';
import type { PaymentIndex, PaymentRows } from './payment-index.ts';
import type { NamedRow, Naming, RowMatch } from './statement-match.ts';
import type { StatementTable } from './statement-table.ts';
import type { RowWords } from './statement-words.ts';

/** What a row names, besides the payment of a number, which stands as that number and 1. */
const NOT_MATCHED = 0;
const SEVERAL_PAYMENTS = -1;
const OTHER_BATCHES = -2;
const NOT_OURS = -3;

const NAMINGS: readonly Naming[] = ['reference', 'note', 'receipt', 'linked', 'mentioned'];
const NAMING_BITS = 7;
const WORDS_SHIFT = 3;
const MATCHED_BY_REFERENCE = 128;

/** What each row of a statement names, outside of the JavaScript heap but for what few rows have. */
export class RowMatches {
  private readonly rows: StatementTable;
  private readonly index: PaymentIndex;
  private readonly owners = new NumberColumn();
  private readonly namings = new NumberColumn();
  /** References of an earlier generation by which rows name their payment. */
  private readonly earlier = new Map<number, string>();
  private readonly several = new Map<number, readonly number[]>();

  constructor(rows: StatementTable, index: PaymentIndex) {
    this.rows = rows;
    this.index = index;
  }

  /** @param match null: the row has no reference of ours, and was not looked for by its receipts yet. */
  set(row: number, match: RowMatch | null): void {
    switch (match?.kind) {
      case undefined:
        return;
      case 'payment':
        this.setNamed(row, match.named);
        return;
      case 'several':
        this.owners.set(row, SEVERAL_PAYMENTS);
        this.several.set(
          row,
          match.of.map(({ payment }) => payment.number),
        );
        return;
      case 'other-batch':
        this.owners.set(row, OTHER_BATCHES);
        return;
      case 'not-ours':
        this.owners.set(row, NOT_OURS);
    }
  }

  get(row: number): RowMatch | null {
    const owner = this.owners.get(row);
    switch (owner) {
      case NOT_MATCHED:
        return null;
      case SEVERAL_PAYMENTS:
        return { kind: 'several', of: (this.several.get(row) ?? []).map((number) => this.index.payment(number)) };
      case OTHER_BATCHES:
        return { kind: 'other-batch' };
      case NOT_OURS:
        return { kind: 'not-ours' };
      default:
        return { kind: 'payment', named: this.named(row) };
    }
  }

  /** Of a row that names one payment. */
  named(row: number): NamedRow {
    const of = this.index.payment(this.owners.get(row) - 1);
    return new NumberedMatch(this.rows.row(row), of, this.namings.get(row), this.earlier.get(row) ?? null);
  }

  private setNamed(row: number, { of, naming, matched, isEarlier, words }: NamedRow): void {
    const { number } = of.payment;
    if (matched !== null && isEarlier) this.earlier.set(row, matched);
    this.owners.set(row, number + 1);
    const bits = NAMINGS.indexOf(naming) | (bitsOfWords(words) << WORDS_SHIFT);
    this.namings.set(row, bits | (matched === null ? 0 : MATCHED_BY_REFERENCE));
  }
}

function bitsOfWords({ isBack, mayBeBack, isCharge, isNotMade }: RowWords): number {
  return Number(isBack) + 2 * Number(mayBeBack) + 4 * Number(isCharge) + 8 * Number(isNotMade);
}

function wordsOfBits(bits: number): RowWords {
  const has = (bit: number): boolean => (bits & bit) !== 0;
  return { isBack: has(1), mayBeBack: has(2), isCharge: has(4), isNotMade: has(8) };
}

const WORDS_BY_BITS: readonly RowWords[] = Array.from({ length: 16 }, (_, bits) => wordsOfBits(bits));

/** A row of the table that names one payment. A class, because an object literal with a getter costs as much as ten of them. */
class NumberedMatch implements NamedRow {
  readonly row: StatementRow;
  readonly of: PaymentRows;
  private readonly bits: number;
  private readonly earlier: string | null;

  constructor(row: StatementRow, of: PaymentRows, bits: number, earlier: string | null) {
    this.row = row;
    this.of = of;
    this.bits = bits;
    this.earlier = earlier;
  }

  get isEarlier(): boolean {
    return this.earlier !== null;
  }

  get naming(): Naming {
    return NAMINGS[this.bits & NAMING_BITS] ?? 'mentioned';
  }

  get words(): RowWords {
    return WORDS_BY_BITS[(this.bits >> WORDS_SHIFT) & (WORDS_BY_BITS.length - 1)] ?? wordsOfBits(0);
  }

  get matched(): string | null {
    return (this.bits & MATCHED_BY_REFERENCE) === 0 ? null : (this.earlier ?? this.of.payment.reference);
  }
}
