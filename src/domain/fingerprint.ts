/**
 * A fingerprint of 64 bits, as two signed halves of 32 bits. That two different keys of a million share one happens once in some
 * thirty million files. One object takes fingerprint after fingerprint: a file has a million of them.
 */
export class Fingerprint {
  high = 0;
  low = 0;
  // Two mixing lanes that stir each other at the end (the scheme known as cyrb53, with all of its 64 bits).
  private a = START_A;
  private b = START_B;

  begin(): void {
    this.a = START_A;
    this.b = START_B;
  }

  addText(text: string): void {
    let { a, b } = this;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      a = Math.imul(a ^ unit, 2654435761);
      b = Math.imul(b ^ unit, 1597334677);
    }
    this.a = a;
    this.b = b;
  }

  /** @param value a whole number of at most 32 bits; of a larger one only the lowest 32 count. */
  addNumber(value: number): void {
    this.a = Math.imul(this.a ^ value, 2654435761);
    this.b = Math.imul(this.b ^ value, 1597334677);
  }

  /** From here on {@link high} and {@link low} are the fingerprint of what was added. */
  end(): void {
    const { a, b } = this;
    this.high = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    this.low = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(this.high ^ (this.high >>> 13), 3266489909);
  }
}

const START_A = 0xdeadbeef | 0;
const START_B = 0x41c6ce57;
