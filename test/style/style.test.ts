import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commentsOf, declaredNames, functionsOf, lineCount, sourcesIn, topLevelNames, wordsOf } from './source.ts';

const LINES_PER_FILE = 300;
const LINES_PER_FUNCTION = 70;
const PARAMETERS = 5;

/** A sentence whose subject is one of these says nothing to a reader who has not read the code. */
const RIDDLE = /^(It|Its|Nobody|Somebody|Whoever|But for|Nor|Once|They|This|That|These|Those|He|She)\b/;

const banned = JSON.parse(readFileSync('test/style/banned-identifiers.json', 'utf8')) as {
  readonly words: readonly string[];
  readonly identifiers: readonly string[];
  /** Names that a file format or an interface to other processes fixes, each with its reason. */
  readonly allowed: Readonly<Record<string, string>>;
};
const src = sourcesIn('src');
const all = [...src, ...sourcesIn('test')];

it('the style rules look at the whole code', () => {
  expect(src.length).toBeGreaterThan(200);
  expect(all.length).toBeGreaterThan(300);
  expect(src.flatMap(declaredNames).length).toBeGreaterThan(5_000);
  expect(src.flatMap(commentsOf).length).toBeGreaterThan(1_000);
});

describe('sizes', () => {
  it(`no file has more than ${LINES_PER_FILE} lines`, () => {
    expect(src.filter((source) => lineCount(source) > LINES_PER_FILE).map(({ path }) => path)).toEqual([]);
  });

  it(`no function has more than ${LINES_PER_FUNCTION} lines or ${PARAMETERS} parameters`, () => {
    const large = src.flatMap(functionsOf).filter(({ lines, parameters }) => {
      return lines > LINES_PER_FUNCTION || parameters > PARAMETERS;
    });
    expect(large).toEqual([]);
  });
});

describe('words', () => {
  it('no identifier uses a word that docs/glossary.md replaces', () => {
    const words = new Set(banned.words);
    const identifiers = new Set(banned.identifiers);
    const found = all.flatMap(declaredNames).filter(({ name }) => {
      if (Object.hasOwn(banned.allowed, name)) return false;
      return identifiers.has(name) || wordsOf(name).some((word) => words.has(word));
    });
    expect(found.map(({ place, name }) => `${place} ${name}`)).toEqual([]);
  });

  it('no comment begins with a pronoun', () => {
    const riddles = src.flatMap(commentsOf).filter(({ text }) => RIDDLE.test(text));
    expect(riddles.map(({ place, text }) => `${place} ${text.slice(0, 60)}`)).toEqual([]);
  });

  it('one top-level name is defined once', () => {
    const places = new Map<string, string[]>();
    for (const source of src) {
      for (const name of topLevelNames(source)) places.set(name, [...(places.get(name) ?? []), source.path]);
    }
    const twice = [...places]
      .filter(([, paths]) => paths.length > 1)
      .map(([name, paths]) => `${name}: ${paths.join(' ')}`);
    expect(twice).toEqual([]);
  });
});
