import type { NumberFormat } from '../domain/csv-defaults.ts';
import { DESTINATION_KINDS } from '../domain/destination.ts';
import type { Columns } from './columns.ts';
import { DESTINATION_FIELDS, foldHeader } from './fields.ts';
import { hasFigure, isFilled, isWords, looksLikeDestination } from './line-text.ts';
import { countInLabel, isCountLabel, isHeading, isRemark, isTotalLabel } from './line-words.ts';
import type { ProblemList } from './problem-list.ts';
import type { RecordSource } from './record-source.ts';
import type { Row } from './row.ts';
import { headerShown, maskNumbers } from './shape.ts';
import { TotalsRows, type SumAbove, type TotalReading } from './totals-rows.ts';

/** What became of a line: a payment that is to be checked, no payment, or a line that was refused as it may be one. */
export type LineKind = 'payment' | 'passed' | 'refused';

export interface OtherLinesInput {
  readonly head: Row;
  readonly above: readonly Row[];
  readonly columns: Columns;
  readonly skip: readonly string[];
  readonly numberFormat: NumberFormat | null;
  readonly source: RecordSource;
  readonly problems: ProblemList;
  /** What the payments above the current line come to. */
  sumAbove(): SumAbove;
}

/**
 * Finds the lines under a header that are no payments: sums, numbers of people, headings, repeated headers, signatures. A line is
 * passed over, and reported, only where that is beyond doubt. A line that could be a payment is never passed over: it is checked as
 * one, or refused with one message.
 */
export class OtherLines {
  private readonly input: OtherLinesInput;
  private readonly id: number;
  private readonly name: number;
  private readonly amount: number;
  private readonly destinations: readonly number[];
  private readonly headAmount: string | undefined;
  private readonly headKey: string;
  private readonly skip: readonly string[];
  private readonly titles: ReadonlySet<string>;
  private readonly totals: TotalsRows;
  /** Whether every id among the first payments has a digit, so that words in their column are no id; null before the first. */
  private idsHaveDigits: boolean | null = null;

  constructor(input: OtherLinesInput) {
    const { head, above, columns, skip } = input;
    const at = (field: string): number => columns.fields.indexOf(field);
    this.input = input;
    this.id = at('id');
    this.name = at('name');
    this.amount = at('amount');
    this.destinations = DESTINATION_KINDS.flatMap((kind) => DESTINATION_FIELDS[kind])
      .map(at)
      .filter((position) => position >= 0);
    this.headAmount = head.cells[this.amount];
    this.headKey = keyOf(head);
    this.skip = skip.map(foldHeader);
    this.titles = new Set(above.map(keyOf));
    this.totals = new TotalsRows(this.headAmount ?? '', head.line, input.numberFormat);
  }

  /** To be called with the first page of rows, before the first line of it. */
  learnIds(rows: readonly Row[]): void {
    if (this.idsHaveDigits !== null) return;
    const ids = rows
      .slice(0, 50)
      .filter((row) => this.isWhole(row))
      .map(({ cells }) => cells[this.id] ?? '');
    if (ids.length > 0) this.idsHaveDigits = ids.every(hasFigure);
  }

  /** Nearly every line has all that a payment needs; only the others are looked at closely. */
  kindOf(row: Row): LineKind {
    if (this.skip.length === 0 && row.cells[this.amount] !== this.headAmount && this.isWhole(row)) return 'payment';
    return this.closely(row);
  }

  private isWhole({ cells }: Row): boolean {
    if (!isFilled(cells[this.id]) || !isFilled(cells[this.amount])) return false;
    for (const position of this.destinations) if (isFilled(cells[position])) return true;
    return false;
  }

  private closely(row: Row): LineKind {
    const { cells } = row;
    const width = this.input.head.cells.length;
    if (cells.slice(width).some(isFilled)) return 'payment';
    const isHeader = cells[this.amount] === this.headAmount && isFilled(cells[this.amount]);
    if (isHeader && cells[this.id] === this.input.head.cells[this.id]) return this.repeatedHeader(row);
    const first = cells.find(isFilled) ?? '';
    const isSkipped = this.skip.some((text) => foldHeader(first).startsWith(text));
    if (this.isWhole(row)) return isSkipped ? this.refuseSkipped(row, first) : 'payment';
    if (isSkipped) return this.pass(row, 'row-skipped', 'it begins with a text of `skip:`', this.skippedSum(row));
    if (this.titles.has(keyOf(row)))
      return this.pass(row, 'row-title-repeated', 'it is a title that stands above the header too');
    // What stands in another column than it should is compared with nothing.
    const isShifted = cells.length !== width && !hasFigure(cells[this.amount]) && cells.some(hasFigure);
    const kind = isShifted ? null : (this.totalOf(row) ?? this.remarkOf(row, first));
    if (kind !== null) return kind;
    if (cells.length !== width) return 'payment';
    return this.countMissing(row) < 2 ? 'payment' : this.refuseUnclear(row, first);
  }

  private repeatedHeader(row: Row): LineKind {
    if (keyOf(row) === this.headKey) {
      return this.pass(row, 'row-header-repeated', `it is the header of line ${this.input.head.line} again`);
    }
    return this.refuse(
      row,
      'header-differs',
      `This line repeats the header of line ${this.input.head.line}, but not all of it: columns may have moved. ` +
        'Put all payments under one header.',
    );
  }

  /** A sum or a number of people; null for any other line. */
  private totalOf(row: Row): LineKind | null {
    const { cells } = row;
    if (this.destinations.some((position) => looksLikeDestination(cells[position]))) return null;
    const amount = cells[this.amount] ?? '';
    const above = this.input.sumAbove();
    const countAt = this.labelAt(row, isCountLabel);
    const totalAt = this.labelAt(row, isTotalLabel);
    const readings: TotalReading[] = [];
    let valueAt = -1;
    if (countAt >= 0) {
      const label = cells[countAt] ?? '';
      const inLabel = countInLabel(label);
      if (inLabel === null) valueAt = cells.findIndex((cell, at) => at > countAt && isFilled(cell));
      const value = cells[valueAt]?.trim() ?? '';
      readings.push(
        this.totals.count(label, inLabel ?? (/^\d{1,7}(?:\.0+)?$/.test(value) ? Number(value) : null), above),
      );
    } else if (totalAt >= 0) {
      const counted = cells.find((cell) => isFilled(cell) && countInLabel(cell) !== null) ?? '';
      if (counted !== '') readings.push(this.totals.count(counted, countInLabel(counted), above));
    }
    if (totalAt >= 0 && (countAt < 0 || (hasFigure(amount) && valueAt !== this.amount))) {
      readings.push(this.totals.total(row.line, cells[totalAt] ?? '', amount, above));
    } else if (totalAt < 0 && countAt >= 0 && hasFigure(amount) && valueAt !== this.amount) {
      readings.push(this.totals.total(row.line, cells[countAt] ?? '', amount, above));
    } else if (countAt < 0 && totalAt < 0) {
      if (!this.isBareSum(row, amount, above)) return null;
      readings.push(this.totals.total(row.line, '', amount, above));
    }
    return this.report(row, readings);
  }

  /**
   * Where a label stands that makes the line no payment: in the column of ids, or, where the line has no id, in any other. A name
   * beside it could be that of a recipient, and so could a number in the column of ids, unless it says how many people there are.
   */
  private labelAt({ cells }: Row, isLabel: (cell: string) => boolean): number {
    const id = cells[this.id];
    const name = cells[this.name];
    const at = cells.findIndex((cell) => isFilled(cell) && isLabel(cell));
    if (isFilled(id) && at !== this.id) {
      if (isLabel(id)) return this.id;
      const isCount = countInLabel(id) !== null || (isLabel === isCountLabel && /^\d{1,7}$/.test(id.trim()));
      return isCount && !isFilled(name) && (isLabel === isTotalLabel || !hasFigure(cells[this.amount])) && at < this.id
        ? at
        : -1;
    }
    const isNameOfPerson = isFilled(name) && !isLabel(name) && !/^\d+(?: \p{L}+)?$/u.test(name.trim());
    return isNameOfPerson && at !== this.id ? -1 : at;
  }

  /** Figures alone, of which the amount is the sum of payments above. */
  private isBareSum({ cells }: Row, amount: string, above: SumAbove): boolean {
    if (!hasFigure(amount)) return false;
    const isBare = cells.every((cell, at) => at === this.amount || !isFilled(cell) || !/\p{L}/u.test(cell));
    const isElse = [this.id, this.name, ...this.destinations].some((position) => isFilled(cells[position]));
    return isBare && !isElse && this.totals.isSum(amount, above);
  }

  /** Words without anything that could be paid; null where something could. */
  private remarkOf(row: Row, first: string): LineKind | null {
    const { cells } = row;
    const id = cells[this.id] ?? '';
    const amount = cells[this.amount] ?? '';
    const hasName = isFilled(cells[this.name]) && !isRemark(cells[this.name] ?? '');
    const inDestinations = this.destinations.map((position) => cells[position]).filter(isFilled);
    if (inDestinations.some(looksLikeDestination)) return null;
    const isAmountAlone = !isFilled(id) && !hasName && inDestinations.length === 0;
    if (isAmountAlone && isFilled(amount) && this.isZero(amount)) {
      return this.pass(row, 'row-empty', 'its amount is zero, and nobody is named to pay it to');
    }
    if (hasFigure(amount) || inDestinations.some(hasFigure)) return null;
    const isIdOfPayment = hasFigure(id) && id !== first;
    if (isRemark(first) && !isIdOfPayment) return this.pass(row, 'row-remark', REMARK);
    if (hasName) return null;
    if (!isFilled(id)) return inDestinations.length === 0 ? this.pass(row, 'row-remark', REMARK) : null;
    const isIdAlone = !isFilled(amount) && inDestinations.length === 0;
    if (isIdAlone && isHeading(id)) return this.pass(row, 'row-heading', 'it is a heading');
    return this.idsHaveDigits === true && isWords(id) ? this.pass(row, 'row-remark', REMARK) : null;
  }

  private isZero(amount: string): boolean {
    const { currency } = this.input.sumAbove();
    return currency !== null && this.totals.isZero(amount, currency);
  }

  /** Of id, amount and destination. */
  private countMissing({ cells }: Row): number {
    const isThere = [
      isFilled(cells[this.id]),
      isFilled(cells[this.amount]),
      this.destinations.some((position) => isFilled(cells[position])),
    ];
    return isThere.filter((there) => !there).length;
  }

  /** What a person skips is passed over; a sum that does not agree is still worth knowing. */
  private skippedSum(row: Row): string {
    const amount = row.cells[this.amount] ?? '';
    if (!hasFigure(amount)) return '';
    const above = this.input.sumAbove();
    if (above.currency === null || above.exact === null || this.labelAt(row, isTotalLabel) < 0) return '';
    return ` ${this.totals.total(row.line, row.cells.find(isFilled) ?? '', amount, above).message}`;
  }

  private refuseSkipped(row: Row, first: string): LineKind {
    return this.refuse(
      row,
      'skip-of-payment',
      `\`skip:\` would pass over this line, because it begins with ${quotedCell(first)}, but it has an id, an amount and a destination: it is a payment. ` +
        'Change `skip:`, or take the line out.',
    );
  }

  private refuseUnclear(row: Row, first: string): LineKind {
    const { cells } = row;
    const hasDestination = this.destinations.some((position) => isFilled(cells[position]));
    const parts = [
      { what: 'id', isThere: isFilled(cells[this.id]) },
      { what: 'amount', isThere: isFilled(cells[this.amount]) },
      { what: 'destination', isThere: hasDestination },
    ];
    const missing = parts.filter(({ isThere }) => !isThere).map(({ what }) => what);
    return this.refuse(
      row,
      'row-unclear',
      `This line (${cells.filter(isFilled).slice(0, 3).map(quotedCell).join(', ')}) has no ${missing.join(' and no ')}. Is it a payment? Fill in ` +
        'what is missing; a merged cell counts for its first line only. Otherwise take the line out, or name what such lines begin with: ' +
        `\`skip: [${quotedCell(foldHeader(first))}]\`.`,
    );
  }

  private report(row: Row, readings: readonly TotalReading[]): LineKind {
    const { source, problems } = this.input;
    const header = maskNumbers(this.headAmount ?? '').trim();
    for (const { severity, code, message } of readings) {
      if (severity === 'warning') problems.warning(source.place(row.line, ''), code, message);
      else problems.error(source.place(row.line, 'amount', { position: this.amount, header }), code, message);
    }
    return 'passed';
  }

  private pass(row: Row, code: string, what: string, more = ''): LineKind {
    const first = row.cells.find(isFilled) ?? '';
    const { source, problems } = this.input;
    problems.warning(
      source.place(row.line, ''),
      code,
      `This line (${quotedCell(first)}) is passed over: ${what}.${more}`,
    );
    return 'passed';
  }

  private refuse(row: Row, code: string, message: string): LineKind {
    this.input.problems.error(this.input.source.place(row.line, ''), code, message);
    return 'refused';
  }
}

const REMARK = 'nothing in it can be paid';

/** What makes two lines the same: their cells, without spaces around them and without blank ones at the end. */
function keyOf({ cells }: Row): string {
  const texts = cells.map((cell) => cell.trim());
  return JSON.stringify(texts.slice(0, texts.findLastIndex((text) => text !== '') + 1));
}

function quotedCell(cell: string): string {
  return `"${headerShown(cell.trim())}"`;
}
