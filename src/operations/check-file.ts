import type { BatchSummary, BatchTotal } from '../domain/batch.ts';
import type { AccountChoice } from '../domain/csv-defaults.ts';
import { checkBatch, type CheckedBatch, type CorrectedBatch } from '../intake/batch.ts';
import { correctionIn, type FileCorrection } from '../intake/corrected.ts';
import { defaultsFor } from '../intake/csv-outline.ts';
import type { RepairStage } from '../intake/repair/stage.ts';
import type { BatchStore } from '../ledger/ledger.ts';
import type { BatchRecord } from '../ledger/records.ts';
import { PayrunError } from '../domain/problem.ts';
import type { BatchOptions } from './batch-options.ts';
import { fileSignature, isSameFile } from './session/batch-files.ts';
import { isInDone } from './session/done-folder.ts';
import { contextOfFile } from './session/occurrence-files.ts';
import { intakeContext, type Project } from './session/project.ts';
import { withSessionIfLedger, type OperationContext } from './session/session.ts';

type CheckOptions = Pick<BatchOptions, 'account' | 'batch' | 'amend' | 'repair' | 'occurrence' | 'isOnlyChecked'>;

/** Room for the number of a second file of the same name. */
const NUMBERED_ID_MAX = 60;

/**
 * Checks a batch file. A CSV or workbook that corrects another batch is read as that batch was. A second such file of the same name with other
 * rows gets an id of its own, `…-2`: it must not look as if it had been paid.
 *
 * @param ledger null where there is none yet.
 * @param stage proposes or applies repairs, where that is not done by the options.
 */
export async function checkFile(
  project: Project,
  ledger: BatchStore | null,
  file: string,
  options: CheckOptions,
  stage?: RepairStage,
): Promise<CheckedBatch> {
  const { repair = null } = options;
  if (repair !== null) {
    // Loaded here: most files are paid as they came.
    const { checkRepaired } = await import('./repair.ts');
    return checkRepaired({ batch: file, file: repair }, (applied) =>
      checkFile(project, ledger, file, { ...options, repair: null }, applied),
    );
  }
  const withStage = stage === undefined ? {} : { repair: stage };
  if (ledger !== null && (await isInDone(project.config.batches, file))) {
    return checkDoneFile(ledger, file, async (batch) => {
      const context = intakeContext(project, { ...options, batch: options.batch ?? batch });
      const corrected = await correctedOf(ledger, await correctionOf(project, file));
      return checkBatch(file, { ...context, ...withStage, ...(corrected === null ? {} : { corrected }) });
    });
  }
  const context = { ...contextOfFile(project, file, options), ...withStage };
  const corrected = ledger === null ? null : await correctedOf(ledger, await correctionOf(project, file));
  if (ledger === null || corrected === null) return checkBatch(file, context);
  const checked = await checkBatch(file, { ...context, corrected });
  const { summary } = checked;
  if (summary === null || options.batch !== null || options.amend) return checked;
  const batch = await unusedId(ledger, summary);
  if (batch === summary.header.id) return checked;
  return checkBatch(file, { ...context, corrected, overrides: { ...context.overrides, batch } });
}

/**
 * Checks a file that was moved when all of it was paid: it stands for the batch that it was, whatever name it was moved under. Any
 * other file there is refused: what stands among the paid files was paid.
 *
 * @param check reads the file under this batch id, unless another one was asked for.
 */
async function checkDoneFile(
  ledger: BatchStore,
  file: string,
  check: (batch: string | null) => Promise<CheckedBatch>,
): Promise<CheckedBatch> {
  const signature = await fileSignature(file);
  const memos = signature === null ? [] : await ledger.fileMemos({ path: signature.path });
  const memo = memos.find((known) => signature !== null && isSameFile(known, signature));
  const own = /\.ya?ml$/i.test(file) ? null : (memo?.batch ?? null);
  const checked = await check(own);
  const { batchId } = checked;
  if (checked.summary === null || batchId === null || (await ledger.batch(batchId)) !== null) return checked;
  throw new PayrunError(
    3,
    'file-in-done',
    `${file} stands among the files that were paid, and the ledger has no batch ${batchId}. Nothing of it was sent. If it is to be ` +
      'paid, move it out of that folder first.',
  );
}

/** As {@link checkFile}. The ledger is opened only for a file that corrects a batch, or that was moved when it was paid. */
export async function checkFileIfLedger(
  context: OperationContext,
  file: string,
  options: CheckOptions,
  stage?: RepairStage,
): Promise<CheckedBatch> {
  const { project } = context;
  const isDone = await isInDone(project.config.batches, file);
  if (!isDone && (await correctionOf(project, file)) === null) return checkFile(project, null, file, options, stage);
  return withSessionIfLedger(context, { command: 'check' }, (session) =>
    checkFile(project, session?.ledger ?? null, file, options, stage),
  );
}

function correctionOf({ config }: Project, file: string): Promise<FileCorrection | null> {
  return correctionIn(file, defaultsFor(config.defaults, file)?.sheet ?? null);
}

async function correctedOf(ledger: BatchStore, correction: FileCorrection | null): Promise<CorrectedBatch | null> {
  const record = correction === null ? null : await ledger.batch(correction.batch);
  if (correction === null || record === null) return null;
  const { header, totals } = record;
  const headers = header.columnFields.flatMap((field, at): [string, string][] => {
    return field === '' || field === 'replaces' ? [] : [[field, header.columns[at] ?? '']];
  });
  const currencies = new Set(totals.map(({ currency }) => currency));
  const narrative = await narrativeOf(ledger, record);
  return {
    file: header.rowsFile ?? header.file,
    sheet: correction.sheet,
    columns: Object.fromEntries(headers),
    account: accountChoiceOf(totals),
    currency: currencies.size === 1 ? ([...currencies][0] ?? null) : null,
    narrative,
    encoding: header.reading?.encoding === 'windows-1252' ? 'windows-1252' : null,
    numberFormat: header.reading?.numberFormat ?? null,
    values: header.reading === undefined ? null : (header.reading.values ?? null),
    rounding: header.reading?.rounding ?? null,
    preparedBy: header.preparedBy ?? null,
  };
}

/** The account that paid everything, or the one that paid each kind of destination; null where several paid one kind. */
function accountChoiceOf(totals: readonly BatchTotal[]): AccountChoice | null {
  const accounts = new Set(totals.map(({ account }) => account));
  const [first] = accounts;
  if (first !== undefined && accounts.size === 1) return first;
  const byKind = new Map(totals.map(({ kind, account }) => [kind, account]));
  return totals.every(({ kind, account }) => byKind.get(kind) === account) ? Object.fromEntries(byKind) : null;
}

/**
 * The narrative of payments that have none of their own, which is the same for all of them. Where the file has a column for it, one that
 * may be corrected and left its cell empty shows it.
 */
async function narrativeOf(ledger: BatchStore, { header }: BatchRecord): Promise<string> {
  const column = header.columnFields.indexOf('narrative');
  const filter = column < 0 ? {} : { statuses: ['failed', 'cancelled', 'replaced'] as const };
  for await (const page of ledger.payments({ batch: header.id, ...filter })) {
    const found = page.find(({ cells }) => column < 0 || (cells[column] ?? '').trim() === '');
    if (found !== undefined) return found.narrative;
  }
  return '';
}

/** The id of the file's name where it is unused or has these very rows, else with the first number that is. */
async function unusedId(ledger: BatchStore, { header: { id }, digest }: BatchSummary): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? id : `${id.slice(0, NUMBERED_ID_MAX)}-${number}`;
    const known = await ledger.batch(candidate);
    if (known === null || known.digest === digest) return candidate;
  }
}
