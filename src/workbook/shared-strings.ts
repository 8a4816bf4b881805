import type { Archive } from './archive.ts';
import { decoded, readWholeXml } from './xml.ts';

/** The texts are held in memory as a whole, since a cell may name any of them. */
const SHARED_STRINGS_MAX_BYTES = 128 * 1024 * 1024;

/** How many texts are kept in one string. */
const BLOCK = 1024;

/**
 * The texts that cells name by their position. A hundred thousand names are kept in a hundred long strings: as many strings of their
 * own would be all that the memory of a reading grows by.
 */
export class SharedStrings {
  private readonly blocks: string[] = [];
  /** Where each text ends in its block. */
  private readonly ends: number[] = [];
  private collected: string[] = [];
  private length = 0;

  add(text: string): void {
    this.collected.push(text);
    this.length += text.length;
    this.ends.push(this.length);
    if (this.collected.length === BLOCK) this.endBlock();
  }

  /** No more texts come. */
  end(): void {
    if (this.collected.length > 0) this.endBlock();
  }

  /** Undefined where there are not so many. */
  at(position: number): string | undefined {
    const end = this.ends[position];
    if (end === undefined) return undefined;
    const start = position % BLOCK === 0 ? 0 : this.ends[position - 1];
    return this.blocks[Math.floor(position / BLOCK)]?.slice(start, end);
  }

  private endBlock(): void {
    this.blocks.push(this.collected.join(''));
    this.collected = [];
    this.length = 0;
  }
}

/** @param name of the part. */
export async function readSharedStrings(archive: Archive, name: string): Promise<SharedStrings> {
  const texts = new SharedStrings();
  const item = new RichText();
  await readWholeXml(
    { name, bytes: archive.read(name, SHARED_STRINGS_MAX_BYTES), root: 'sst' },
    {
      open: (element) => {
        if (element === 'si') item.start();
        else item.open(element);
      },
      close: (element) => {
        if (element === 'si') texts.add(item.text());
        else item.close(element);
      },
      text: (text) => item.add(text),
    },
  );
  texts.end();
  return texts;
}

/** Puts a text together from its runs; how it is pronounced (`rPh`, in Japanese files) is no part of it. */
export class RichText {
  private collected = '';
  private isInText = false;
  private isInPhonetic = false;

  start(): void {
    this.collected = '';
    this.isInText = false;
    this.isInPhonetic = false;
  }

  open(element: string): void {
    if (element === 't') this.isInText = !this.isInPhonetic;
    else if (element === 'rPh') this.isInPhonetic = true;
  }

  close(element: string): void {
    if (element === 't') this.isInText = false;
    else if (element === 'rPh') this.isInPhonetic = false;
  }

  add(text: string): void {
    if (this.isInText) this.collected = this.collected === '' ? text : this.collected + text;
  }

  text(): string {
    return decoded(this.collected);
  }
}
