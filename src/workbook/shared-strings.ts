import type { Archive } from './archive.ts';
import { decoded, readWholeXml } from './xml.ts';

/** The texts are held in memory as a whole, since a cell may name any of them. */
const SHARED_STRINGS_MAX_BYTES = 128 * 1024 * 1024;

/** The texts that cells name by their position. */
export async function readSharedStrings(archive: Archive, name: string): Promise<readonly string[]> {
  const texts: string[] = [];
  const item = new RichText();
  await readWholeXml(
    { name, bytes: archive.read(name, SHARED_STRINGS_MAX_BYTES), root: 'sst' },
    {
      open: (element) => {
        if (element === 'si') item.start();
        else item.open(element);
      },
      close: (element) => {
        if (element === 'si') texts.push(item.text());
        else item.close(element);
      },
      text: (text) => item.add(text),
    },
  );
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
