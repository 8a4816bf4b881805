import { stripVTControlCharacters } from 'node:util';

/** A word that begins a command line within a sentence. */
const COMMAND_NAME = /^[`(]?payrun$/;
/** A word behind which a command line does not go on. */
const SENTENCE_END = /[.,;:)`]$/;
/** A word of a command line that is no word of a sentence: a flag, a path, an id, a number, a quoted text. */
const COMMAND_WORD = /^--|^["'…]|[0-9A-Z_/]/;

/**
 * A text in lines of at most `width` columns, each behind the indent. A command line within it is never broken: it gets a line of its
 * own where it does not fit, and no indent where it is wider than the rest of the line. Null: one line, however long.
 */
export function wrapped(text: string, width: number | null, indent: string): string[] {
  if (width === null) return [indent + text];
  const lines: string[] = [];
  let line = '';
  for (const part of unbreakable(text)) {
    if (line !== '' && columnsOf(`${line} ${part}`) > width) {
      lines.push(line);
      line = '';
    }
    if (line !== '') line += ` ${part}`;
    else line = columnsOf(indent + part) > width ? part : indent + part;
  }
  return line === '' ? lines : [...lines, line];
}

/** A line of text as it is where it fits, else {@link wrapped}. */
export function fitted(line: string, width: number | null): string[] {
  return width === null || columnsOf(line) <= width ? [line] : wrapped(line, width, '');
}

/** The words of a text, with each command line as one of them. */
function unbreakable(text: string): string[] {
  const words = text.split(' ').filter((word) => word !== '');
  const parts: string[] = [];
  for (let at = 0; at < words.length;) {
    const end = COMMAND_NAME.test(words[at] ?? '') ? commandEnd(words, at + 1) : at + 1;
    parts.push(words.slice(at, end).join(' '));
    at = end;
  }
  return parts;
}

/** The position behind the last word of a command line whose second word, the name of the command, stands at `at`. */
function commandEnd(words: readonly string[], at: number): number {
  let end = at + 1;
  for (let isQuoted = false; end < words.length; end++) {
    const [before = '', word = '', next = ''] = [words[end - 1], words[end], words[end + 1]];
    if (!isQuoted && SENTENCE_END.test(before)) break;
    const isValue = before.startsWith('--');
    if (!isQuoted && !isValue && !COMMAND_WORD.test(word) && !next.startsWith('--')) break;
    if ((word.replaceAll("\\'", '').match(/["']/g)?.length ?? 0) % 2 === 1) isQuoted = !isQuoted;
  }
  return end;
}

/** Columns on a terminal, near enough: marks take none, East Asian characters two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (/\p{M}/u.test(character)) continue;
    columns += /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(character) ? 2 : 1;
  }
  return columns;
}

/** One line, no control characters: a name in a file must not be able to write on the terminal. */
export function plainLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
