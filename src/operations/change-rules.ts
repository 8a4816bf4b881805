import type { Config } from '../config/config.ts';
import type { BatchHeader } from '../domain/batch.ts';
import { changeSettings, type ChangeRules, type ChangeSettings } from '../domain/changes.ts';
import { defaultsFor } from '../intake/csv-outline.ts';

/** What the configuration says of the changes of a file: its rule before what it says for all files. */
export function changeSettingsFor(config: Pick<Config, 'changes' | 'defaults'>, header: BatchHeader): ChangeSettings {
  return changeSettings(...writtenRules(config, header));
}

/** Whether the configuration says anything of them. */
export function areChangesConfigured(config: Pick<Config, 'changes' | 'defaults'>, header: BatchHeader): boolean {
  return writtenRules(config, header).some((rules) => Object.keys(rules).length > 0);
}

function writtenRules(
  { changes, defaults }: Pick<Config, 'changes' | 'defaults'>,
  { file }: BatchHeader,
): readonly ChangeRules[] {
  // A YAML batch says itself what a rule says of other files.
  const rule = /\.ya?ml$/i.test(file) ? undefined : defaultsFor(defaults, file);
  return [rule?.changes ?? {}, changes];
}
