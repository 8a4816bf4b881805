import { resolveCredentials, type AccountConfig } from '../config/config.ts';
import { PayrunError } from '../domain/problem.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord } from '../ledger/records.ts';
import { isDue } from '../settle/schedule.ts';
import { AccountPool } from './session/account-pool.ts';
import { CallbackAccounts, calledAccounts } from './session/callback-accounts.ts';
import { openLedger, providerOf, type Project } from './session/project.ts';
import { reportBatch } from './report.ts';
import { settleOpen } from './settle-open.ts';

/** What happens while it serves, for the log. */
export interface ServeWatch {
  listening(url: string, accounts: readonly string[]): void;
  received(account: string, result: string): void;
  note(text: string): void;
  fail(text: string): void;
}

/** How long the address may be taken by a run that is about to end. */
const ADDRESS_WAIT_MS = 90_000;
const ADDRESS_RETRY_MS = 500;
/** How often open payments are looked through for what their schedules want. */
const LOOK_EVERY_MS = 2_000;
/** Callbacks come in swarms: a report is written once for many. */
const REPORT_AFTER_MS = 500;

/**
 * Receives callbacks until `signal` aborts, confirms with the provider what only a query can confirm, asks by schedule about what
 * nobody reports, and keeps the reports up to date. Sends no payment. Throws {@link PayrunError} for what cannot be served.
 */
export async function serveCallbacks(project: Project, watch: ServeWatch, signal: AbortSignal): Promise<void> {
  const ledger = await openLedger(project, true);
  const callbacks = new CallbackAccounts({ project, ledger, command: 'serve', note: (text) => watch.note(text) });
  const { receiver, listener } = callbacks;
  receiver.onCount((account, label) => watch.received(account, label));
  try {
    const accounts = await admitAll(project, callbacks);
    await takeAddress(project, callbacks, watch, signal);
    if (listener.url !== null) watch.listening(listener.url, accounts);
    for (const account of accounts) await receiver.processStored(account);
    while (!signal.aborted) {
      const wake = new AbortController();
      const ending = AbortSignal.any([signal, wake.signal]);
      const heard = receiver.changed.next(ending);
      await work(project, ledger, callbacks, watch, signal).catch((error: unknown) => {
        // A long registration holds the ledger; what was left is done in the next round.
        if (!(error instanceof LedgerError) || error.fault !== 'locked') throw error;
        watch.fail(error.message);
      });
      await Promise.race([heard, project.system.clock.sleep(LOOK_EVERY_MS, ending)]);
      wake.abort();
      await project.system.clock.sleep(REPORT_AFTER_MS, signal);
    }
    await reportMoved(project, ledger, callbacks, watch);
  } finally {
    await callbacks.close();
    await ledger.close();
  }
}

/** The accounts that have an address. Their secrets are needed for their signatures, and asked for at once. */
async function admitAll(project: Project, callbacks: CallbackAccounts): Promise<string[]> {
  const admitted: string[] = [];
  for (const { account, definition } of calledAccounts(project)) {
    const credentials = await resolveCredentials(account, definition.credentials);
    if ((await callbacks.admit(account, definition, credentials)) !== null) admitted.push(account.name);
  }
  if (admitted.length > 0) return admitted;
  const message =
    'There is nothing to serve: no account has a callback_token, or callbacks.public_url is missing. ' +
    'Providers are given <public_url>/callbacks/<callback_token>.';
  throw new PayrunError(2, 'nothing-to-serve', message);
}

async function takeAddress(
  project: Project,
  callbacks: CallbackAccounts,
  watch: ServeWatch,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = project.system;
  const deadline = clock.monotonic() + ADDRESS_WAIT_MS;
  const { host, port } = project.config.callbacks;
  for (let isFirst = true; !(await callbacks.listener.openConfigured()); isFirst = false) {
    if (isFirst)
      watch.note(`${host}:${port} is taken, perhaps by a run that receives callbacks itself; waiting for it.`);
    if (signal.aborted) return;
    if (clock.monotonic() >= deadline) {
      const message = `Callbacks cannot be received at ${host}:${port}: another process listens there. Change callbacks.listen.`;
      throw new PayrunError(2, 'callbacks-unavailable', message);
    }
    await clock.sleep(ADDRESS_RETRY_MS, signal);
    callbacks.listener.forgetTaken();
  }
}

async function work(
  project: Project,
  ledger: Ledger,
  callbacks: CallbackAccounts,
  watch: ServeWatch,
  signal: AbortSignal,
): Promise<void> {
  const records = await dueRecords(project, ledger);
  if (records.length > 0) {
    const note = (text: string): void => watch.note(text);
    const pool = new AccountPool({
      project,
      ledger,
      command: 'serve',
      waitMs: 0,
      signal,
      note: () => undefined,
      callbacks,
    });
    try {
      const scope = { command: 'serve', records, waitMs: 0, first: 'due', resend: false } as const;
      await settleOpen(project, ledger, pool, scope, watch, signal);
    } catch (error) {
      // One account's missing secret is no reason to stop receiving for the others.
      if (!(error instanceof PayrunError)) throw error;
      note(error.message);
    } finally {
      await pool.close();
    }
  }
  await reportMoved(project, ledger, callbacks, watch);
}

/** Batches in which something is due; looked for without holding any account, so that no run is kept waiting for nothing. */
async function dueRecords(project: Project, ledger: Ledger): Promise<BatchRecord[]> {
  const batches = new Set<string>();
  for (const account of project.config.accounts.values()) {
    for (const batch of await dueBatches(project, ledger, account)) batches.add(batch);
  }
  const records = await Promise.all([...batches].sort().map((batch) => ledger.batch(batch)));
  return records.filter((record) => record !== null);
}

async function dueBatches(project: Project, ledger: Ledger, account: AccountConfig): Promise<Set<string>> {
  const batches = new Set<string>();
  const schedule = providerOf(account).polling?.(account.options);
  if (schedule === undefined || account.endpoint === 'simulator') return batches;
  const now = project.system.clock.now();
  for await (const page of ledger.openPayments({
    account: account.name,
    batch: null,
    statuses: ['pending', 'unknown'],
  })) {
    for (const open of page) if (isDue(schedule, open, now)) batches.add(open.payment.batch);
  }
  return batches;
}

async function reportMoved(
  project: Project,
  ledger: Ledger,
  callbacks: CallbackAccounts,
  watch: ServeWatch,
): Promise<void> {
  for (const batch of [...callbacks.receiver.moved]) {
    callbacks.receiver.moved.delete(batch);
    const record = await ledger.batch(batch);
    if (record === null) continue;
    await reportBatch(project, ledger, record, 0).catch((error: unknown) => {
      if (!(error instanceof PayrunError)) throw error;
      // Written when it can be; the ledger has everything.
      callbacks.receiver.moved.add(batch);
      watch.fail(error.message);
    });
  }
}
