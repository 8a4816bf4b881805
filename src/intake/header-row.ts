import { wholeFile, type ProblemList } from './problem-list.ts';
import type { RecordSource } from './record-source.ts';
import type { Row } from './row.ts';

/** A stretch of the records under a header. */
export interface TablePage {
  /** The header's line, and its cells as they came. */
  readonly head: Row;
  readonly records: readonly Row[];
  /** Whether a line up to here could not be read; that was reported. */
  readonly faulty: boolean;
}

/**
 * Takes the header off the records of a source; every page carries it. No page comes when there is no header: then that was
 * reported.
 */
export async function* readTable(
  source: RecordSource,
  problems: ProblemList,
): AsyncGenerator<TablePage, void, undefined> {
  let head: Row | null = null;
  for await (const { records, firstFaultLine } of source.pages()) {
    const [first] = records;
    const isHead: boolean = head === null && first !== undefined && first.line < firstFaultLine;
    if (isHead && first !== undefined) head = first;
    if (head !== null) {
      yield { head, records: isHead ? records.slice(1) : records, faulty: firstFaultLine < Infinity };
    } else if (firstFaultLine < Infinity) {
      // Without a header no row means anything, and the next row must not be taken for one.
      return;
    }
  }
  if (head === null && !problems.refused) {
    problems.error(wholeFile(source.file), 'file-empty', 'The file is empty. Was it saved?');
  }
}
