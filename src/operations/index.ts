/**
 * Joins the rooms: one function per command, each taking the machine as a value and answering with data. Nothing here prints,
 * exits or asks.
 */
import type { Ledger } from '../ledger/ledger.ts';
import { isLedgerError } from '../ledger/errors.ts';
import { ledgerPlace } from '../ledger/open.ts';
import { PayrunError } from '../domain/problem.ts';
import { accountStates, type AccountState } from './accounts.ts';
import { batchReport, batchStatus, resolvePayment, settleBatches } from './settle.ts';
import { namedFiles } from './session/batch-files.ts';
import { planFile, validateFile, type InspectOptions } from './plan.ts';
import type { RunWatch } from './pay.ts';
import { openLedger, type Project } from './session/project.ts';
import type { BatchResult } from './batch-result.ts';
import { reconcileBatch, type Reconciliation, type ReconcileRequest } from './reconcile.ts';
import { retryBatch } from './retry.ts';
import type { RunOptions } from './run-file.ts';
import { serveCallbacks, type ServeWatch } from './serve.ts';
import { checkFlags, runNamed } from './run.ts';

export { initProject } from '../config/init.ts';
export { parseDuration } from '../domain/duration.ts';
export { isLive } from './session/account.ts';
export { openProject } from './session/project.ts';
export { machine } from './session/system.ts';
export { readFaultOdds, seeded, simulatorNames, startSimulator } from '../simulator/index.ts';
export type { Simulator, SimulatorName, SimulatorOptions } from '../simulator/index.ts';
export type { AccountState, BatchResult, InspectOptions, Project, RunOptions, RunWatch, ServeWatch, Reconciliation };

export const run = runNamed;

export async function validate(
  project: Project,
  named: readonly string[],
  options: InspectOptions,
  onResult: (result: BatchResult) => void,
): Promise<void> {
  const { files } = await namedFiles(named, project.system.clock);
  checkFlags(options, files);
  for (const file of files) onResult(await validateFile(project, file, options));
}

export function reconcile(project: Project, request: ReconcileRequest): Promise<Reconciliation> {
  return withLedger(project, (ledger) => reconcileBatch(project, ledger, request));
}

export const plan = planFile;

export const serve = serveCallbacks;

export function settle(
  project: Project,
  batch: string | null,
  rows: number,
  watch: Pick<RunWatch, 'note' | 'fail'>,
  signal: AbortSignal,
): Promise<BatchResult[]> {
  return withLedger(project, (ledger) => settleBatches(project, ledger, batch, rows, watch, signal));
}

export function status(project: Project, batch: string | null, rows: number): Promise<BatchResult[]> {
  return withLedger(project, (ledger) => batchStatus(project, ledger, batch, rows));
}

export function report(project: Project, batch: string, rows: number): Promise<BatchResult> {
  return withLedger(project, (ledger) => batchReport(project, ledger, batch, rows));
}

export function resolve(project: Project, decision: Parameters<typeof resolvePayment>[2]): Promise<BatchResult> {
  return withLedger(project, (ledger) => resolvePayment(project, ledger, decision));
}

export function retry(
  project: Project,
  request: Parameters<typeof retryBatch>[2],
  watch: RunWatch,
  signal: AbortSignal,
): Promise<BatchResult> {
  return withLedger(project, (ledger) => retryBatch(project, ledger, request, watch, signal));
}

/** Opens a ledger where there is none: counting the calls of the check is part of never being over a limit. */
export async function accounts(project: Project, signal: AbortSignal): Promise<AccountState[]> {
  const ledger = await openLedger(project, true);
  try {
    return await accountStates(project, ledger, signal);
  } finally {
    await ledger.close();
  }
}

async function withLedger<T>(project: Project, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await openLedger(project, false).catch((error: unknown) => {
    if (isLedgerError(error) && error.fault === 'missing') {
      const path = ledgerPlace(project.config.ledger);
      throw new PayrunError(
        2,
        'ledger-missing',
        `There is no ledger at ${path} yet: nothing was run from ${project.config.file}.`,
      );
    }
    throw error;
  });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}
