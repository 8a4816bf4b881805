/** 4 MiB, whatever is put in: of a million keys about one in a million that were not put in looks as if it had been. */
const FILTER_WORDS = 2 ** 20;

/** Bits of one key stand in one block of 512 bits, which is one place in memory. */
const BLOCK_WORDS = 16;

const BITS_OF_KEY = 8;

/**
 * A set of fingerprints in a fixed amount of memory. A key that was put in is always found; one that was not is found very seldom, so
 * that whoever finds one has to look again.
 */
export class FixedFilter {
  private readonly bits = new Int32Array(FILTER_WORDS);

  /** Puts a fingerprint in; returns whether it may have been in before. */
  add(high: number, low: number): boolean {
    return this.visit(high, low, true);
  }

  mayHave(high: number, low: number): boolean {
    return this.visit(high, low, false);
  }

  private visit(high: number, low: number, adds: boolean): boolean {
    const { bits } = this;
    const block = (high & (FILTER_WORDS / BLOCK_WORDS - 1)) * BLOCK_WORDS;
    // An odd step leads to eight different bits of the block from most starts.
    const step = Math.imul(high ^ low, 0x9e3779b1) | 1;
    let at = low;
    let isIn = true;
    for (let bit = 0; bit < BITS_OF_KEY; bit++) {
      const place = at >>> 23;
      const word = block + (place >>> 5);
      const mask = 1 << (place & 31);
      const before = bits[word] ?? 0;
      if ((before & mask) === 0) {
        isIn = false;
        if (!adds) return false;
        bits[word] = before | mask;
      }
      at = (at + step) | 0;
    }
    return isIn;
  }
}
