import { isMessageFile, isWorkbookFile, otherSpreadsheet } from './batch-files.ts';
import { fileSize } from './bytes.ts';
import type { IntakeContext } from './context.ts';
import { outlineOfCsv } from './csv-outline.ts';
import type { Outline } from './outline.ts';
import { wholeFile, type ProblemList } from './problem-list.ts';
import { outlineOfYaml } from './yaml-outline.ts';

/** What a batch file says before its payments are read; null when there is nothing to go on with: why was reported. */
export async function outlineOfFile(
  file: string,
  context: IntakeContext,
  problems: ProblemList,
): Promise<Outline | null> {
  if (/\.csv$/i.test(file) || isWorkbookFile(file)) return outlineOfCsv(file, context, problems);
  if (isMessageFile(file)) {
    // Loaded here, because most batches are no messages.
    const { outlineOfPain } = await import('./pain/outline.ts');
    return outlineOfPain(file, context, problems);
  }
  if (/\.ya?ml$/i.test(file)) return outlineOfYaml(file, context, problems);
  const what = otherSpreadsheet(file);
  // A Numbers document may be a folder.
  if (what === null) await fileSize(file);
  problems.error(
    wholeFile(file),
    'file-kind-unknown',
    what === null
      ? 'A batch is a YAML or CSV file, a workbook or a pain.001, told by its name: .yaml, .yml, .csv, .xlsx or .xml. Save it as one of these.'
      : `This is ${what}, which payrun does not read, so that nobody in it was paid. Open it, save it as .xlsx or as "CSV UTF-8", and take this file away.`,
  );
  return null;
}
