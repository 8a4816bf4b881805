import { NumberColumn, TextsColumn } from './columns.ts';

const FIRST_SLOTS = 4096;

/** A number for each of many texts, outside of the JavaScript heap: a Map of as many strings takes several times the memory. */
export class TextNumbers {
  /** Of each slot the hash, and the entry and 1, side by side: a slot that is looked at is fetched from memory once. */
  private slots = new Int32Array(FIRST_SLOTS * 2);
  private count = 0;
  private readonly numbers = new NumberColumn();
  private readonly texts = new TextsColumn();

  get(text: string): number | undefined {
    const entry = this.entryOf(text, hashOf(text));
    return entry === null ? undefined : this.numbers.get(entry);
  }

  set(text: string, number: number): void {
    const hash = hashOf(text);
    const known = this.entryOf(text, hash);
    if (known === null) this.insert(text, hash, number);
    else this.numbers.set(known, number);
  }

  /** Gives the text this number unless it has one; returns the number that it has. */
  add(text: string, number: number): number {
    const hash = hashOf(text);
    const known = this.entryOf(text, hash);
    if (known !== null) return this.numbers.get(known);
    this.insert(text, hash, number);
    return number;
  }

  private insert(text: string, hash: number, number: number): void {
    const entry = this.count;
    this.count += 1;
    this.numbers.set(entry, number);
    this.texts.set(entry, [text]);
    if (this.count * 4 > this.slots.length) this.widen();
    place(this.slots, hash, entry + 1);
  }

  private entryOf(text: string, hash: number): number | null {
    const { slots } = this;
    const mask = slots.length / 2 - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot * 2 + 1] ?? 0;
      if (number === 0) return null;
      if (slots[slot * 2] === hash && this.texts.isOnly(number - 1, text)) return number - 1;
    }
  }

  private widen(): void {
    const wider = new Int32Array(this.slots.length * 2);
    for (let at = 0; at < this.slots.length; at += 2) {
      const number = this.slots[at + 1] ?? 0;
      if (number !== 0) place(wider, this.slots[at] ?? 0, number);
    }
    this.slots = wider;
  }
}

function place(slots: Int32Array, hash: number, number: number): void {
  const mask = slots.length / 2 - 1;
  let slot = hash & mask;
  while (slots[slot * 2 + 1] !== 0) slot = (slot + 1) & mask;
  slots[slot * 2] = hash;
  slots[slot * 2 + 1] = number;
}

/** FNV-1a with a last mixing, because receipts that follow each other differ in their last digit only. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
