import type { NumberFormat } from '../domain/csv-defaults.ts';
import { DESTINATION_KINDS } from '../domain/destination.ts';
import type { Columns } from './columns.ts';
import { DESTINATION_FIELDS, foldHeader } from './fields.ts';
import { hasFigure, isFilled, isWords, looksLikeDestination } from './line-text.ts';
import { beginsWithWords, isCountLabel, isHeading, isRemark, isSignature, isTotalLabel } from './line-words.ts';
import type { ProblemList } from './problem-list.ts';
import type { RecordSource } from './record-source.ts';
import type { Row } from './row.ts';
import { amountShown, headerShown, maskNumbers } from './shape.ts';
import { SumLines, type LinePositions } from './sum-lines.ts';
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
export class OtherLines implements LinePositions {
  private readonly input: OtherLinesInput;
  readonly id: number;
  readonly name: number;
  readonly amount: number;
  readonly destinations: readonly number[];
  private readonly replaces: number;
  /** The first of {@link destinations}, which most batches have alone. */
  private readonly destination: number;
  private readonly isQuick: boolean;
  private readonly headAmount: string | undefined;
  private readonly headKey: string;
  private readonly skip: readonly string[];
  private readonly titles: ReadonlySet<string>;
  private readonly sums: SumLines;
  /** Whether every id among the first payments has a digit, so that words in their column are no id; null before the first. */
  private idsHaveDigits: boolean | null = null;
  /** Whether an id among the first payments reads like words that are no id elsewhere, such as `Director`. */
  private idsAreWords = false;

  constructor(input: OtherLinesInput) {
    const { head, above, columns, skip } = input;
    const at = (field: string): number => columns.fields.indexOf(field);
    this.input = input;
    this.id = at('id');
    this.name = at('name');
    this.amount = at('amount');
    this.replaces = at('replaces');
    this.destinations = DESTINATION_KINDS.flatMap((kind) => DESTINATION_FIELDS[kind])
      .map(at)
      .filter((position) => position >= 0);
    this.headAmount = head.cells[this.amount];
    this.headKey = keyOf(head);
    this.skip = skip.map(foldHeader);
    this.destination = this.destinations[0] ?? -1;
    this.isQuick = skip.length === 0 && !startsWithDigit(this.headAmount);
    this.titles = new Set(above.map(keyOf));
    const totals = new TotalsRows(this.headAmount ?? '', head.line, input.numberFormat);
    this.sums = new SumLines(this, totals, () => input.sumAbove());
  }

  /** To be called with the first page of rows, before the first line of it. */
  learnIds(rows: readonly Row[]): void {
    if (this.idsHaveDigits !== null) return;
    const ids = rows
      .slice(0, 50)
      .filter((row) => this.isWhole(row))
      .map(({ cells }) => cells[this.id] ?? '');
    if (ids.length === 0) return;
    this.idsHaveDigits = ids.every(hasFigure);
    this.idsAreWords = ids.some((id) => isRemark(id) || isHeading(id) || isTotalLabel(id) || isCountLabel(id));
  }

  /**
   * Nearly every line has an id, a destination, and an amount that begins with a digit, which no header does that is read quickly.
   * Only the others are compared with everything that is no payment.
   */
  kindOf(row: Row): LineKind {
    const { cells } = row;
    const isPlain =
      this.isQuick &&
      startsWithDigit(cells[this.amount]) &&
      isFilled(cells[this.destination]) &&
      isFilled(cells[this.id]);
    return isPlain ? 'payment' : this.closely(row);
  }

  /** Whether a line has a figure where amounts stand, and no zero. */
  hasAmount(row: Row): boolean {
    return hasFigure(row.cells[this.amount]) && !this.sums.isZero(row);
  }

  /** Whether the amount of a line is zero, as figures or as accounting's dash. */
  hasZero(row: Row): boolean {
    return this.sums.isZero(row);
  }

  private isWhole({ cells }: Row): boolean {
    if (!isFilled(cells[this.id]) || !isFilled(cells[this.amount])) return false;
    for (const position of this.destinations) if (isFilled(cells[position])) return true;
    return false;
  }

  private closely(row: Row): LineKind {
    const { cells } = row;
    const { head } = this.input;
    const width = head.cells.length;
    if ((cells.length > width && cells.slice(width).some(isFilled)) || isFilled(cells[this.replaces])) return 'payment';
    const hasHeader = [this.id, this.amount].some((at) => isFilled(cells[at]) && isSameCell(cells[at], head.cells[at]));
    if (hasHeader && !hasFigure(cells[this.amount])) return this.repeatedHeader(row);
    if (this.skip.length === 0 && this.isWhole(row)) return 'payment';
    const first = cells.find(isFilled) ?? '';
    const isSkipped = this.skip.some((text) => beginsWithWords(foldHeader(first), text));
    if (isSkipped) return this.skipped(row, first);
    if (this.isWhole(row)) return 'payment';
    if (this.titles.has(keyOf(row)))
      return this.pass(row, 'row-title-repeated', 'it is a title that stands above the header too');
    // What stands in another column than it should is compared with nothing.
    const isShifted = cells.length !== width && !hasFigure(cells[this.amount]) && cells.some(hasFigure);
    if (!isShifted && !(this.idsAreWords && isFilled(cells[this.id]))) {
      const readings = this.sums.readingsOf(row);
      if (readings === 'unclear') return this.refuseUnclear(row, first);
      const kind = readings === null ? this.remarkOf(row, first) : this.report(row, readings);
      if (kind !== null) return kind;
    }
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

  /** Words without anything that could be paid; null where something could. */
  private remarkOf(row: Row, first: string): LineKind | null {
    const { cells } = row;
    const id = cells[this.id] ?? '';
    const amount = cells[this.amount] ?? '';
    const hasName = isFilled(cells[this.name]) && !isRemark(cells[this.name] ?? '');
    const inDestinations = this.destinations.map((position) => cells[position]).filter(isFilled);
    if (inDestinations.some(looksLikeDestination)) return null;
    const isAmountAlone = !isFilled(id) && !hasName && inDestinations.length === 0;
    if (isAmountAlone && this.sums.isZero(row)) {
      return this.pass(row, 'row-empty', 'its amount is zero, and nobody is named to pay it to');
    }
    if (hasFigure(amount) || inDestinations.some(hasFigure)) return null;
    const isIdOfPayment = hasFigure(id) && id !== first;
    if (isRemark(first) && !isIdOfPayment) {
      return this.isBesideRemark(row, first) ? this.pass(row, 'row-remark', REMARK) : this.refuseUnclear(row, first);
    }
    if (hasName) return null;
    if (!isFilled(id)) return inDestinations.length === 0 ? this.pass(row, 'row-remark', REMARK) : null;
    const isIdAlone = !isFilled(amount) && inDestinations.length === 0;
    if (isIdAlone && isHeading(id)) return this.pass(row, 'row-heading', 'it is a heading');
    if (this.idsHaveDigits !== true || !isWords(id)) return null;
    const isAlone = cells.every((cell) => cell === id || !isWords(cell) || isRemark(cell));
    return isAlone ? this.pass(row, 'row-remark', REMARK) : this.refuseUnclear(row, first);
  }

  /** Whether what stands beside a remark is no name, no amount in words and no destination; a signature has the name of who signs. */
  private isBesideRemark({ cells }: Row, first: string): boolean {
    const read = [this.id, this.amount, ...this.destinations, ...(isSignature(first) ? [] : [this.name])];
    return read.every((at) => {
      const cell = cells[at] ?? '';
      return cell === first || !isWords(cell) || isRemark(cell);
    });
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

  /** A line that `skip:` names: refused where it has an amount and says for whom, unless it is a sum that agrees. */
  private skipped(row: Row, first: string): LineKind {
    const { cells } = row;
    const name = cells[this.name];
    const amount = cells[this.amount];
    const label = cells.findIndex(isFilled);
    const hasPerson = [this.id, this.name].some((at) => at !== label && isFilled(cells[at]));
    const hasDestination = this.destinations.some((at) => isFilled(cells[at]));
    const isPayment = hasFigure(amount) && (hasDestination || (hasPerson && !this.sums.isAgreeing(row, first)));
    if (isPayment || this.isWhole(row)) return this.refuseSkipped(row, first);
    const more = [
      isFilled(name) && this.name !== label ? `name ${quotedCell(name)}` : '',
      isFilled(amount) && this.amount !== label ? `amount ${amountShown(amount.trim())}` : '',
    ].filter((text) => text !== '');
    const what = `it begins with a text of \`skip:\`${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
    return this.pass(row, 'row-skipped', what, this.sums.skippedSum(row));
  }

  private refuseSkipped(row: Row, first: string): LineKind {
    return this.refuse(
      row,
      'skip-of-payment',
      `\`skip:\` would pass over this line, because it begins with ${quotedCell(first)}, but it has an amount and says who is to get it: it may be a payment. ` +
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
    const skip = isWords(first)
      ? `, or name what such lines begin with: \`skip: [${quotedCell(foldHeader(first))}]\``
      : '';
    const missing = parts.filter(({ isThere }) => !isThere).map(({ what }) => what);
    return this.refuse(
      row,
      'row-unclear',
      `This line (${cells.filter(isFilled).slice(0, 3).map(quotedCell).join(', ')}) has no ${missing.join(' and no ')}. Is it a payment? Fill in ` +
        `what is missing; a merged cell counts for its first line only. Otherwise take the line out${skip}.`,
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

function isSameCell(a: string | undefined, b: string | undefined): boolean {
  return a?.trim() === b?.trim();
}

function startsWithDigit(cell: string | undefined): boolean {
  if (cell === undefined) return false;
  const unit = cell.charCodeAt(0);
  return unit >= 48 && unit <= 57;
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
