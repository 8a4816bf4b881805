import { isFilled, hasFigure } from './line-text.ts';
import {
  countInLabel,
  isCountLabel,
  isLabelOfSumAlone,
  isTotalAlone,
  isTotalLabel,
  labelBeforeDash,
} from './line-words.ts';
import type { Row } from './row.ts';
import type { SumAbove, TotalReading, TotalsRows } from './totals-rows.ts';

/** Where the cells of a payment stand in a line; -1 for a column that the file does not have. */
export interface LinePositions {
  readonly id: number;
  readonly name: number;
  readonly amount: number;
  readonly destinations: readonly number[];
}

/** Finds the lines that say what the payments above them come to, or how many they are. */
export class SumLines {
  private readonly at: LinePositions;
  private readonly totals: TotalsRows;
  private readonly sumAbove: () => SumAbove;

  constructor(at: LinePositions, totals: TotalsRows, sumAbove: () => SumAbove) {
    this.at = at;
    this.totals = totals;
    this.sumAbove = sumAbove;
  }

  /** A sum or a number of people; `unclear` where a name may be read as one; null for any other line. */
  readingsOf(row: Row): readonly TotalReading[] | 'unclear' | null {
    const { cells } = row;
    if (this.at.destinations.some((position) => hasFigure(cells[position]))) return null;
    const amount = cells[this.at.amount] ?? '';
    const above = this.sumAbove();
    const countAt = this.labelAt(row, isCountLabel);
    const totalAt = this.labelAt(row, isTotalLabel);
    // A name that reads like a label is one of a person who lost everything else, unless an amount shows what it is.
    if (totalAt >= 0 && totalAt === this.at.name && !hasFigure(amount) && !isTotalAlone(cells[totalAt] ?? ''))
      return null;
    if (countAt < 0 && totalAt < 0 && !this.isBareSum(row, amount, above)) return null;
    if ((countAt >= 0 || totalAt >= 0) && this.mayName(row)) return 'unclear';
    const label = cells[totalAt >= 0 ? totalAt : countAt] ?? '';
    const total = (): TotalReading => this.totals.total(row.line, label, amount, above);
    const counted = countAt < 0 && totalAt < 0 ? null : countIn(cells, countAt);
    if (counted === null) return [total()];
    if (counted.at !== this.at.amount) {
      const count = this.totals.count(counted.label, counted.count, above);
      return countAt < 0 || hasFigure(amount) ? [count, total()] : [count];
    }
    // The one number of the line stands among the amounts: `Total employees 3` is no sum, `Total payments 600.75` is one.
    const { count } = counted;
    const isOfPeople = count !== null && (this.totals.isCount(count, above) || !this.totals.agrees(amount, above));
    return [isOfPeople ? this.totals.count(counted.label, count, above) : total()];
  }

  /** Whether the id or the name of a line with a label is more than a label, so that it may be that of a recipient. */
  private mayName({ cells }: Row): boolean {
    const filled = [cells[this.at.id], cells[this.at.name]].filter(isFilled);
    const [only] = filled;
    if (filled.length === 1 && only !== undefined) return !isLabelOfSumAlone(labelBeforeDash(only));
    return !filled.every(isLabelOfSumAlone);
  }

  /**
   * Where a label stands that makes the line no payment: in the column of ids, or, where the line has no id, in any other. A name
   * beside it could be that of a recipient, and so could a number in the column of ids, unless it says how many people there are.
   */
  private labelAt({ cells }: Row, isLabel: (cell: string) => boolean): number {
    const id = cells[this.at.id];
    const name = cells[this.at.name];
    const at = cells.findIndex((cell) => isFilled(cell) && isLabel(cell));
    if (isFilled(id) && at !== this.at.id) {
      if (isLabel(id)) return this.at.id;
      const isCount = countInLabel(id) !== null || (isLabel === isCountLabel && /^\d{1,7}$/.test(id.trim()));
      return isCount &&
        !isFilled(name) &&
        (isLabel === isTotalLabel || !hasFigure(cells[this.at.amount])) &&
        at < this.at.id
        ? at
        : -1;
    }
    const isNameOfPerson = isFilled(name) && !isLabel(name) && !/^\d+(?: \p{L}+)?$/u.test(name.trim());
    return isNameOfPerson && at !== this.at.id ? -1 : at;
  }

  /** Figures alone, of which the amount is the sum of payments above. */
  private isBareSum({ cells }: Row, amount: string, above: SumAbove): boolean {
    if (!hasFigure(amount)) return false;
    const isBare = cells.every((cell, at) => at === this.at.amount || !isFilled(cell) || !/\p{L}/u.test(cell));
    const isElse = [this.at.id, this.at.name, ...this.at.destinations].some((position) => isFilled(cells[position]));
    return isBare && !isElse && this.totals.isSum(amount, above);
  }

  /** Whether a line has an amount of zero, as figures or as accounting's dash. */
  isZero({ cells }: Row): boolean {
    const { currency } = this.sumAbove();
    const amount = cells[this.at.amount];
    return isFilled(amount) && currency !== null && this.totals.isZero(amount, currency);
  }

  /** Whether a line with this label says what the payments above come to. */
  isAgreeing({ cells }: Row, label: string): boolean {
    return isTotalLabel(label) && this.totals.agrees(cells[this.at.amount] ?? '', this.sumAbove());
  }

  /** What is to be known of a sum that a person has passed over; '' for any other line. */
  skippedSum(row: Row): string {
    const amount = row.cells[this.at.amount] ?? '';
    if (!hasFigure(amount)) return '';
    const above = this.sumAbove();
    if (above.currency === null || above.exact === null || this.labelAt(row, isTotalLabel) < 0) return '';
    return ` ${this.totals.total(row.line, row.cells.find(isFilled) ?? '', amount, above).message}`;
  }
}

/** What a line counts, and where that number stands; null where a line counts nothing. */
function countIn(
  cells: readonly string[],
  countAt: number,
): { readonly label: string; readonly count: number | null; readonly at: number } | null {
  if (countAt < 0) {
    const at = cells.findIndex((cell) => isFilled(cell) && countInLabel(cell) !== null);
    const label = cells[at];
    return label === undefined ? null : { label, count: countInLabel(label), at };
  }
  const label = cells[countAt] ?? '';
  const inLabel = countInLabel(label);
  if (inLabel !== null) return { label, count: inLabel, at: countAt };
  const at = cells.findIndex((cell, position) => position > countAt && isFilled(cell));
  const [, count] = /^(\d{1,7})(?:\.0+)?(?:\s|$)/.exec(cells[at]?.trim() ?? '') ?? [];
  return { label, count: count === undefined ? null : Number(count), at };
}
