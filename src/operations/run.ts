import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isPayrunError, PayrunError } from '../domain/problem.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { AccountPool } from './session/account-pool.ts';
import { fileSignature, namedFiles } from './session/batch-files.ts';
import { openLedger, type Project } from './session/project.ts';
import { batchState } from './report.ts';
import { isSendable, unsent, type BatchResult } from './batch-result.ts';
import { canSettle, settleResults, type OpenResult } from './settle-and-report.ts';
import { runFile, type RunOptions } from './run-file.ts';
import type { RunWatch } from './pay.ts';
import { isUnchanged } from './session/idle-sweep.ts';

/**
 * Runs every named file and every batch of every named folder, one after the other. What is wrong with one batch keeps none
 * of the others from being paid; what is wrong with the ledger ends it all (it is thrown, after the results so far went to
 * `onResult`).
 */
export async function runNamed(
  project: Project,
  named: readonly string[],
  options: RunOptions & { readonly waitMs: number },
  watch: RunWatch,
  signal: AbortSignal,
  onResult: (result: BatchResult) => void,
): Promise<void> {
  const { files, skipped } = await namedFiles(named, project.system.clock);
  checkFlags(options, files);
  for (const file of skipped) watch.note(`${file} is still being written: skipped this time.`);
  if (files.length === 0) {
    watch.note(`Nothing to do: no batch files (*.yaml, *.yml, *.csv) in ${named.join(', ')}.`);
    return;
  }
  const swept = await sweptFiles(named, files);
  const ledger = await openLedger(project, true);
  const note = (text: string): void => watch.note(text);
  const pool = new AccountPool({ project, ledger, command: 'run', waitMs: options.waitMs, signal, note });
  const open: OpenResult[] = [];
  try {
    for (const file of files) {
      if (signal.aborted) break;
      const known = swept.has(file) ? await knownState(project, ledger, file, options) : null;
      const run = (): Promise<BatchResult> => runFile(project, ledger, pool, file, options, watch, signal);
      const result = known ?? (await run().catch((error: unknown) => keptFrom(file, error)));
      // What can still come to its end is told at the end, once for all batches: they wait together.
      if (canSettle(project, result)) open.push({ result, isWorkedOn: known === null });
      else onResult(result);
    }
    const settle = { command: 'run', waitMs: options.waitMs, first: 'due', resend: true, rows: options.rows } as const;
    for (const result of await settleResults(project, ledger, pool, open, settle, watch, signal)) onResult(result);
  } finally {
    await pool.close();
    await ledger.close();
  }
}

/** What kept one file from being worked on; a bug or a ledger that fails ends the whole sweep instead. */
function keptFrom(file: string, error: unknown): BatchResult {
  if (!isPayrunError(error)) throw error;
  return { ...unsent({ file }), refused: error.exit === 3, error };
}

/** The state of a batch whose file was taken in whole before and in which nothing is left to send. */
async function knownState(
  project: Project,
  ledger: Ledger,
  file: string,
  options: RunOptions,
): Promise<BatchResult | null> {
  const { account, batch, amend, expect } = options;
  // Whoever says how it is to be read, or what it must add up to, wants it read.
  if (account !== null || batch !== null || amend || expect.count !== null || expect.sum !== null) return null;
  const [signature, memos] = [await fileSignature(file), await ledger.rememberedFiles()];
  const memo = signature === null ? undefined : memos.get(signature.path);
  if (signature === null || memo === undefined || !isUnchanged(signature, memo, project.config.digest)) return null;
  const record = await ledger.batch(memo.batch);
  if (record === null) return null;
  const rowsFile = record.header.rowsFile;
  if (rowsFile !== null) {
    const rows = await fileSignature(rowsFile);
    const rowsMemo = rows === null ? undefined : memos.get(rows.path);
    if (rows === null || rowsMemo === undefined || !isUnchanged(rows, rowsMemo, project.config.digest)) return null;
  }
  const state = await batchState(project, ledger, record, options.rows);
  const isReported = (await fileSignature(join(project.config.reports, memo.batch, 'report.csv'))) !== null;
  return isReported && !state.tallies.some(isSendable) ? state : null;
}

/** Of the files, those that came from a folder rather than by name. */
async function sweptFiles(named: readonly string[], files: readonly string[]): Promise<Set<string>> {
  const byName = new Set<string>();
  for (const path of named) if (!(await stat(path)).isDirectory()) byName.add(path);
  return new Set(files.filter((file) => !byName.has(file)));
}

/** Flags that speak of one batch cannot be applied to several. */
export function checkFlags(options: Pick<RunOptions, 'batch' | 'expect'>, files: readonly string[]): void {
  if (files.length <= 1) return;
  const flag =
    options.batch !== null
      ? '--batch'
      : options.expect.count !== null
        ? '--expect-count'
        : options.expect.sum !== null
          ? '--expect-sum'
          : null;
  if (flag !== null) {
    throw new PayrunError(2, 'flag-of-one-batch', `${flag} speaks of one batch; ${files.length} files were named.`);
  }
}
