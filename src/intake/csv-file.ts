import { readText } from './bytes.ts';
import { CsvSplitter, type CsvFault, type CsvRecord, type RecordSplitter } from './csv-splitter.ts';
import type { TextSource } from './encodings.ts';
import { wholeFile, type ProblemList } from './problem-list.ts';

export interface CsvHead {
  readonly line: number;
  /** The header's cells as they came. */
  readonly cells: readonly string[];
  readonly delimiter: string;
}

export interface CsvPage {
  readonly head: CsvHead;
  readonly records: readonly CsvRecord[];
  /** Whether a line up to here could not be read; that was reported. */
  readonly faulty: boolean;
}

type MakeSplitter = (delimiter: string, fault: (fault: CsvFault) => void) => RecordSplitter;

const DELIMITERS = [',', ';', '\t'] as const;

/** A header longer than this has an open quote or is none; the delimiter is then taken from its first line. */
const HEAD_MAX = 256 * 1024;

/**
 * The records of a CSV file, page by page as they are read; every page carries the header. No page comes when there is no
 * header: then that was reported. A first line `sep=;`, which Excel writes and reads, declares the delimiter and is no header.
 *
 * @param isKnown whether a header is one that payrun reads; the delimiter that yields the most of them is taken.
 */
export async function* readCsv(
  source: TextSource,
  isKnown: (header: string) => boolean,
  problems: ProblemList,
  makeSplitter: MakeSplitter = (delimiter, fault) => new CsvSplitter(delimiter, fault),
): AsyncGenerator<CsvPage, void, undefined> {
  const place = wholeFile(source.file);
  const texts = readText(source, problems);
  try {
    const input = { text: '', ended: false };
    const read = async (): Promise<string> => {
      const next = await texts.next();
      input.ended = next.done === true;
      return next.value ?? '';
    };
    while (!input.ended && headText(input.text) === null && input.text.length < HEAD_MAX) input.text += await read();

    let head: CsvHead | null = null;
    let firstFaultLine = Infinity;
    const firstText = headText(input.text) ?? input.text.split(/[\r\n]/, 1)[0] ?? '';
    const declared = input.text.startsWith(firstText) ? (/^sep=([,;\t])$/.exec(firstText)?.[1] ?? null) : null;
    const delimiter = declared ?? delimiterOf(firstText, isKnown);
    let declaration = declared !== null;
    const splitter = makeSplitter(delimiter, ({ line, code, message }) => {
      firstFaultLine = Math.min(firstFaultLine, line);
      problems.error({ ...place, line }, code, message);
    });
    for (;;) {
      const complete = splitter.write(input.text);
      const records = input.ended ? complete.concat(splitter.end()) : complete;
      if (declaration && records.length > 0) {
        records.shift();
        declaration = false;
      }
      head ??= headOf(records, delimiter, firstFaultLine);
      if (head !== null) yield { head, records, faulty: firstFaultLine < Infinity };
      // Without a header no row means anything, and the next row must not be taken for one.
      else if (firstFaultLine < Infinity) return;
      if (input.ended) break;
      input.text = await read();
    }
    if (head === null && !problems.refused) problems.error(place, 'file-empty', 'The file is empty. Was it saved?');
  } finally {
    await texts.return();
  }
}

/** Takes the header off the first records; null when there is none, or when a line before it could not be read. */
function headOf(records: CsvRecord[], delimiter: string, firstFaultLine: number): CsvHead | null {
  const [first] = records;
  if (first === undefined || firstFaultLine < first.line) return null;
  records.shift();
  return { line: first.line, cells: first.cells, delimiter };
}

/** The text of the header, once it is there with its end: the first line that is not blank, quotes respected. */
function headText(text: string): string | null {
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text[at];
    if (unit === '"') quoted = !quoted;
    if (quoted || (unit !== '\n' && unit !== '\r')) continue;
    const line = text.slice(start, at);
    if (/[^\s,;]/.test(line)) return line;
    start = at + 1;
  }
  return null;
}

/** The delimiter that yields the most headers we know; then the one that stands there most often. */
function delimiterOf(head: string, isKnown: (header: string) => boolean): string {
  const bare = head.replace(/"(?:[^"]|"")*"/g, (quoted) => quoted.replace(/[,;\t]/g, ' '));
  let best: { delimiter: string; known: number; count: number } = { delimiter: ',', known: 0, count: 0 };
  for (const delimiter of DELIMITERS) {
    const headers = bare.split(delimiter);
    const known = headers.filter((header) => isKnown(header.trim().replace(/^"(.*)"$/s, '$1'))).length;
    const count = headers.length - 1;
    if (count > 0 && (known > best.known || (known === best.known && count > best.count))) {
      best = { delimiter, known, count };
    }
  }
  return best.delimiter;
}
