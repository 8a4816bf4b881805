import type { InputEncoding } from '../domain/batch.ts';
import { readText } from './bytes.ts';
import { CsvSplitter, type CsvFault, type RecordSplitter } from './csv-splitter.ts';
import type { TextSource } from './encodings.ts';
import { HEADER_LINES } from './header-row.ts';
import { wholeFile, type PlaceColumn, type ProblemList, type ProblemPlace } from './problem-list.ts';
import type { RecordPage, RecordSource, TextForm } from './record-source.ts';

type MakeSplitter = (delimiter: string, fault: (fault: CsvFault) => void) => RecordSplitter;

const DELIMITERS = [',', ';', '\t'] as const;

/** A header longer than this has an open quote or is none; the delimiter is then taken from its first line. */
const HEAD_MAX = 256 * 1024;

/** Capitals do not count to Excel, and another program may have put the line in quotes. */
const SEPARATOR_LINE = /^"?sep=([,;\t])"?$/i;

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
      while (!input.ended && input.text.length < HEAD_MAX && !this.isHeadComplete(input.text))
        input.text += await read();

      let firstFaultLine = Infinity;
      const lines = headLines(input.text);
      const firstText = lines[0] ?? input.text.split(/[\r\n]/, 1)[0] ?? '';
      const declared = input.text.startsWith(firstText) ? (SEPARATOR_LINE.exec(firstText)?.[1] ?? null) : null;
      this.delimiter = declared ?? delimiterOf(lines.length === 0 ? [firstText] : lines, this.isKnown);
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

  /** Whether the lines are there that the delimiter is taken from: the first one, and the others where it is no whole header. */
  private isHeadComplete(text: string): boolean {
    const lines = headLines(text);
    const [first] = lines;
    if (first === undefined) return false;
    return lines.length >= HEADER_LINES || splitOf(first, this.isKnown).known >= 3;
  }
}

/** The first lines that are not blank and are there with their ends, quotes respected; as many as the header is looked for in. */
function headLines(text: string): readonly string[] {
  const lines: string[] = [];
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length && lines.length < HEADER_LINES; at++) {
    const unit = text[at];
    if (unit === '"') quoted = !quoted;
    if (quoted || (unit !== '\n' && unit !== '\r')) continue;
    const line = text.slice(start, at);
    if (/[^\s,;]/.test(line)) lines.push(line);
    start = at + 1;
  }
  return lines;
}

interface Split {
  readonly delimiter: string;
  readonly known: number;
  readonly count: number;
}

/**
 * The delimiter that yields the most headers we know, in any of the first lines; else the one that stands most often in the first
 * line, or, where that has none, in one of the others.
 */
function delimiterOf(lines: readonly string[], isKnown: (header: string) => boolean): string {
  const splits = lines.map((line) => splitOf(line, isKnown));
  const known = splits.reduce<Split>((best, split) => (split.known > best.known ? split : best), NO_SPLIT);
  if (known.known > 0) return known.delimiter;
  const [first = NO_SPLIT] = splits;
  if (first.count > 0) return first.delimiter;
  return splits.reduce((best, split) => (split.count > best.count ? split : best), NO_SPLIT).delimiter;
}

const NO_SPLIT: Split = { delimiter: ',', known: 0, count: 0 };

/** The delimiter that yields the most headers we know in a line; then the one that stands there most often. */
function splitOf(line: string, isKnown: (header: string) => boolean): Split {
  const bare = line.replace(/"(?:[^"]|"")*"/g, (quoted) => quoted.replace(/[,;\t]/g, ' '));
  let best = NO_SPLIT;
  for (const delimiter of DELIMITERS) {
    const headers = bare.split(delimiter);
    const known = headers.filter((header) => isKnown(header.trim().replace(/^"(.*)"$/s, '$1'))).length;
    const count = headers.length - 1;
    if (count > 0 && (known > best.known || (known === best.known && count > best.count))) {
      best = { delimiter, known, count };
    }
  }
  return best;
}
