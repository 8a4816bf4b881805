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
  /** By line and column of the batch. */
  const answers = new Map<string, string>();
  let isRepairFile = false;
  for await (const { head, records } of readTable(source, recordWithColumn('accept'), problems)) {
    const headers = head.cells.map(foldHeader);
    const at = (column: RepairColumn): number => headers.indexOf(column);
    if (REPAIR_COLUMNS.some((column) => at(column) < 0)) break;
    isRepairFile = true;
    for (const { line, cells } of records) {
      const text = (column: RepairColumn): string => withoutGuard(cells[at(column)] ?? '');
      const place = { file, line, column: 'accept', field: '' };
      const batchLine = text('line');
      if (cells.length !== head.cells.length || !/^[1-9]\d{0,8}$/.test(batchLine)) {
        const message = 'This line is cut short, or does not begin with the number of a line. Make the file anew.';
        problems.error({ ...place, column: 'line' }, 'repair-line', message);
        continue;
      }
      const answer = text('accept').toLowerCase();
      const cell = JSON.stringify([batchLine, text('column').toLowerCase()]);
      const earlier = answers.get(cell);
      if (earlier !== undefined && earlier !== answer) {
        const message = 'Another line is about the same cell and has another answer. Leave one of the two.';
        problems.error(place, 'repair-twice', message);
      }
      answers.set(cell, answer);
      if (answer === '' || answer === 'no') continue;
      if (answer !== 'yes') {
        const message = 'What stands in `accept` is no answer. Write yes to accept the line, or leave it empty.';
        problems.error(place, 'repair-accept', message);
        continue;
      }
      accepted.push({
        place,
        line: Number(batchLine),
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
