import { Fingerprint } from '../domain/fingerprint.ts';
import { Uniqueness } from './uniqueness.ts';

/** A row whose key an earlier row has. */
export interface Repeat<Details> {
  readonly line: number;
  /** Line of the first row with the key. */
  readonly earlier: number;
  /** Null where more rows than {@link DESCRIBED_MAX} looked like repeats. */
  readonly details: Details | null;
}

/** So many rows that may repeat another one are kept with what a message says about them; of more only the lines are known. */
export const DESCRIBED_MAX = 100_000;

/**
 * Finds the rows of a file whose key an earlier row has, in about 16 bytes a row. A key is given as a fingerprint: a repeated one is
 * always found.
 *
 * Nearly no file has such rows, and a million rows must not be slow to check. So a filter of bits says of nearly every row that its
 * key is new, for a page of rows at a time: one by one, each would wait for its own place in memory. The few others are compared with
 * all rows at the end.
 */
export class Repeats<Details> {
  /** Filled by the caller with the key of the next row. */
  readonly print = new Fingerprint();
  private count = 0;
  /** Rows that the filter has seen. */
  private filtered = 0;
  private highs = new Int32Array(FIRST_SIZE);
  private lows = new Int32Array(FIRST_SIZE);
  private lines = new Int32Array(FIRST_SIZE);
  /** As long as the arrays above, a power of two. */
  private filter = new Int32Array(FIRST_SIZE);
  /** Index of each row that the filter could not clear, in the order of the rows. */
  private readonly candidates: number[] = [];
  private readonly described: Details[] = [];

  /** Remembers the key in {@link print}. */
  add(line: number): void {
    const { print, count } = this;
    if (count === this.lines.length) this.grow();
    this.highs[count] = print.high;
    this.lows[count] = print.low;
    this.lines[count] = line;
    this.count = count + 1;
  }

  /**
   * Ends a page of rows.
   *
   * @param details what a message says about the row that was the n-th to be added to the page. It must hold no cell of the row:
   * a cell would keep its part of the file in memory.
   */
  endPage(details: (nth: number) => Details): void {
    const { filter, highs, lows, candidates, count } = this;
    const start = this.filtered;
    const known = candidates.length;
    const words = filter.length - 1;
    for (let at = start; at < count; at++) {
      const low = lows[at] ?? 0;
      const word = (low >>> 5) & words;
      // Both bits of a key are in one word: one place in memory for each key.
      const bits = (1 << (low & 31)) | (1 << ((highs[at] ?? 0) & 31));
      const before = filter[word] ?? 0;
      filter[word] = before | bits;
      if ((before & bits) === bits) candidates.push(at);
    }
    this.filtered = count;
    for (let nth = known; nth < candidates.length && this.described.length < DESCRIBED_MAX; nth++) {
      this.described.push(details((candidates[nth] ?? 0) - start));
    }
  }

  /** The rows that repeat an earlier one, in their order. */
  listed(): Repeat<Details>[] {
    const { candidates, described, lines } = this;
    if (candidates.length === 0) return [];
    const suspected = new Uniqueness();
    for (const at of candidates) this.earlier(suspected, at);
    const seen = new Uniqueness();
    const earlierOf = new Map<number, number>();
    for (let at = 0; at < this.count; at++) {
      if (!suspected.has(this.highs[at] ?? 0, this.lows[at] ?? 0)) continue;
      const earlier = this.earlier(seen, at);
      if (earlier !== null) earlierOf.set(at, earlier);
    }
    return candidates.flatMap((at, nth) => {
      const earlier = earlierOf.get(at);
      return earlier === undefined ? [] : [{ line: lines[at] ?? 0, earlier, details: described[nth] ?? null }];
    });
  }

  private earlier(unique: Uniqueness, at: number): number | null {
    return unique.earlierPrint(this.highs[at] ?? 0, this.lows[at] ?? 0, this.lines[at] ?? 0);
  }

  private grow(): void {
    const size = this.lines.length * 2;
    this.highs = enlarged(this.highs, size);
    this.lows = enlarged(this.lows, size);
    this.lines = enlarged(this.lines, size);
    this.filter = new Int32Array(size);
    for (let at = 0; at < this.filtered; at++) {
      const low = this.lows[at] ?? 0;
      const word = (low >>> 5) & (size - 1);
      this.filter[word] = (this.filter[word] ?? 0) | (1 << (low & 31)) | (1 << ((this.highs[at] ?? 0) & 31));
    }
  }
}

const FIRST_SIZE = 2 ** 10;

function enlarged(numbers: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(numbers);
  return larger;
}
