/**
 * Columns of a table whose rows are numbered from 0. Their values stand outside of the JavaScript heap: hundreds of thousands of
 * objects would fill the memory, and the garbage collector would walk through them again and again.
 */

const FIRST_ROWS = 1024;

/** Whole numbers of 32 bits; 0 where nothing was set. */
export class NumberColumn {
  private values = new Int32Array(FIRST_ROWS);

  get(row: number): number {
    return this.values[row] ?? 0;
  }

  set(row: number, value: number): void {
    if (row >= this.values.length) {
      const wider = new Int32Array(Math.max(row + 1, this.values.length * 2));
      wider.set(this.values);
      this.values = wider;
    }
    this.values[row] = value;
  }

  add(row: number, bits: number): void {
    this.set(row, this.get(row) | bits);
  }
}

/** Whole numbers of 64 bits: amounts, times. */
export class BigColumn {
  private values = new BigInt64Array(FIRST_ROWS);

  get(row: number): bigint {
    return this.values[row] ?? 0n;
  }

  set(row: number, value: bigint): void {
    if (row >= this.values.length) {
      const wider = new BigInt64Array(Math.max(row + 1, this.values.length * 2));
      wider.set(this.values);
      this.values = wider;
    }
    this.values[row] = value;
  }
}

/** Words that many rows repeat, by number. */
export class WordColumn<Word extends string> {
  private readonly numbers = new NumberColumn();
  private readonly words: Word[];
  private readonly known: Map<Word, number>;
  private readonly unset: Word;

  /** @param unset of a row for which nothing was set. */
  constructor(unset: Word) {
    this.unset = unset;
    this.words = [unset];
    this.known = new Map([[unset, 0]]);
  }

  get(row: number): Word {
    return this.words[this.numbers.get(row)] ?? this.unset;
  }

  set(row: number, word: Word): void {
    let number = this.known.get(word);
    if (number === undefined) {
      number = this.words.push(word) - 1;
      this.known.set(word, number);
    }
    this.numbers.set(row, number);
  }
}

const PAGE_BYTES = 1024 * 1024;
/** A character of UTF-16 takes at most three bytes of UTF-8. */
const BYTES_OF_UNIT = 3;
const LENGTH_BYTES = 4;
/** Files with this character are refused; a provider's answer may have it, which is shown as one that cannot be displayed. */
const BETWEEN = '\0';
const REPLACEMENT_CHARACTER = '\uFFFD';

/** Several texts of each row, set once and in the order of the rows. */
export class TextsColumn {
  /** Of one length; a text that is longer takes the place of several. */
  private readonly pages: Buffer[] = [];
  private used = PAGE_BYTES;
  /** Where the texts of a row begin, behind their length, over all pages. */
  private readonly starts = new NumberColumn();

  get(row: number): readonly string[] {
    const { page, start, length } = this.place(row);
    return page.toString('utf8', start, start + length).split(BETWEEN);
  }

  set(row: number, texts: readonly string[]): void {
    let text = '';
    for (let at = 0; at < texts.length; at++) {
      const one = texts[at] ?? '';
      const clean = one.includes(BETWEEN) ? one.replaceAll(BETWEEN, REPLACEMENT_CHARACTER) : one;
      text = at === 0 ? clean : `${text}${BETWEEN}${clean}`;
    }
    const most = LENGTH_BYTES + text.length * BYTES_OF_UNIT;
    if (this.used + most > PAGE_BYTES) this.addPage(most);
    const page = this.pages.at(-1) ?? Buffer.alloc(0);
    this.starts.set(row, (this.pages.length - 1) * PAGE_BYTES + this.used);
    const length = page.write(text, this.used + LENGTH_BYTES);
    page.writeUInt32LE(length, this.used);
    this.used += LENGTH_BYTES + length;
  }

  /** Whether the only text of a row is this one. */
  isOnly(row: number, text: string): boolean {
    const { page, start, length } = this.place(row);
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit >= 128) return page.toString('utf8', start, start + length) === text;
      if (page[start + at] !== unit) return false;
    }
    return length === text.length;
  }

  private place(row: number): { readonly page: Buffer; readonly start: number; readonly length: number } {
    const position = this.starts.get(row) >>> 0;
    const page = this.pages[Math.floor(position / PAGE_BYTES)];
    if (page === undefined) throw new Error(`no texts were set for row ${row}`);
    const at = position % PAGE_BYTES;
    return { page, start: at + LENGTH_BYTES, length: page.readUInt32LE(at) };
  }

  private addPage(bytes: number): void {
    const page = Buffer.allocUnsafeSlow(Math.max(bytes, PAGE_BYTES));
    if ((this.pages.length + 1) * PAGE_BYTES > 2 ** 32) throw new Error('more than 4 GiB of text in one statement');
    this.pages.push(page);
    this.used = 0;
  }
}
