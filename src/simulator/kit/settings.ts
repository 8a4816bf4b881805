import type { SimulatorSettings } from './options.ts';

/**
 * The settings of one simulator, completed with its defaults. Throws for an unknown name and for a value of another type: a
 * misspelt setting would change nothing, and a test could pass because of it.
 */
export function completeSettings<Own extends object>(settings: SimulatorSettings, defaults: Own): Own {
  for (const [name, value] of Object.entries(settings)) {
    const usual = Object.hasOwn(defaults, name) ? (defaults as SimulatorSettings)[name] : undefined;
    if (usual === undefined)
      throw new Error(`no setting is called ${name}; there are: ${Object.keys(defaults).join(', ')}`);
    if (typeof value !== typeof usual) throw new Error(`the setting ${name} is a ${typeof usual}, as ${usual}`);
  }
  return { ...defaults, ...settings };
}

/** Throws unless `value` is one of the values of a setting. */
export function requireWord<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === value);
  if (word === undefined) throw new Error(`the setting ${name} is one of: ${words.join(', ')}`);
  return word;
}

/** The value of a setting such as `answerAs`, which counts for the first `times` requests (0: all); after them `own`. */
export class ScriptedWord {
  private readonly word: string;
  private readonly times: number;
  private used = 0;

  constructor(word: string, times: number) {
    this.word = word;
    this.times = times;
  }

  next(): string {
    if (this.times > 0 && this.used >= this.times) return 'own';
    this.used += 1;
    return this.word;
  }
}
