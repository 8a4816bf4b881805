import type { InputEncoding } from '../domain/batch.ts';
import { readText } from './bytes.ts';
import { CsvSplitter, type CsvFault, type RecordSplitter } from './csv-splitter.ts';
import type { TextSource } from './encodings.ts';
import { wholeFile, type PlaceColumn, type ProblemList, type ProblemPlace } from './problem-list.ts';
import type { RecordPage, RecordSource, TextForm } from './record-source.ts';

type MakeSplitter = (delimiter: string, fault: (fault: CsvFault) => void) => RecordSplitter;

const DELIMITERS = [',', ';', '\t'] as const;

/** A header longer than this has an open quote or is none; the delimiter is then taken from its first line. */
const HEAD_MAX = 256 * 1024;

/** The records of a CSV file. A first line `sep=;`, which Excel writes and reads, declares the delimiter and is no record. */
export class CsvSource implements RecordSource {
  readonly file: string;
  private readonly source: TextSource;
  private readonly isKnown: (header: string) => boolean;
  private readonly problems: ProblemList;
  private readonly makeSplitter: MakeSplitter;
  private delimiter = ',';
  private encoding: InputEncoding;

  /** @param isKnown whether a header is one that payrun reads; the delimiter that yields the most of them is taken. */
  constructor(
    source: TextSource,
    isKnown: (header: string) => boolean,
    problems: ProblemList,
    makeSplitter: MakeSplitter = (delimiter, fault) => new CsvSplitter(delimiter, fault),
  ) {
    this.file = source.file;
    this.source = { ...source, noteEncoding: (encoding) => (this.encoding = encoding) };
    this.encoding = source.encoding ?? 'utf-8';
    this.isKnown = isKnown;
    this.problems = problems;
    this.makeSplitter = makeSplitter;
  }

  get form(): TextForm {
    return { delimiter: this.delimiter, encoding: this.encoding };
  }

  place(line: number, field: string, column?: PlaceColumn): ProblemPlace {
    return { file: this.file, line, column: column?.header ?? '', field };
  }

  async *pages(): AsyncGenerator<RecordPage, void, undefined> {
    const texts = readText(this.source, this.problems);
    try {
      const input = { text: '', ended: false };
      const read = async (): Promise<string> => {
        const next = await texts.next();
        input.ended = next.done === true;
        return next.value ?? '';
      };
      while (!input.ended && headText(input.text) === null && input.text.length < HEAD_MAX) input.text += await read();

      let firstFaultLine = Infinity;
      const firstText = headText(input.text) ?? input.text.split(/[\r\n]/, 1)[0] ?? '';
      const declared = input.text.startsWith(firstText) ? (/^sep=([,;\t])$/.exec(firstText)?.[1] ?? null) : null;
      this.delimiter = declared ?? delimiterOf(firstText, this.isKnown);
      let declaration = declared !== null;
      const splitter = this.makeSplitter(this.delimiter, ({ line, code, message }) => {
        firstFaultLine = Math.min(firstFaultLine, line);
        this.problems.error({ ...wholeFile(this.file), line }, code, message);
      });
      for (;;) {
        const complete = splitter.write(input.text);
        const records = input.ended ? complete.concat(splitter.end()) : complete;
        if (declaration && records.length > 0) {
          records.shift();
          declaration = false;
        }
        yield { records, firstFaultLine };
        if (input.ended) break;
        input.text = await read();
      }
    } finally {
      await texts.return();
    }
  }
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
