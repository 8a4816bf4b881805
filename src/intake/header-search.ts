import { proposedColumns } from './column-advice.ts';
import { DESTINATION_KINDS } from '../domain/destination.ts';
import { isWholeHeader, headerPositions, type Mapping, type HeaderPositions } from './columns.ts';
import { DESTINATION_FIELDS, foldHeader } from './fields.ts';
import { HEADER_LINES, type HeaderChoice } from './header-row.ts';
import { hasFigure, isBareDestination, isFilled, isWords, looksLikeDestination } from './line-text.ts';
import { isCountLabel, isRemark } from './line-words.ts';
import type { ProblemList } from './problem-list.ts';
import type { RecordSource } from './record-source.ts';
import type { Row } from './row.ts';
import { headerShown } from './shape.ts';
import { isBareFigure } from './written-amounts.ts';

export interface HeaderSearchSettings {
  readonly mapping: Mapping;
  /** The line that a person declared; null: the header is looked for. */
  readonly headerRow: number | null;
}

/** A line that has columns for what a payment needs, if it is the header. */
interface HeaderCandidate {
  readonly row: Row;
  readonly columns: HeaderPositions;
}

/**
 * Finds the header of a batch. The header is read below other lines only where that is beyond doubt: exactly one line among the
 * first thirty has an id, an amount and a destination, and no line above it could be a payment. Otherwise one message says which
 * line looks like the header and what to do, and nothing of the file is read.
 */
export class HeaderSearch implements HeaderChoice {
  readonly lastLine: number;
  private readonly settings: HeaderSearchSettings;
  private readonly source: RecordSource;
  private readonly problems: ProblemList;

  constructor(settings: HeaderSearchSettings, source: RecordSource, problems: ProblemList) {
    this.settings = settings;
    this.source = source;
    this.problems = problems;
    this.lastLine = settings.headerRow ?? HEADER_LINES;
  }

  isCertain(first: Row): boolean {
    const { headerRow } = this.settings;
    return headerRow === null ? isWholeHeader(this.columnsOf(first)) : first.line >= headerRow;
  }

  choose(records: readonly Row[]): Row | null {
    const { headerRow } = this.settings;
    return headerRow === null ? this.search(records) : this.declared(records, headerRow);
  }

  private declared(records: readonly Row[], line: number): Row | null {
    const head = records.find((row) => row.line === line);
    if (head === undefined) {
      return this.refuse(
        line,
        'header-row-empty',
        `\`header_row: ${line}\` names this line as the header, and no line with text begins here. ` +
          'Write the number of the line on which the header stands.',
      );
    }
    const above = records.slice(0, records.indexOf(head));
    const columns = this.columnsOf(head);
    const payment = above.find((row) => isWholePayment(row, columns));
    if (payment !== undefined) {
      return this.refuse(
        payment.line,
        'payment-above-header',
        `This line has an id, an amount and a destination, but it stands above the header that \`header_row: ${line}\` names. ` +
          'Correct `header_row`, or take the line out.',
      );
    }
    if (above.length > 0) this.report(head, above, `, as \`header_row: ${line}\` says`);
    return head;
  }

  private search(records: readonly Row[]): Row | null {
    const [first] = records;
    if (first === undefined) return null;
    const candidates = records
      .filter(({ line }) => line <= HEADER_LINES)
      .map((row) => ({ row, columns: this.columnsOf(row) }));
    const whole = candidates.filter(({ columns }) => isWholeHeader(columns));
    const [head] = whole;
    if (head === undefined) return this.explain(candidates);
    if (head.row === first) return first;
    const other = whole.find(({ row }) => !isSameLine(row, head.row));
    if (other !== undefined) {
      return this.refuse(
        head.row.line,
        'header-row-unclear',
        `Lines ${head.row.line} and ${other.row.line} could both be the header, and they differ. ` +
          `Take one of them out, or say which it is with \`header_row: ${head.row.line}\` (${WHERE}).`,
      );
    }
    const above = records.slice(0, records.indexOf(head.row));
    return this.isTitle(above, head) ? head.row : null;
  }

  /** Whether no line above the header could be a payment or a part of the header; otherwise that is reported. */
  private isTitle(above: readonly Row[], { row: head, columns }: HeaderCandidate): boolean {
    const payment = above.find((row) => couldBePayment(row, columns) || isLikePayment(row));
    if (payment !== undefined) {
      this.refuse(
        payment.line,
        'header-row-unclear',
        `This line could be a payment, but it stands above the header on line ${head.line}. Take it out or move it below the ` +
          `header. If it is part of a title, write \`header_row: ${head.line}\` (${WHERE}).`,
      );
      return false;
    }
    const declaration = above.find(({ cells }) => /^sep=/i.test(cells[0]?.trim() ?? ''));
    if (declaration !== undefined) {
      this.refuse(
        declaration.line,
        'delimiter-declared',
        'This line declares a delimiter, which is read on the first line only, and only for a comma, a semicolon or a tab. ' +
          'Take the line out.',
      );
      return false;
    }
    const last = above.at(-1);
    if (last !== undefined && last.line === head.line - 1 && isGroupHeader(last)) {
      this.refuse(
        head.line,
        'header-row-unclear',
        `The header seems to stand in two lines, ${last.line} and ${head.line} (${quotedCells(last)} above ${quotedCells(head)}). ` +
          `Put it into one line. If line ${head.line} alone is the header, write \`header_row: ${head.line}\` (${WHERE}).`,
      );
      return false;
    }
    this.report(head, above, '');
    return true;
  }

  /** No line has all that a payment needs. Without a line that looks more like a header, the first one is taken for it. */
  private explain(candidates: readonly HeaderCandidate[]): Row | null {
    const [first] = candidates;
    if (first === undefined) return null;
    for (const [at, upper] of candidates.entries()) {
      const lower = candidates[at + 1];
      if (lower === undefined || lower.row.line !== upper.row.line + 1 || !isWholeHeader(positionsOfBoth(upper, lower)))
        continue;
      return this.refuse(
        upper.row.line,
        'header-row-unclear',
        `The header stands in two lines, ${upper.row.line} and ${lower.row.line}: only together they have an id, an amount and a ` +
          'destination. Put it into one line: each column with its own name, directly above the payments.',
      );
    }
    let best = first;
    for (const candidate of candidates) if (strength(candidate) > strength(best)) best = candidate;
    if (best === first && (strength(first) > 0 || first.row.cells.filter(isFilled).length > 1)) return first.row;
    if (best === first) {
      return this.refuse(
        first.row.line,
        'header-row-unclear',
        `This line is no header (${quotedCells(first.row)}), and none of the first ${HEADER_LINES} lines looks like one. The header names the ` +
          `columns, each in a cell of its own. Where it stands further down, write its line as \`header_row:\` (${WHERE}).`,
      );
    }
    const missing = missingIn(best.columns).map((what) => `the ${what}${this.mappedHeader(what)}`);
    const isMapped = Object.keys(this.settings.mapping.headers).length > 0;
    const proposal = isMapped ? null : proposedColumns(best.row.cells);
    return this.refuse(
      best.row.line,
      'header-row-unclear',
      `Line ${best.row.line} looks like the header (${quotedCells(best.row)}), but it has no column for ${missing.join(' and ')}. ` +
        `Say which column is which with \`columns:\` (${WHERE}).${proposal === null ? '' : ` By its headers that is: ${proposal}. Check it.`}`,
    );
  }

  private report(head: Row, above: readonly Row[], reason: string): void {
    const lines = head.line === 2 ? 'line 1 above it is' : `lines 1 to ${head.line - 1} above it are`;
    this.problems.warning(
      this.source.place(head.line, ''),
      'header-row-found',
      `The header stands on line ${head.line}; ${lines} passed over${reason}: ${above.slice(0, 3).map(quotedCells).join('; ')}.`,
    );
  }

  private refuse(line: number, code: string, message: string): null {
    this.problems.error(this.source.place(line, ''), code, message);
    return null;
  }

  /** The header that `columns:` names for what a line lacks, as the message shows it. */
  private mappedHeader(what: Needed): string {
    const fields: readonly string[] =
      what === 'destination' ? DESTINATION_KINDS.flatMap((kind) => DESTINATION_FIELDS[kind]) : [what];
    const named = Object.entries(this.settings.mapping.headers).filter(([field]) => fields.includes(foldHeader(field)));
    return named.length === 0
      ? ''
      : ` (${named.map(([, header]) => `"${headerShown(header)}"`).join(', ')} in \`columns:\`)`;
  }

  private columnsOf({ cells }: Row): HeaderPositions {
    return headerPositions(cells, this.settings.mapping);
  }
}

const WHERE = 'in the rule under `defaults:` of the configuration, or in the YAML batch';

function isSameLine(a: Row, b: Row): boolean {
  return a.cells.length === b.cells.length && a.cells.every((cell, at) => cell.trim() === b.cells[at]?.trim());
}

/** The first filled cells of a line, as a message shows them. */
function quotedCells({ cells }: Row): string {
  const filled = cells.filter(isFilled);
  const texts = filled.slice(0, 3).map((cell) => `"${headerShown(cell.trim())}"`);
  return filled.length > 3 ? `${texts.join(', ')}, …` : texts.join(', ');
}

function isWholePayment({ cells }: Row, { id, amount, destinations }: HeaderPositions): boolean {
  return (
    isFilled(cells[id]) &&
    hasFigure(cells[amount]) &&
    destinations.some((position) => looksLikeDestination(cells[position]))
  );
}

/** Stricter than a title may be: a figure under the amount with anything beside it, or an id with the digits of a destination. */
function couldBePayment({ cells }: Row, { id, amount, destinations }: HeaderPositions): boolean {
  const hasDestination = destinations.some((position) => looksLikeDestination(cells[position]));
  if (hasFigure(cells[amount])) return hasDestination || isFilled(cells[id]);
  return hasDestination && isFilled(cells[id]);
}

/** In whatever column: a phone or an account, or an amount beside a name. What a label in front of it explains is neither. */
function isLikePayment({ cells }: Row): boolean {
  const filled = cells.filter(isFilled);
  const figures = filled.filter((cell, at) => isBareFigure(cell) && !isLabel(filled[at - 1] ?? ''));
  if (figures.some(isBareDestination)) return true;
  const isDated = filled.some((cell) => DATED.test(cell));
  const hasAmount = figures.some((cell) => !isDated || !/^\s*20[23]\d\s*$/.test(cell));
  return hasAmount && filled.some((cell) => /\p{L}/u.test(cell) && !isBareFigure(cell) && !isLabel(cell));
}

/** Whether a cell says what stands behind it. */
function isLabel(cell: string): boolean {
  return /:\s*$/.test(cell) || LABEL.test(foldHeader(cell)) || isRemark(cell) || isCountLabel(cell);
}

/** Words beside which a number such as 2026 is a year. */
const DATED =
  /\b(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|payroll|salar(?:y|ies)|wages|month|year|period|mwezi|mwaka|mois|ann[ée]e)\b/iu;

const LABEL =
  /^(?:month|year|period|week|sheet|tel|telephone|phone|fax|mobile|p\.? ?o\.? box|box|pin|vat|reg(?:istration)?(?: no)?|mwezi|mwaka|mois|ann[ée]e)\.?$/;

/** Names of groups of columns: several cells, and nothing but words in them. */
function isGroupHeader({ cells }: Row): boolean {
  const filled = cells.filter(isFilled);
  return filled.length > 1 && filled.every(isWords);
}

function positionsOfBoth(upper: HeaderCandidate, lower: HeaderCandidate): HeaderPositions {
  return {
    id: Math.max(upper.columns.id, lower.columns.id),
    amount: Math.max(upper.columns.amount, lower.columns.amount),
    destinations: [...upper.columns.destinations, ...lower.columns.destinations],
  };
}

/** How much a line looks like a header: columns that a payment needs count most, then cells of words where there are several. */
function strength({ row, columns }: HeaderCandidate): number {
  const words = row.cells.filter((cell) => isFilled(cell) && isWords(cell)).length;
  return (3 - missingIn(columns).length) * 1000 + (words >= 3 ? words : 0);
}

type Needed = 'id' | 'amount' | 'destination';

function missingIn({ id, amount, destinations }: HeaderPositions): readonly Needed[] {
  const isThere: Readonly<Record<Needed, boolean>> = {
    id: id >= 0,
    amount: amount >= 0,
    destination: destinations.length > 0,
  };
  return PARTS_NEEDED.filter((what) => !isThere[what]);
}

const PARTS_NEEDED: readonly Needed[] = ['id', 'amount', 'destination'];
