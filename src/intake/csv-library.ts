import { parse, type CsvError, type Info } from 'csv-parse/sync';
import { FAULTS, lineBreaks, RECORD_MAX, type CsvFault, type CsvRecord, type RecordSplitter } from './csv-splitter.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** A character of UTF-16 takes at most three bytes of UTF-8. */
const UTF8_BYTES_MAX = 3;

/** Text is handed to csv-parse in pieces of about this size: each call of it costs something. */
const PIECE = 64 * 1024;

/**
 * Splits the text of a CSV file into records with csv-parse, in pieces that end with a record. Records whose cells are all blank are
 * left out. Spaces around a cell may stay: taking them off costs csv-parse a look at each character, and who reads a cell trims it.
 *
 * After a fault csv-parse goes on with the next line where that is possible. After a quote that is left open it has nothing to
 * go on with, so faults behind one are not found before it is mended.
 */
export class LibrarySplitter implements RecordSplitter {
  private readonly delimiter: string;
  private readonly fault: (fault: CsvFault) => void;
  /** What has come and was not handed to csv-parse yet. */
  private text = '';
  /** Where {@link text} was searched for the end of a record up to, whether that is inside quotes, and the latest end. */
  private searched = 0;
  private isQuoted = false;
  private recordEnd = 0;
  private line = 1;
  private isLost = false;
  private buffer = Buffer.alloc(0);

  constructor(delimiter: string, fault: (fault: CsvFault) => void) {
    this.delimiter = delimiter;
    this.fault = fault;
  }

  write(text: string): CsvRecord[] {
    this.text += text;
    if (this.isLost || this.text.length < PIECE) return [];
    this.searchRecordEnd();
    // A piece that has no end may be one record that is too long, which csv-parse says of the whole.
    if (this.recordEnd === 0) return [];
    const piece = this.text.slice(0, this.recordEnd);
    this.text = this.text.slice(this.recordEnd);
    this.searched -= this.recordEnd;
    this.recordEnd = 0;
    return this.records(piece);
  }

  end(): CsvRecord[] {
    return this.isLost ? [] : this.records(this.text);
  }

  /** A line feed ends a record where quotes are closed: a doubled quote closes and opens. A stray one is a fault of its line anyway. */
  private searchRecordEnd(): void {
    const { text, searched } = this;
    const quotes: number[] = [];
    for (let at = text.indexOf('"', searched); at !== -1; at = text.indexOf('"', at + 1)) quotes.push(at);
    let before = quotes.length;
    for (let at = text.lastIndexOf('\n'); at >= searched; at = at === 0 ? -1 : text.lastIndexOf('\n', at - 1)) {
      while (before > 0 && (quotes[before - 1] ?? 0) > at) before -= 1;
      const isInside = this.isQuoted !== (before % 2 === 1);
      if (isInside) continue;
      this.recordEnd = at + 1;
      break;
    }
    this.isQuoted = this.isQuoted !== (quotes.length % 2 === 1);
    this.searched = text.length;
  }

  private records(piece: string): CsvRecord[] {
    const bytes = this.bytesOf(piece);
    return this.recordsOfLines(bytes) ?? this.recordsOfAnyLength(bytes);
  }

  /**
   * The usual case, at half the cost: as many records as lines, so that each is one line. Null where that is not so, and where a space
   * stands beside a quote, which only trimming takes off.
   */
  private recordsOfLines(bytes: Buffer): CsvRecord[] | null {
    const lines = plainLinesOf(bytes);
    if (lines === null) return null;
    const faults = { count: 0 };
    const noteFault = (): undefined => void (faults.count += 1);
    const record_delimiter = lines.end;
    const records: string[][] = parse(bytes, { ...this.options(), record_delimiter, trim: false, on_skip: noteFault });
    if (faults.count > 0 || records.length !== lines.count) return null;
    const first = this.line;
    this.line += lines.count;
    return records.map((cells, at) => ({ line: first + at, cells }));
  }

  /** Finds the line of each record, where records are blank, go over several lines or cannot be read. */
  private recordsOfAnyLength(bytes: Buffer): CsvRecord[] {
    const records: CsvRecord[] = [];
    const lines = new PhysicalLines(bytes, this.line);
    parse(bytes, {
      ...this.options(),
      on_record: (cells: string[], info: Info) => {
        const line = lines.endingAt(info.bytes) - cells.reduce((breaks, cell) => breaks + lineBreaks(cell), 0);
        if (cells.some((cell) => cell.includes('\0'))) this.fault({ line, ...FAULTS.nul });
        else records.push({ line, cells });
        return null;
      },
      on_skip: (error: CsvError | undefined) => {
        if (error === undefined || this.isLost) return;
        // Behind a quote that closed in the wrong place every other quote would be read the wrong way round.
        this.isLost = error.code !== 'INVALID_OPENING_QUOTE';
        this.fault(faultOf(error.code, lines.next(this.delimiter)));
      },
    });
    this.line = lines.lineBehind();
    return records;
  }

  private options() {
    return {
      delimiter: this.delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_records_with_empty_values: true,
      skip_records_with_error: true,
      trim: true,
      max_record_size: RECORD_MAX,
    };
  }

  /** In one buffer for all pieces; csv-parse keeps none of it. */
  private bytesOf(piece: string): Buffer {
    const most = piece.length * UTF8_BYTES_MAX;
    if (this.buffer.length < most) this.buffer = Buffer.allocUnsafeSlow(most);
    return this.buffer.subarray(0, this.buffer.write(piece));
  }
}

/**
 * How many lines a text has, the last with or without its end, and what ends them. Null where they do not all end with LF or all with
 * CRLF, or a NUL stands in one.
 */
function plainLinesOf(bytes: Buffer): { readonly count: number; readonly end: string } | null {
  if (bytes.includes(0)) return null;
  const isCrlf = bytes.includes(CARRIAGE_RETURN);
  let count = 0;
  let start = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, start)) {
    if (isCrlf && bytes.indexOf(CARRIAGE_RETURN, start) !== at - 1) return null;
    count += 1;
    start = at + 1;
  }
  if (isCrlf && bytes.indexOf(CARRIAGE_RETURN, start) !== -1) return null;
  return { count: count + (start < bytes.length ? 1 : 0), end: isCrlf ? '\r\n' : '\n' };
}

/** Counts lines in the bytes of a file, since csv-parse counts CRLF inside of quotes twice. */
class PhysicalLines {
  private readonly bytes: Buffer;
  private at = 0;
  /** Physical line on which {@link at} stands. */
  private line: number;

  constructor(bytes: Buffer, line: number) {
    this.bytes = bytes;
    this.line = line;
  }

  /** The line behind all of them. */
  lineBehind(): number {
    this.endingAt(this.bytes.length);
    return this.line;
  }

  /** The last line of the record that ends, with its line break, at this position. Positions must not go back. */
  endingAt(position: number): number {
    for (; this.at < position; this.at++) {
      const byte = this.bytes[this.at];
      if (byte === CARRIAGE_RETURN || (byte === LINE_FEED && this.bytes[this.at - 1] !== CARRIAGE_RETURN))
        this.line += 1;
    }
    const last = this.bytes[position - 1];
    return last === LINE_FEED || last === CARRIAGE_RETURN ? this.line - 1 : this.line;
  }

  /** The next line that holds something, and its text; the lines up to it are done with. */
  next(delimiter: string): { readonly line: number; readonly text: string } {
    for (;;) {
      const start = this.at;
      let end = start;
      while (end < this.bytes.length && this.bytes[end] !== LINE_FEED && this.bytes[end] !== CARRIAGE_RETURN) end += 1;
      const text = this.bytes.toString('utf8', start, end);
      const { line } = this;
      const width = this.bytes[end] === CARRIAGE_RETURN && this.bytes[end + 1] === LINE_FEED ? 2 : 1;
      this.endingAt(Math.min(end + width, this.bytes.length));
      const isBlank = text.replaceAll(delimiter, '').replaceAll('"', '').trim() === '';
      if (!isBlank || this.at >= this.bytes.length) return { line, text };
    }
  }
}

/** @param start the line where the record begins; what csv-parse names is where it met the fault. */
function faultOf(code: string, { line, text }: { readonly line: number; readonly text: string }): CsvFault {
  switch (code) {
    case 'INVALID_OPENING_QUOTE':
      return { line, ...FAULTS.misplaced };
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE': {
      const isClosedOnLine = text.split('"').length % 2 === 1;
      return { line, ...(isClosedOnLine ? FAULTS.misplaced : FAULTS.unclosed) };
    }
    case 'CSV_QUOTE_NOT_CLOSED':
      return { line, ...FAULTS.unclosed };
    case 'CSV_MAX_RECORD_SIZE':
      return { line, ...FAULTS.tooLong };
    default:
      throw new Error(`csv-parse reported ${code}, which its options rule out`);
  }
}
