/**
 * Remembers the ids of a batch and where each stood first, in 24 to 48 bytes an id: a million take less than 50 MB.
 *
 * The table keeps a 64-bit fingerprint of each id instead of the id. A repeated id is always found. That two different ids of a
 * million share a fingerprint happens once in some thirty million files; then a sound file is refused, and nobody is paid twice.
 */
export class Uniqueness {
  private size = 0;
  private slots = 2 ** 12;
  /** Per slot: the two halves of the fingerprint and the first line of the id, 0 in an empty slot; together for the cache's sake. */
  private table = new Uint32Array(this.slots * WORDS);

  /** Line on which the same id stood before, or null when it is new. */
  earlier(key: string, line: number): number | null {
    // Two mixing lanes that stir each other at the end (the scheme known as cyrb53, with all of its 64 bits).
    let a = 0xdeadbeef;
    let b = 0x41c6ce57;
    for (let index = 0; index < key.length; index++) {
      const unit = key.charCodeAt(index);
      a = Math.imul(a ^ unit, 2654435761);
      b = Math.imul(b ^ unit, 1597334677);
    }
    const high = (Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)) >>> 0;
    const low = (Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)) >>> 0;
    const at = this.find(high, low);
    const found = this.table[at + 2] ?? 0;
    if (found > 0) return found;
    this.put(at, high, low, line);
    this.size += 1;
    if (this.size * 2 > this.slots) this.grow();
    return null;
  }

  /** Where in the table the fingerprint is, or the empty slot where it belongs. */
  private find(high: number, low: number): number {
    const { table } = this;
    const end = this.slots * WORDS;
    let at = (low % this.slots) * WORDS;
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
    this.table = new Uint32Array(this.slots * WORDS);
    for (let at = 0; at < table.length; at += WORDS) {
      const [high = 0, low = 0, line = 0] = [table[at], table[at + 1], table[at + 2]];
      if (line > 0) this.put(this.find(high, low), high, low, line);
    }
  }
}

const WORDS = 3;
