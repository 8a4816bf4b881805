import type { Knobs } from './options.ts';

/**
 * The knobs of one simulator, with its defaults for those that were not turned. Throws at a name that it does not have and at a
 * value of another type: a knob that was misspelt would turn nothing, and a test would pass for it.
 */
export function readKnobs<Own extends object>(knobs: Knobs, defaults: Own): Own {
  for (const [name, value] of Object.entries(knobs)) {
    const usual = Object.hasOwn(defaults, name) ? (defaults as Knobs)[name] : undefined;
    if (usual === undefined)
      throw new Error(`no knob is called ${name}; there are: ${Object.keys(defaults).join(', ')}`);
    if (typeof value !== typeof usual) throw new Error(`the knob ${name} is a ${typeof usual}, as ${usual}`);
  }
  return { ...defaults, ...knobs };
}

/** Throws unless `value` is one of the words that a knob can be turned to. */
export function knobWord<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === value);
  if (word === undefined) throw new Error(`the knob ${name} is one of: ${words.join(', ')}`);
  return word;
}
