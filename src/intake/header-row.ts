import { foldHeader } from './fields.ts';
import { wholeFile, type ProblemList } from './problem-list.ts';
import type { RecordPage, RecordSource } from './record-source.ts';
import type { Row } from './row.ts';

/** A stretch of the records under a header. */
export interface TablePage {
  /** The header's line, and its cells as they came. */
  readonly head: Row;
  /** The records above the header, on every page. */
  readonly above: readonly Row[];
  readonly records: readonly Row[];
  /** Whether a line up to here could not be read; that was reported. */
  readonly faulty: boolean;
}

/** Which of the first records of a file is its header. */
export interface HeaderChoice {
  /** The first records are collected up to this line; a first record that is the header for certain ends that at once. */
  readonly lastLine: number;
  isCertain(first: Row): boolean;
  /** Null when none of them can be; why was reported. */
  choose(records: readonly Row[]): Row | null;
}

/** Whatever stands first is the header. */
export const FIRST_RECORD: HeaderChoice = {
  lastLine: 1,
  isCertain: () => true,
  choose: ([first]) => first ?? null,
};

/** The header is the first line with this column, within the first thirty lines. */
export function recordWithColumn(name: string): HeaderChoice {
  const has = ({ cells }: Row): boolean => cells.some((header) => foldHeader(header) === name);
  return { lastLine: HEADER_LINES, isCertain: has, choose: (records) => records.find(has) ?? null };
}

/** A header is looked for down to this line. */
export const HEADER_LINES = 30;

/**
 * Takes the header, and what stands above it, off the records of a source; every page carries both. No page comes when there is
 * no header: then that was reported.
 */
export async function* readTable(
  source: RecordSource,
  choice: HeaderChoice,
  problems: ProblemList,
): AsyncGenerator<TablePage, void, undefined> {
  const search = { records: [] as Row[], firstFaultLine: Infinity };
  let table: Omit<TablePage, 'records' | 'faulty'> | null = null;
  for await (const { records, firstFaultLine } of source.pages()) {
    if (table !== null) {
      yield { ...table, records, faulty: firstFaultLine < Infinity };
      continue;
    }
    search.firstFaultLine = firstFaultLine;
    search.records = search.records.length === 0 ? [...records] : search.records.concat(records);
    const [first] = search.records;
    if (first === undefined && firstFaultLine < Infinity) return;
    if (first === undefined) continue;
    if ((search.records.at(-1)?.line ?? 0) < choice.lastLine && !choice.isCertain(first)) continue;
    const page = firstPage(search, choice);
    if (page === null) return;
    table = { head: page.head, above: page.above };
    yield page;
  }
  if (table !== null) return;
  if (search.records.length > 0) {
    const page = firstPage(search, choice);
    if (page !== null) yield page;
  } else if (!problems.refused) {
    problems.error(wholeFile(source.file), 'file-empty', 'The file is empty. Was it saved?');
  }
}

/**
 * Null without a header. A line that could not be read was the header perhaps: without it no row means anything, and none may be
 * taken for one.
 */
function firstPage({ records, firstFaultLine }: RecordPage, choice: HeaderChoice): TablePage | null {
  const [first] = records;
  if (first === undefined || firstFaultLine < first.line) return null;
  const head = choice.choose(records);
  if (head === null || firstFaultLine < head.line) return null;
  const at = records.indexOf(head);
  return { head, above: records.slice(0, at), records: records.slice(at + 1), faulty: firstFaultLine < Infinity };
}
