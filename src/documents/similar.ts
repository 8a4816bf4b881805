import { nearest } from './nearest.ts';

/** A text as it is searched and compared by people: case, accents, punctuation and spaces do not count. */
export function searchKey(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/['’.]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Words that nearly every bank has in its name, so that they make no two names alike. */
const COMMON_WORDS: ReadonlySet<string> = new Set([
  'bank',
  'the',
  'of',
  'and',
  'ltd',
  'limited',
  'plc',
  'kenya',
  'group',
]);

/**
 * The names that a person most likely means by `text`, the most alike first: those that share words with it, then a misspelt one.
 * For the advice of a message; nothing is ever chosen by it.
 */
export function mostAlike(text: string, names: readonly string[], most: number): readonly string[] {
  const wanted = wordsIn(text);
  const scored = names
    .map((name) => ({ name, score: sharedWords(wanted, wordsIn(name)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ name }) => name);
  const misspelt = nearest(text, names);
  return [...new Set([...(misspelt === null ? [] : [misspelt]), ...scored])].slice(0, most);
}

function wordsIn(text: string): readonly string[] {
  const words = searchKey(text.slice(0, 200)).split(' ');
  const telling = words.filter((word) => word.length > 1 && !COMMON_WORDS.has(word));
  return telling.length > 0 ? telling : words.filter((word) => word !== '');
}

/** How much two names have in common: a whole word counts more than its beginning. */
function sharedWords(one: readonly string[], other: readonly string[]): number {
  let score = 0;
  for (const word of one) {
    if (other.includes(word)) score += 3;
    else if (other.some((known) => isBeginning(word, known) || isBeginning(known, word))) score += 1;
  }
  return score;
}

/** Whether a word of three letters or more begins another: `equit` of `equity`, `coop` of `cooperative`. */
function isBeginning(short: string, long: string): boolean {
  return short.length >= 3 && long.startsWith(short);
}
