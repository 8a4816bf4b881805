import { isAscii, isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import type { InputEncoding } from '../domain/batch.ts';
import { isLikelyText } from './garbled.ts';
import { wholeFile, type ProblemList } from './problem-list.ts';

export interface TextSource {
  readonly file: string;
  /** What the user declared; a byte-order mark in the file wins over it. */
  readonly encoding: 'windows-1252' | null;
  /** What the text is, for advice about its bytes; default CSV or YAML. */
  readonly form?: 'xml';
  /** Whether a symbolic link is followed; default no. */
  readonly mayBeLink?: boolean;
  /** Is called with the encoding that the file turns out to have; once more where its bytes show another one. */
  readonly noteEncoding?: (encoding: InputEncoding) => void;
}

/** Bytes in, text out; an incomplete character at the end of a chunk waits for the next one. */
export type Decoder = (chunk: Buffer, last: boolean) => string | Promise<string>;

/**
 * The decoder of a file, by the byte-order mark of its first chunk, else as declared, else UTF-8. UTF-8 is checked strictly:
 * a wrong guess would pay `JosÃ©`.
 */
export function decoderFor(
  firstChunk: Buffer,
  source: TextSource,
  problems: ProblemList,
): { readonly decoder: Decoder; readonly markBytes: number } {
  const note = source.noteEncoding ?? (() => undefined);
  const [a, b, c] = firstChunk;
  if (a === 0xef && b === 0xbb && c === 0xbf) {
    note('utf-8-bom');
    return { decoder: utf8(source, problems, 3), markBytes: 3 };
  }
  if (a === 0xff && b === 0xfe) {
    note('utf-16le');
    return { decoder: utf16(source, problems, 'little'), markBytes: 2 };
  }
  if (a === 0xfe && b === 0xff) {
    note('utf-16be');
    return { decoder: utf16(source, problems, 'big'), markBytes: 2 };
  }
  if (source.encoding === 'windows-1252') {
    note('windows-1252');
    return { decoder: declaredWindows1252(source, problems), markBytes: 0 };
  }
  note('utf-8');
  return { decoder: utf8(source, problems, 0), markBytes: 0 };
}

/**
 * Every sequence of bytes is Windows-1252, so that a wrong declaration would pass unseen and pay `JosÃ©`; UTF-8 is recognised by its
 * form. A file that is declared as Windows-1252 and was saved as UTF-8, as many spreadsheets do, is read as UTF-8.
 */
function declaredWindows1252(source: TextSource, problems: ProblemList): Decoder {
  let decode: Decoder | null = null;
  let held: Buffer = Buffer.alloc(0);
  let offset = 0;
  return (chunk, last) => {
    if (decode !== null) return decode(chunk, last);
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const whole = bytes.subarray(0, bytes.length - unfinishedBytes(bytes));
    if (isAscii(whole) && (!last || whole.length === bytes.length)) {
      // Nothing to decide by yet.
      held = Buffer.from(bytes.subarray(whole.length));
      offset += whole.length;
      return whole.toString('latin1');
    }
    if (isUtf8(whole) && isLikelyText(whole.toString('utf8'))) {
      problems.warning(
        wholeFile(source.file),
        'encoding-looks-utf8',
        'The file is declared as windows-1252 and was saved as UTF-8: it was read as UTF-8. Check the names, and the declaration.',
      );
      // With its mark the next file is read so whatever is declared.
      source.noteEncoding?.('utf-8-bom');
      decode = utf8(source, problems, offset);
    } else {
      decode = windows1252();
    }
    return decode(bytes, last);
  };
}

function windows1252(): Decoder {
  const decoder = new TextDecoder('windows-1252');
  return (chunk, last) => decoder.decode(chunk, { stream: !last });
}

function utf8(source: TextSource, problems: ProblemList, markBytes: number): Decoder {
  let held: Buffer = Buffer.alloc(0);
  /** Where in the file the text that was not yet returned starts. */
  let offset = markBytes;
  let guess: Decoder | null = null;
  return async (chunk, last) => {
    if (guess !== null) return guess(chunk, last);
    // Most files are plain ASCII; finding that out is many times cheaper than decoding.
    if (held.length === 0 && isAscii(chunk)) {
      offset += chunk.length;
      return chunk.toString('latin1');
    }
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const text = last ? bytes : bytes.subarray(0, bytes.length - unfinishedBytes(bytes));
    if (isUtf8(text)) {
      held = Buffer.from(bytes.subarray(text.length));
      offset += text.length;
      return text.toString('utf8');
    }
    const line = await lineOfByte(source.file, offset + validBytes(text));
    problems.error(
      { ...wholeFile(source.file), line },
      'encoding-not-utf8',
      source.form === 'xml' ? NOT_UTF8_XML : NOT_UTF8,
    );
    // The batch is refused already; the likeliest truth lets the rest of it be checked as well.
    guess = windows1252();
    return guess(bytes, last);
  };
}

const NOT_UTF8 =
  'This line is not UTF-8 (the first such line). Save the file as "CSV UTF-8"; or, if it comes from a Windows program that ' +
  'saves plain "CSV", declare `encoding: windows-1252` beside `rows:` in a YAML batch or under `defaults:` in the configuration.';

const NOT_UTF8_XML =
  'This line is not UTF-8 (the first such line), and the XML declaration names no other encoding that payrun reads. Have the program that ' +
  'wrote the file write UTF-8, or name its encoding: <?xml version="1.0" encoding="windows-1252"?>.';

function utf16(source: TextSource, problems: ProblemList, order: 'little' | 'big'): Decoder {
  let held: Buffer = Buffer.alloc(0);
  let faulty = false;
  return (chunk, last) => {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let whole = bytes.length - (bytes.length % 2);
    if (!last && whole >= 2 && isHighSurrogate(bytes, whole - 2, order)) whole -= 2;
    const units = Buffer.from(bytes.subarray(0, whole));
    held = Buffer.from(bytes.subarray(whole));
    if (order === 'big') units.swap16();
    const text = units.toString('utf16le');
    if (!faulty && (!text.isWellFormed() || (last && held.length > 0))) {
      faulty = true;
      problems.error(
        wholeFile(source.file),
        'encoding-not-utf16',
        `The file starts as UTF-16 but is damaged or cut off. Save it again, best as ${source.form === 'xml' ? 'UTF-8' : '"CSV UTF-8"'}.`,
      );
    }
    return text;
  };
}

function isHighSurrogate(bytes: Buffer, at: number, order: 'little' | 'big'): boolean {
  const unit = order === 'little' ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** How many bytes at the end are the beginning of a character that is not complete. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < sequenceLength(byte) ? back : 0;
  }
  return 0;
}

function sequenceLength(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

/** Length of the longest valid beginning, by halving: a beginning of valid text is valid up to an unfinished character. */
function validBytes(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    const head = bytes.subarray(0, middle);
    if (isUtf8(head.subarray(0, middle - unfinishedBytes(head)))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

/** Physical line on which a byte stands. Reads the file again: a line is wanted only when something is wrong. */
async function lineOfByte(file: string, offset: number): Promise<number> {
  let line = 1;
  let afterCr = false;
  if (offset === 0) return line;
  for await (const chunk of createReadStream(file, { end: offset - 1 }) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      if (byte === 13 || (byte === 10 && !afterCr)) line += 1;
      afterCr = byte === 13;
    }
  }
  return line;
}
