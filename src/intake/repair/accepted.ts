import { REPAIR_COLUMNS } from '../batch-files.ts';
import { CsvSource } from '../csv-file.ts';
import { foldHeader } from '../fields.ts';
import { readTable, recordWithColumn } from '../header-row.ts';
import { ProblemList, type ProblemPlace } from '../problem-list.ts';
import type { Row } from '../row.ts';
import type { CellRepair } from './stage.ts';

type RepairColumn = (typeof REPAIR_COLUMNS)[number];

/** A line of a repair file that a person has accepted. */
export interface AcceptedRepair extends CellRepair {
  /** Where the line itself stands. */
  readonly place: ProblemPlace;
  /** The mark of the file that it was proposed for, as {@link fileMark} gives it; null where `why` has lost it. */
  readonly madeFrom: string | null;
}

/** What the digest of a batch file looks like behind the reason of each proposal: a repair is for that very file. */
export function fileMark(digest: string): string {
  return `[file sha256 ${digest.slice(0, 12)}]`;
}

const FILE_MARK = /\[file sha256 [0-9a-f]{12}\]$/;

/**
 * The accepted lines of a repair file. What is wrong with the file is reported, and refuses the batch. Throws `PayrunError` 2 when
 * the file is not there or cannot be read.
 */
export async function readAcceptedRepairs(file: string, problems: ProblemList): Promise<readonly AcceptedRepair[]> {
  const names = new Set<string>(REPAIR_COLUMNS);
  const reading = new ProblemList();
  const source = new CsvSource({ file, encoding: null }, (header) => names.has(foldHeader(header)), reading);
  const lines = new RepairLines(file, reading);
  let isRepairFile = false;
  for await (const { head, records } of readTable(source, recordWithColumn('accept'), reading)) {
    const headers = head.cells.map(foldHeader);
    if (REPAIR_COLUMNS.some((column) => !headers.includes(column))) break;
    isRepairFile = true;
    for (const record of records) lines.read(headers, record);
  }
  if (isRepairFile) {
    for (const { severity, code, message, ...place } of reading.listed())
      problems[severity](place, code, code === 'encoding-not-utf8' ? REPAIR_NOT_UTF8 : message);
  } else {
    const [first] = reading.listed();
    const seen =
      first === undefined
        ? `needs the columns ${REPAIR_COLUMNS.join(', ')}, and has others`
        : NO_REPAIR_FILE[first.code];
    problems.error(
      { file, line: first?.line ?? 1, column: '', field: '' },
      'repair-header',
      `This is no repair file: it ${seen ?? 'cannot be read as a CSV'}. Make one with payrun validate BATCH --repair NEW.csv, write yes under \`accept\` where you agree, and run the batch with --repair NEW.csv.`,
    );
  }
  return lines.accepted;
}

const REPAIR_NOT_UTF8 =
  'This line is not UTF-8 (the first such line): the repair file was saved in another encoding, in which names may have changed. Save it as "CSV UTF-8".';

/** What a file is that is none of repairs, by what its reader says of it. */
const NO_REPAIR_FILE: Readonly<Record<string, string>> = {
  'file-empty': 'is empty',
  'file-is-workbook': 'is a spreadsheet workbook; if the answers stand in it, save it as "CSV UTF-8"',
  'encoding-not-utf8': 'is not text',
  'nul-character': 'is not text',
};

/** Reads the lines under the header of a repair file. */
class RepairLines {
  readonly accepted: AcceptedRepair[] = [];
  private readonly file: string;
  private readonly problems: ProblemList;
  /** By line and column of the batch. */
  private readonly answers = new Map<string, string>();

  constructor(file: string, problems: ProblemList) {
    this.file = file;
    this.problems = problems;
  }

  read(headers: readonly string[], { line, cells }: Row): void {
    const { problems } = this;
    const text = (column: RepairColumn): string => withoutGuard(cells[headers.indexOf(column)] ?? '');
    const place = { file: this.file, line, column: 'accept', field: '' };
    const batchLine = text('line');
    if (cells.length !== headers.length || !/^[1-9]\d{0,8}$/.test(batchLine)) {
      const message = 'This line is cut short, or does not begin with the number of a line. Make the file anew.';
      problems.error({ ...place, column: 'line' }, 'repair-line', message);
      return;
    }
    const answer = text('accept').toLowerCase();
    const cell = JSON.stringify([batchLine, text('column').toLowerCase()]);
    const earlier = this.answers.get(cell);
    if (earlier !== undefined && earlier !== answer) {
      const message = 'Another line is about the same cell and has another answer. Leave one of the two.';
      problems.error(place, 'repair-twice', message);
    }
    this.answers.set(cell, answer);
    if (answer === '' || answer === 'no') return;
    if (answer !== 'yes') {
      const message = 'What stands in `accept` is no answer. Write yes to accept the line, or leave it empty.';
      problems.error(place, 'repair-accept', message);
      return;
    }
    const why = text('why');
    this.accepted.push({
      place,
      line: Number(batchLine),
      ...{ column: text('column'), id: text('id'), before: text('before'), after: text('after'), why },
      madeFrom: FILE_MARK.exec(why)?.[0] ?? null,
    });
  }
}

function withoutGuard(cell: string): string {
  const text = cell.trim();
  return text.startsWith("'") ? text.slice(1).trim() : text;
}
