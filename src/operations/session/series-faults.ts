import { resolve } from 'node:path';
import type { Config, ConfigFault } from '../../config/config.ts';
import { isBatchFile } from '../../intake/batch-files.ts';

/** What is wrong with the series of a configuration, as far as expressions, files and folders are concerned. */
export async function seriesFaults({ series, batches }: Config): Promise<readonly ConfigFault[]> {
  if (series.size === 0) return [];
  // Loaded here: a configuration without series needs no reader of expressions.
  const { expressionFault } = await import('../../schedule/occurrences.ts');
  return [...series.values()].flatMap(({ name, every, source }) => {
    const faults: ConfigFault[] = [];
    const add = (key: string, message: string): void => {
      faults.push({ path: ['series', name, key], message: `series.${name}.${key}: ${message}` });
    };
    const fault = expressionFault(every);
    if (fault !== null) add('every', fault);
    if (source.kind === 'template' && (!isBatchFile(source.path) || /\.xml$/i.test(source.path))) {
      // A message names the one day of its payments.
      add('template', 'a template ends in .yaml, .yml, .csv or .xlsx. Name one.');
    }
    if (source.kind === 'folder' && resolve(source.path) === resolve(batches)) {
      add(
        'folder',
        `${batches} is the drop folder, of which every file is paid by itself. Give the series a folder of its own.`,
      );
    }
    return faults;
  });
}
