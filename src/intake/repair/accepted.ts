import { REPAIR_COLUMNS } from '../batch-files.ts';
import { CsvSource } from '../csv-file.ts';
import { foldHeader } from '../fields.ts';
import { readTable, recordWithColumn } from '../header-row.ts';
import type { ProblemList, ProblemPlace } from '../problem-list.ts';
import type { CellRepair } from './stage.ts';

type RepairColumn = (typeof REPAIR_COLUMNS)[number];

/** A line of a repair file that a person has accepted. */
export interface AcceptedRepair extends CellRepair {
  /** Where the line itself stands. */
  readonly place: ProblemPlace;
}

/**
 * The accepted lines of a repair file. What is wrong with the file is reported, and refuses the batch. Throws `PayrunError` 2 when
 * the file is not there or cannot be read.
 */
export async function readAcceptedRepairs(file: string, problems: ProblemList): Promise<readonly AcceptedRepair[]> {
  const names = new Set<string>(REPAIR_COLUMNS);
  const source = new CsvSource({ file, encoding: null }, (header) => names.has(foldHeader(header)), problems);
  const accepted: AcceptedRepair[] = [];
  let isRepairFile = false;
  for await (const { head, records } of readTable(source, recordWithColumn('accept'), problems)) {
    const headers = head.cells.map(foldHeader);
    const at = (column: RepairColumn): number => headers.indexOf(column);
    if (REPAIR_COLUMNS.some((column) => at(column) < 0)) break;
    isRepairFile = true;
    for (const { line, cells } of records) {
      const text = (column: RepairColumn): string => withoutGuard(cells[at(column)] ?? '');
      const place = { file, line, column: 'accept', field: '' };
      const answer = text('accept').toLowerCase();
      if (answer === '' || answer === 'no') continue;
      if (answer !== 'yes') {
        const message = 'What stands in `accept` is no answer. Write yes to accept the line, or leave it empty.';
        problems.error(place, 'repair-accept', message);
        continue;
      }
      accepted.push({
        place,
        line: Number(text('line')),
        ...{ column: text('column'), id: text('id') },
        ...{ before: text('before'), after: text('after'), why: text('why') },
      });
    }
  }
  if (!isRepairFile && !problems.refused) {
    const message = `This is no repair file: its columns are ${REPAIR_COLUMNS.join(', ')}. Make one with: payrun validate FILE --repair ${file}`;
    problems.error({ file, line: 0, column: '', field: '' }, 'repair-header', message);
  }
  return accepted;
}

function withoutGuard(cell: string): string {
  const text = cell.trim();
  return text.startsWith("'") ? text.slice(1).trim() : text;
}
