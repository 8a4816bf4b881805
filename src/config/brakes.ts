import { parseStopLimit, type StopLimit, type StopWhen } from '../domain/stop-when.ts';
import type { YamlValue as Tree } from '../documents/yaml.ts';
import { ruleAt, textAt } from './tree.ts';

/** How much of a batch an account lets go by itself. */
export interface AccountBrakes {
  /** So many payments of a batch go first; null: all go. */
  readonly canary: number | null;
  /** Null: whatever goes wrong. */
  readonly stopWhen: StopWhen | null;
}

export function buildBrakes(account: Tree): AccountBrakes {
  const canary = textAt(account, 'canary');
  const limit = (status: keyof StopWhen): StopLimit | null => {
    const text = textAt(account, 'stop_when', status);
    return text === null ? null : parseStopLimit(text);
  };
  const isSet = ruleAt(account, 'stop_when') !== undefined;
  return {
    canary: canary === null ? null : Number(canary),
    stopWhen: isSet ? { failed: limit('failed'), unknown: limit('unknown'), returned: limit('returned') } : null,
  };
}
