import { Fingerprint } from '../domain/fingerprint.ts';

/**
 * Remembers keys and where each stood first, in 24 to 48 bytes a key.
 *
 * The table keeps a fingerprint of each key instead of the key. A repeated key is always found. When two different ids share a
 * fingerprint, a sound file is refused, and nobody is paid twice.
 */
export class Uniqueness {
  private readonly print = new Fingerprint();
  private size = 0;
  /** A power of two. */
  private slots = 2 ** 10;
  /** Per slot: the two halves of the fingerprint and the first line of the key, 0 in an empty slot; together for the cache's sake. */
  private table = new Int32Array(this.slots * WORDS);

  /** Line on which the same key stood before, or null when it is new. */
  earlier(key: string, line: number): number | null {
    const { print } = this;
    print.begin();
    print.addText(key);
    print.end();
    return this.earlierPrint(print.high, print.low, line);
  }

  /** The same by the halves of a fingerprint. */
  earlierPrint(high: number, low: number, line: number): number | null {
    const at = this.find(high, low);
    const found = this.table[at + 2] ?? 0;
    if (found > 0) return found;
    this.put(at, high, low, line);
    this.size += 1;
    if (this.size * 2 > this.slots) this.grow();
    return null;
  }

  has(high: number, low: number): boolean {
    return this.table[this.find(high, low) + 2] !== 0;
  }

  /** Where in the table the fingerprint is, or the empty slot where it belongs. */
  private find(high: number, low: number): number {
    const { table, slots } = this;
    const end = slots * WORDS;
    let at = (low & (slots - 1)) * WORDS;
    while (table[at + 2] !== 0 && (table[at + 1] !== low || table[at] !== high))
      at = at + WORDS === end ? 0 : at + WORDS;
    return at;
  }

  private put(at: number, high: number, low: number, line: number): void {
    this.table[at] = high;
    this.table[at + 1] = low;
    this.table[at + 2] = line;
  }

  private grow(): void {
    const { table } = this;
    this.slots *= 2;
    this.table = new Int32Array(this.slots * WORDS);
    for (let at = 0; at < table.length; at += WORDS) {
      const [high = 0, low = 0, line = 0] = [table[at], table[at + 1], table[at + 2]];
      if (line > 0) this.put(this.find(high, low), high, low, line);
    }
  }
}

const WORDS = 3;
