import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isPayrunError, PayrunError } from '../domain/problem.ts';
import { noteOldPayments } from './old-payments.ts';
import { checkAgreedPlan, checkBatchOptions, type BatchOptions } from './batch-options.ts';
import { batchState } from './batch-report.ts';
import { isSendable, unsent, type BatchResult } from './batch-result.ts';
import { doneNotice } from './done-notice.ts';
import { finishedExit } from './exit-code.ts';
import { movedIfPaid } from './move-paid.ts';
import { runWithCanary } from './run-canary.ts';
import { applyAcknowledged } from './session/acknowledged.ts';
import { fileSignature, namedFiles } from './session/batch-files.ts';
import { isUnchanged, nothingNewText } from './session/idle-sweep.ts';
import { templateFiles } from './session/occurrence-files.ts';
import { withSession, withSessionIfLedger, type OperationContext, type Session } from './session/session.ts';
import { isDropFolder } from './series/drop-folder.ts';
import { remindOfDue } from './series/reminder.ts';
import { canSettle, settleAndReport, type OpenResult } from './settle-and-report.ts';

/** How long a run that does not wait still waits for pauses that a provider asks for. */
export const RUN_PAUSES_MS = 10_000;

export interface RunRequest {
  /** Batch files, or folders to sweep. */
  readonly files: readonly string[];
  readonly options: BatchOptions;
  /** How long to wait for pending payments and busy accounts. */
  readonly waitMs: number;
}

/**
 * Runs every named file and every batch of every named folder, one after the other. A batch with an error keeps none of the others
 * from being paid. A failure of the ledger ends the whole command: it is thrown, after the results so far went to `onResult`.
 */
export async function run(
  context: OperationContext,
  { files: named, options, waitMs }: RunRequest,
  onResult: (result: BatchResult) => void,
): Promise<void> {
  const { watch } = context;
  const { config } = context.project;
  const { files: found, skipped } = await namedFiles(named, context.system.clock);
  const templates = await templateFiles(config);
  const files = found.filter((file) => named.includes(file) || !templates.has(resolve(file)));
  await checkAgreedPlan(options, named);
  checkBatchOptions(options, files);
  const hasSeries = config.series.size > 0 && (await isDropFolder(config.batches, named));
  for (const file of skipped) watch.fail(`${file} is still being written: skipped this time.`);
  if (files.length === 0 && !hasSeries) {
    watch.note(`Nothing to do: no batch files (*.yaml, *.yml, *.csv, *.xlsx, *.xml) in ${named.join(', ')}.`);
    await withSessionIfLedger(context, { command: 'run' }, (session) => noticeDone(context, session?.ledger ?? null));
    return;
  }
  const swept = await sweptFiles(named, files);
  await withSession(context, { command: 'run', createsLedger: true, waitMs }, async (session) => {
    await applyAcknowledged(session);
    const open: OpenResult[] = [];
    // Batches with open payments wait together, once, at the end.
    const keep = async (result: BatchResult, isWorkedOn: boolean): Promise<void> => {
      if (await canSettle(session, result)) open.push({ result, isWorkedOn });
      else onResult(await movedIfPaid(session, result));
    };
    let knownCount = 0;
    for (const file of files) {
      if (session.signal.aborted) break;
      if (swept.has(file) && (await fileSignature(file)) === null) {
        watch.note(`${file} is gone: another process moved it meanwhile.`);
        continue;
      }
      const series = templates.get(resolve(file));
      if (series !== undefined) {
        onResult(failedResult(file, templateNamed(file, series)));
        continue;
      }
      const known = swept.has(file) ? await knownState(session, file, options) : null;
      if (known !== null && finishedExit(known) === 0) knownCount += 1;
      await keep(known ?? (await workFile(session, file, { options, waitMs })), known === null);
    }
    const isSeriesBusy = hasSeries && (await sweepSeriesOf(session, { rows: options.rows, waitMs }, keep));
    const scope = {
      waitMs,
      pausesMs: RUN_PAUSES_MS,
      awayMs: 0,
      which: 'due',
      resend: true,
      rows: options.rows,
    } as const;
    for (const result of await settleAndReport(session, open, scope)) onResult(await movedIfPaid(session, result));
    if (open.length === 0 && knownCount === files.length && !isSeriesBusy) watch.note(nothingNewText(knownCount));
    if (!hasSeries) await remindOfDue(session);
    if (swept.size === 0 && !hasSeries) return;
    await noteOldPayments(session);
    await noticeDone(context, session.ledger);
  });
}

function workFile(
  session: Session,
  file: string,
  { options, waitMs }: { readonly options: BatchOptions; readonly waitMs: number },
): Promise<BatchResult> {
  const work = runWithCanary(session, file, { options, waitMs, pausesMs: RUN_PAUSES_MS });
  return work.catch((error: unknown) => failedResult(file, error));
}

/** Pays what is due of the series. True where there was anything to do. */
async function sweepSeriesOf(
  session: Session,
  { rows, waitMs }: Pick<BatchOptions, 'rows'> & { readonly waitMs: number },
  keep: (result: BatchResult, isWorkedOn: boolean) => Promise<void>,
): Promise<boolean> {
  const { sweepSeries } = await import('./series/sweep.ts');
  return sweepSeries(session, {
    work: async (file, own) => {
      const options = { ...OWN_OPTIONS, ...own, rows };
      const known = own.isFired === true ? null : await knownState(session, file, options);
      return known ?? (await workFile(session, file, { options, waitMs }));
    },
    keep: (result) => keep(result, true),
  });
}

/** A template that was run by itself would be paid beside its dates. */
function templateNamed(file: string, series: string): PayrunError {
  return new PayrunError(
    3,
    'series-template',
    `${file} is the template of the series ${series}, which is paid on its dates by the sweep of the drop folder. Nothing of it was sent. ` +
      'When it is paid: payrun schedule. To pay it once more, run a copy under another name.',
  );
}

/** The flags of a sweep are for the files that people drop. */
const OWN_OPTIONS: BatchOptions = {
  account: null,
  batch: null,
  amend: false,
  allowDuplicate: false,
  allowDestination: [],
  expect: { count: null, sum: null },
  rows: 'none',
};

/** Tells what stands unpaid among the paid files, or that nothing does any more. */
async function noticeDone({ project, watch }: OperationContext, ledger: Session['ledger'] | null): Promise<void> {
  const { text, ...about } = await doneNotice(project.config, ledger);
  if (text === null) watch.inOrder(about);
  else watch.notice({ ...about, text });
}

/** The result of a file that could not be worked on. A bug or a failure of the ledger ends the whole sweep instead. */
function failedResult(file: string, error: unknown): BatchResult {
  if (!isPayrunError(error)) throw error;
  return { ...unsent({ file }), refused: error.exit === 3, error };
}

/** The state of a batch whose file was registered in whole before and in which nothing is left to send; null: read the file. */
async function knownState(
  session: Session,
  file: string,
  { account, batch, amend, expect, repair = null, rows }: BatchOptions,
): Promise<BatchResult | null> {
  const { project, ledger } = session;
  const { config } = project;
  // Such flags change how the file is read or what it must add up to, so it has to be read.
  const isPlain = account === null && batch === null && !amend && repair === null;
  if (!isPlain || expect.count !== null || expect.sum !== null) return null;
  const [signature, memos] = [await fileSignature(file), await ledger.rememberedFiles()];
  const memo = signature === null ? undefined : memos.get(signature.path);
  if (signature === null || memo === undefined || !isUnchanged(signature, memo, config.digest)) return null;
  const record = await ledger.batch(memo.batch);
  if (record === null) return null;
  const { rowsFile } = record.header;
  const rowsSignature = rowsFile === null ? null : await fileSignature(rowsFile);
  if (rowsSignature !== null) {
    const rowsMemo = memos.get(rowsSignature.path);
    if (rowsMemo === undefined || !isUnchanged(rowsSignature, rowsMemo, config.digest)) return null;
  }
  const state = await batchState(session, record, rows);
  // The rows of a batch that is paid may have been moved, by a process that was killed before it moved the batch file too.
  if (rowsFile !== null && rowsSignature === null && finishedExit(state) !== 0) return null;
  const report = join(config.reports, memo.batch, 'report.csv');
  const isReported = (await fileSignature(report)) !== null;
  return isReported && !state.tallies.some(isSendable) ? { ...state, report } : null;
}

/** Of the files, those that came from a folder rather than by name. */
async function sweptFiles(named: readonly string[], files: readonly string[]): Promise<Set<string>> {
  const byName = new Set<string>();
  for (const path of named) if (!(await stat(path)).isDirectory()) byName.add(path);
  return new Set(files.filter((file) => !byName.has(file)));
}
