import { basename } from 'node:path';
import type { CsvDefaults } from '../domain/csv-defaults.ts';
import type { IntakeContext } from './context.ts';
import { wholeFile, type ProblemList } from './problem-list.ts';
import { batchIdOfFile, batchIdRule, isBatchId } from './identifiers.ts';
import type { Outline } from './outline.ts';
import { singleSpaced } from './free-text.ts';
import { readSeries } from './occurrence.ts';

/** A bare CSV or workbook says nothing about itself: its name, the configuration's defaults and the command line do. */
export function outlineOfCsv(file: string, context: IntakeContext, problems: ProblemList): Outline {
  const { overrides, corrected, occurrence } = context;
  const name = basename(file);
  // A correction is read as what it corrects was, whatever its own name is.
  const ruleName = corrected === undefined ? name : basename(corrected.file);
  const defaults = defaultsFor(context.defaults, ruleName);
  const place = wholeFile(file);
  const id = overrides.batch ?? batchIdOfFile(name);
  if (!isBatchId(id)) {
    const source = overrides.batch === null ? `The file's name makes no batch id: ` : '';
    problems.error(place, 'batch-id-invalid', `${source}${batchIdRule(id)} Choose one with --batch.`);
  }
  return {
    batchId: isBatchId(id) ? id : null,
    description: '',
    notBefore: null,
    notAfter: null,
    preparedBy: corrected?.preparedBy ?? defaults?.preparedBy ?? '',
    ...readSeries(
      {
        ...{ series: corrected === undefined ? (defaults?.series ?? '') : '', occurrence: '', names: [name] },
        paidAs: occurrence,
      },
      () => place,
      problems,
    ),
    control: null,
    settings: {
      forcedAccount: overrides.account,
      account: corrected?.account ?? defaults?.account ?? null,
      currency: corrected?.currency ?? defaults?.currency?.toUpperCase() ?? null,
      narrative: singleSpaced(corrected?.narrative ?? defaults?.narrative ?? ''),
      numberFormat: corrected?.numberFormat ?? defaults?.numberFormat ?? null,
      values: corrected?.values ?? defaults?.values ?? {},
      rounding: corrected?.rounding ?? defaults?.rounding ?? 'refuse',
      priority: defaults?.priority ?? 'line',
    },
    input: {
      kind: 'table',
      file,
      encoding: corrected?.encoding ?? defaults?.encoding ?? null,
      sheet: corrected === undefined ? (defaults?.sheet ?? null) : corrected.sheet,
      mapping: {
        headers: corrected?.columns ?? defaults?.columns ?? {},
        ...(corrected === undefined ? {} : { isOfCorrected: true as const }),
        place: () => null,
      },
      // The failed file of a batch has its header on the first line, whatever stood above that of the batch.
      headerRow: corrected === undefined ? (defaults?.headerRow ?? null) : null,
      skip: defaults?.skip ?? [],
    },
    unexplained: [],
    place: (key) => ({ ...place, field: key }),
  };
}

/** The rule of a bare CSV: the first that matches its name. */
export function defaultsFor(defaults: readonly CsvDefaults[], file: string): CsvDefaults | undefined {
  return defaults.find(({ match }) => matches(match, basename(file)));
}

/** A glob on a name: `*` any text, `?` one character; case does not count, as for a file's ending. */
function matches(glob: CsvDefaults['match'], name: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${pattern}$`, 'is').test(name);
}
