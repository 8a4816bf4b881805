import { NumberColumn, TextsColumn } from './columns.ts';

const FIRST_SLOTS = 4096;

/** A number for each of many texts, outside of the JavaScript heap: a Map of as many strings takes several times the memory. */
export class TextNumbers {
  private slots = new Int32Array(FIRST_SLOTS);
  private count = 0;
  private readonly hashes = new NumberColumn();
  private readonly numbers = new NumberColumn();
  private readonly texts = new TextsColumn();

  get(text: string): number | undefined {
    const entry = this.entryOf(text, hashOf(text));
    return entry === null ? undefined : this.numbers.get(entry);
  }

  set(text: string, number: number): void {
    const hash = hashOf(text);
    const known = this.entryOf(text, hash);
    if (known !== null) {
      this.numbers.set(known, number);
      return;
    }
    const entry = this.count;
    this.count += 1;
    this.hashes.set(entry, hash);
    this.numbers.set(entry, number);
    this.texts.set(entry, [text]);
    if (this.count * 2 > this.slots.length) this.widen();
    else this.place(entry, hash);
  }

  private entryOf(text: string, hash: number): number | null {
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = (this.slots[slot] ?? 0) - 1;
      if (entry === -1) return null;
      if (this.hashes.get(entry) === hash && this.texts.isOnly(entry, text)) return entry;
    }
  }

  private widen(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    for (let entry = 0; entry < this.count; entry++) this.place(entry, this.hashes.get(entry));
  }

  private place(entry: number, hash: number): void {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = entry + 1;
  }
}

/** FNV-1a with a last mixing, because receipts that follow each other differ in their last digit only. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
