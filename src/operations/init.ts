import { initProject } from '../config/init.ts';

export interface InitResult {
  /** Files written, absolute, in the order in which a person should read them. */
  readonly files: readonly string[];
}

/**
 * Writes a commented configuration, a sample batch, folders and schemas into `dir`. Overwrites nothing: throws `PayrunError` 2 that
 * names what is in the way, before anything is written.
 */
export function init(dir: string): Promise<InitResult> {
  return initProject(dir);
}
