import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { LedgerMark, SeenMark } from '../past-rules.ts';

const LINE = /^([0-9a-f]{32}) (\d{1,15}) *\n/;
const LINE_BYTES_MAX = 64;

export function markText({ id, counter }: LedgerMark): string {
  return `${id} ${counter}\n`;
}

export function parseMark(text: string): LedgerMark | null {
  const [, id, counter] = LINE.exec(text) ?? [];
  return id === undefined ? null : { id, counter: Number(counter) };
}

/** Null where there is no mark, or none that can be read (a power cut may leave an empty file). */
export function readMark(path: string): SeenMark | null {
  const descriptor = openExisting(path, constants.O_RDONLY);
  if (descriptor === null) return null;
  try {
    const mark = parseMark(firstBytes(descriptor, Buffer.alloc(LINE_BYTES_MAX)));
    return mark === null ? null : { ...mark, writtenAt: fstatSync(descriptor).mtimeMs };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * A file whose first line is a mark: kept open, and overwritten in place with one write, which no power cut can cut in two. Not
 * flushed: after a power cut the mark may be older than the ledger, never newer.
 */
export class MarkFile {
  private readonly path: string;
  private readonly descriptor: number;
  private readonly lineOf: (mark: LedgerMark) => string;
  private readonly buffer = Buffer.alloc(LINE_BYTES_MAX);

  /** Opens the file; makes it, whole and durable, where it is missing or cannot be read. */
  static open(path: string, content: string, lineOf: (mark: LedgerMark) => string): MarkFile {
    const existing = openExisting(path, constants.O_RDWR);
    const descriptor = existing ?? openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    if (existing === null) fchmodSync(descriptor, 0o600);
    if (existing === null || parseMark(firstBytes(descriptor, Buffer.alloc(LINE_BYTES_MAX))) === null) {
      writeSync(descriptor, content, 0);
      fsyncSync(descriptor);
      flushFolder(dirname(path));
    }
    return new MarkFile(path, descriptor, lineOf);
  }

  private constructor(path: string, descriptor: number, lineOf: (mark: LedgerMark) => string) {
    this.path = path;
    this.descriptor = descriptor;
    this.lineOf = lineOf;
  }

  /** Never lowers the counter: another process may have written a newer one. */
  raise(mark: LedgerMark): void {
    const known = parseMark(firstBytes(this.descriptor, this.buffer));
    if (known !== null && (known.id !== mark.id || known.counter >= mark.counter)) return;
    writeSync(this.descriptor, this.lineOf(mark), 0);
  }

  /** Writes the mark whatever stands there, and flushes it. */
  set(mark: LedgerMark): void {
    writeSync(this.descriptor, this.lineOf(mark), 0);
    fsyncSync(this.descriptor);
  }

  /** Overwrites part of what stands behind the first line, and flushes it. */
  overwrite(text: string, position: number): void {
    writeSync(this.descriptor, text, position);
    fsyncSync(this.descriptor);
  }

  /** Whether the path does not name this file any more. */
  isGone(): boolean {
    const found = statSync(this.path, { throwIfNoEntry: false });
    const own = fstatSync(this.descriptor);
    return found === undefined || found.ino !== own.ino || found.dev !== own.dev;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function openExisting(path: string, flags: number): number | null {
  try {
    return openSync(path, flags);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

function firstBytes(descriptor: number, buffer: Buffer): string {
  const length = readSync(descriptor, buffer, 0, LINE_BYTES_MAX, 0);
  return buffer.toString('latin1', 0, length);
}

function flushFolder(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
