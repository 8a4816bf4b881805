import { didYouMean } from '../documents/nearest.ts';
import type { WorkbookSheet } from '../workbook/workbook.ts';
import { headsPayments } from './column-advice.ts';
import { headerPositions, isWholeHeader, type Mapping } from './columns.ts';
import { HEADER_LINES } from './header-row.ts';
import { hasFigure, isBareDestination, isWords } from './line-text.ts';
import { wholeFile, type ProblemList } from './problem-list.ts';
import { quotable } from './shape.ts';
import { isBareFigure } from './written-amounts.ts';

interface Wanted {
  readonly file: string;
  readonly sheet: string | null;
  readonly mapping: Mapping;
  readonly headerRow: number | null;
}

/**
 * The sheet that is named, or the only one with payments: under a header that payrun knows. A hidden sheet counts as well, since it
 * may be last month's. Null when none can be chosen, which was reported.
 */
export async function chooseSheet(
  sheets: readonly WorkbookSheet[],
  wanted: Wanted,
  problems: ProblemList,
): Promise<WorkbookSheet | null> {
  const refuse = (code: string, message: string): null => {
    problems.error({ ...wholeFile(wanted.file), field: 'sheet' }, code, message);
    return null;
  };
  const visible = (sheet: WorkbookSheet): WorkbookSheet | null => {
    if (!sheet.isHidden) return sheet;
    return refuse(
      'sheet-hidden',
      `The sheet ${quotedName(sheet)} has payments that nobody who opens the workbook sees. Unhide it and look through it, or take it out.`,
    );
  };
  if (wanted.sheet !== null) {
    const sheet = sheetNamed(sheets, wanted.sheet);
    if (sheet !== undefined) return visible(sheet);
    const names = sheets.map(({ name }) => name);
    const advice = didYouMean(wanted.sheet, names);
    return refuse(
      'sheet-missing',
      `\`sheet:\` names "${quotable(wanted.sheet)}", which the workbook does not have.${advice} Its sheets are: ${listed(sheets)}.`,
    );
  }
  const [only] = sheets;
  if (only === undefined) return refuse('sheet-missing', 'This workbook has no sheet with cells.');
  if (sheets.length === 1) return visible(only);
  const [first, ...others] = await sheetsWith(sheets, (sheet) => hasPayments(sheet, wanted));
  if (first !== undefined) {
    if (others.length === 0) {
      const isSure = first.isHidden || (await mayLeaveOthers(sheets, first, wanted.file, problems));
      return isSure ? visible(first) : null;
    }
    return refuse(
      'sheet-several',
      `${others.length + 1} sheets have payments: ${listed([first, ...others])}. Say which one with \`sheet:\` (in the rule under \`defaults:\` ` +
        'of the configuration, or beside `rows:` in a YAML batch), or take the others out.',
    );
  }
  const [filled, ...more] = await sheetsWith(sheets, hasRows);
  if (filled !== undefined && more.length === 0) return visible(filled);
  return refuse(
    'sheet-without-payments',
    `No sheet has a header with an id, an amount and a destination. Its sheets are: ${listed(sheets)}. Say which column is which with ` +
      '`columns:`, and which sheet with `sheet:` (in the rule under `defaults:` of the configuration, or in a YAML batch).',
  );
}

/** The sheet of this name; capitals do not count where no other has it. */
export function sheetNamed(sheets: readonly WorkbookSheet[], name: string): WorkbookSheet | undefined {
  const folded = (text: string): string => text.trim().toLowerCase();
  // Spreadsheet programs take two names that differ by capitals for one.
  return sheets.find((sheet) => sheet.name === name) ?? sheets.find((sheet) => folded(sheet.name) === folded(name));
}

async function sheetsWith(
  sheets: readonly WorkbookSheet[],
  test: (sheet: WorkbookSheet) => Promise<boolean>,
): Promise<readonly WorkbookSheet[]> {
  const found: WorkbookSheet[] = [];
  for (const sheet of sheets) if (await test(sheet)) found.push(sheet);
  return found;
}

/** Whether there is a header of payments in the sheet's first rows, and anything under it. */
async function hasPayments(sheet: WorkbookSheet, { mapping, headerRow }: Wanted): Promise<boolean> {
  let hasHeader = false;
  for await (const rows of (await sheet.read()).pages()) {
    for (const { number, cells } of rows) {
      if (hasHeader) return true;
      if (number > (headerRow ?? HEADER_LINES)) return false;
      // Where in the row a header stands does not count here.
      const isHeader = isWholeHeader(
        headerPositions(
          cells.map(({ text }) => text),
          mapping,
        ),
      );
      hasHeader = isHeader && (headerRow === null || number === headerRow);
    }
  }
  return false;
}

/**
 * Whether the sheets that are not read hold no payments: one that looks like them refuses the batch, each other one is warned of. A
 * hidden sheet may hold lists, and nobody expects to pay what is not seen.
 */
async function mayLeaveOthers(
  sheets: readonly WorkbookSheet[],
  read: WorkbookSheet,
  file: string,
  problems: ProblemList,
): Promise<boolean> {
  const place = { ...wholeFile(file), field: 'sheet' };
  const others = await sheetsWith(
    sheets.filter((sheet) => sheet !== read && !sheet.isHidden),
    hasRows,
  );
  const alike = await sheetsWith(others, looksLikePayments);
  if (alike.length > 0) {
    const [which, header] = alike.length === 1 ? ['The sheet', 'a header'] : ['The sheets', 'headers'];
    problems.error(
      place,
      'sheet-not-read',
      `${which} ${listed(alike)} may hold payments too, under ${header} that payrun does not know. Give all payments the header of ` +
        `the sheet ${quotedName(read)}, or say which sheet alone is paid, such as \`sheet: ${quotable(read.name)}\` ` +
        '(in the rule under `defaults:` of the configuration, or beside `rows:` in a YAML batch).',
    );
    return false;
  }
  for (const sheet of others) {
    problems.warning(
      place,
      'sheet-not-read',
      `The sheet ${quotedName(sheet)} was not read: it has no payments that payrun knows.`,
    );
  }
  return true;
}

/** Whether a row has a phone or an account and an amount in another cell, or anything stands below a header of ids and amounts. */
async function looksLikePayments(sheet: WorkbookSheet): Promise<boolean> {
  let hasHeader = false;
  for await (const rows of (await sheet.read()).pages()) {
    for (const { number, cells } of rows) {
      if (hasHeader && cells.some(({ text }) => hasFigure(text))) return true;
      const figures = cells.filter(({ kind, text }) => (kind === 'text' || kind === 'number') && isBareFigure(text));
      const isPayment = figures.length > 1 && figures.some(({ text }) => isBareDestination(text));
      if (isPayment && cells.some(({ text }) => isWords(text))) return true;
      hasHeader ||= number <= HEADER_LINES && headsPayments(cells.map(({ text }) => text));
    }
  }
  return false;
}

async function hasRows(sheet: WorkbookSheet): Promise<boolean> {
  for await (const rows of (await sheet.read()).pages()) if (rows.length > 0) return true;
  return false;
}

function listed(sheets: readonly WorkbookSheet[]): string {
  const names = sheets
    .slice(0, 20)
    .map((sheet) => (sheet.isHidden ? `${quotedName(sheet)} (hidden)` : quotedName(sheet)));
  return sheets.length > names.length ? `${names.join(', ')}, …` : names.join(', ');
}

function quotedName({ name }: WorkbookSheet): string {
  return `"${quotable(name)}"`;
}
