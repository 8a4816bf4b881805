import type { SimulatorSettings } from './options.ts';

/**
 * The settings of one simulator, with its defaults for those that were not turned. Throws at a name that it does not have and at a
 * value of another type: a setting that was misspelt would turn nothing, and a test would pass for it.
 */
export function readSettings<Own extends object>(settings: SimulatorSettings, defaults: Own): Own {
  for (const [name, value] of Object.entries(settings)) {
    const usual = Object.hasOwn(defaults, name) ? (defaults as SimulatorSettings)[name] : undefined;
    if (usual === undefined)
      throw new Error(`no setting is called ${name}; there are: ${Object.keys(defaults).join(', ')}`);
    if (typeof value !== typeof usual) throw new Error(`the setting ${name} is a ${typeof usual}, as ${usual}`);
  }
  return { ...defaults, ...settings };
}

/** Throws unless `value` is one of the words that a setting can be turned to. */
export function requireWord<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === value);
  if (word === undefined) throw new Error(`the setting ${name} is one of: ${words.join(', ')}`);
  return word;
}
