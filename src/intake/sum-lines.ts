import { isFilled, hasFigure } from './line-text.ts';
import { countInLabel, isCountLabel, isTotalAlone, isTotalLabel } from './line-words.ts';
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

  /** A sum or a number of people; null for any other line. */
  readingsOf(row: Row): readonly TotalReading[] | null {
    const { cells } = row;
    if (this.at.destinations.some((position) => hasFigure(cells[position]))) return null;
    const amount = cells[this.at.amount] ?? '';
    const above = this.sumAbove();
    const countAt = this.labelAt(row, isCountLabel);
    const totalAt = this.labelAt(row, isTotalLabel);
    // A name that reads like a label is one of a person who lost everything else, unless an amount shows what it is.
    if (totalAt >= 0 && totalAt === this.at.name && !hasFigure(amount) && !isTotalAlone(cells[totalAt] ?? ''))
      return null;
    const readings: TotalReading[] = [];
    let valueAt = -1;
    if (countAt >= 0) {
      const counting = cells[countAt] ?? '';
      const inLabel = countInLabel(counting);
      if (inLabel === null) valueAt = cells.findIndex((cell, at) => at > countAt && isFilled(cell));
      const value = cells[valueAt]?.trim() ?? '';
      readings.push(
        this.totals.count(counting, inLabel ?? (/^\d{1,7}(?:\.0+)?$/.test(value) ? Number(value) : null), above),
      );
    } else if (totalAt >= 0) {
      const counted = cells.find((cell) => isFilled(cell) && countInLabel(cell) !== null) ?? '';
      if (counted !== '') readings.push(this.totals.count(counted, countInLabel(counted), above));
    }
    const labelAt = totalAt >= 0 ? totalAt : countAt;
    const label = cells[labelAt] ?? '';
    if (labelAt < 0 && !this.isBareSum(row, amount, above)) return null;
    if (countAt < 0 || (hasFigure(amount) && valueAt !== this.at.amount)) {
      readings.push(this.totals.total(row.line, label, amount, above));
    }
    return readings;
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

  /** What is to be known of a sum that a person has passed over; '' for any other line. */
  skippedSum(row: Row): string {
    const amount = row.cells[this.at.amount] ?? '';
    if (!hasFigure(amount)) return '';
    const above = this.sumAbove();
    if (above.currency === null || above.exact === null || this.labelAt(row, isTotalLabel) < 0) return '';
    return ` ${this.totals.total(row.line, row.cells.find(isFilled) ?? '', amount, above).message}`;
  }
}
