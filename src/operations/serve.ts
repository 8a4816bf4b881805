import { resolveCredentials } from '../config/config.ts';
import { isPayrunError, PayrunError } from '../domain/problem.ts';
import { isLedgerError, type LedgerError } from '../ledger/errors.ts';
import type { BatchRecord } from '../ledger/records.ts';
import { earlierToQuery } from '../settle/earlier.ts';
import { isDue } from '../settle/schedule.ts';
import { openTargets, type OpenTarget } from './open-targets.ts';
import { openStatus } from './serve-status.ts';
import { ServedReports } from './served-reports.ts';
import { calledAccounts } from './session/callback-accounts.ts';
import { providerOf } from './session/project.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';
import { settleOpen } from './settle-open.ts';

/** What happens while callbacks are received, for the log. */
export interface ServeEvents {
  listening(url: string, accounts: readonly string[]): void;
  received(account: string, result: string): void;
  /** Metrics can be read at this address. */
  showing(url: string): void;
}

/** How many payments of an account are queried in a round: callbacks and other processes get their turn between two rounds. */
const QUERIES_PER_ROUND = 50;
/** How often open payments are searched for due queries. */
const SERVE_ROUND_MS = 2_000;
/** So many times as long as a round took is the rest after it. */
const ROUND_REST = 4;
/** A round waits for a pause of this length between two callbacks: looking through many open payments keeps callbacks waiting. */
const QUIET_MS = 200;
/** So long a round waits at most. */
const RECEIVING_MS_MAX = 10_000;
/** Many callbacks come within a short time: one report is written for all of them. */
const REPORT_AFTER_MS = 500;

/**
 * Receives callbacks until `signal` aborts, confirms with the provider what only a query can confirm, queries by schedule what no
 * callback reports, and keeps the reports up to date. Sends no payment. Throws {@link PayrunError} for what cannot be served.
 */
export function serve(context: OperationContext, events: ServeEvents): Promise<void> {
  const options = { command: 'serve', createsLedger: true, waitsForLedger: true, notesAccounts: false };
  return withSession(context, options, (session) => serveUntilAborted(session, events));
}

async function serveUntilAborted(session: Session, events: ServeEvents): Promise<void> {
  const { callbacks, watch } = session;
  const { receiver, listener } = callbacks;
  const reports = new ServedReports(session);
  const status = await openStatus(session, (url) => events.showing(url));
  try {
    receiver.onCount((account, label) => events.received(account, label));
    listener.onTakenOver((url) => events.listening(url, calledNames(session)));
    listener.onTaken((address, { isPayrun, who }) => {
      const message = `${address} is taken by ${who}, a payrun that receives callbacks itself; taken over when that ends.`;
      if (isPayrun) watch.note(message);
    });
    const accounts = await admitAll(session);
    if (listener.url !== null) events.listening(listener.url, accounts);
    const away = await workUntilAborted(session, reports, accounts);
    // A process that writes for long does the ledger no harm.
    if (away !== null && away.fault !== 'locked') throw away;
    // What was acknowledged is in the last report.
    await receiver.applied();
    await reports.finish();
  } finally {
    await reports.close();
    await status?.close();
  }
}

/**
 * Settles and reports, round by round, while callbacks come in. A ledger that fails ends nothing: callbacks are received into the
 * spool. Only a file that was replaced ends it. Returns what was wrong with the ledger at the end, or null.
 */
async function workUntilAborted(
  session: Session,
  reports: ServedReports,
  accounts: readonly string[],
): Promise<LedgerError | null> {
  const { callbacks, system, signal, watch } = session;
  const { receiver } = callbacks;
  let away: LedgerError | null = null;
  const pauses = new Map<string, number>();
  // What was stored before this process began is applied once.
  let isBegun = false;
  const work = async (): Promise<void> => {
    if (!isBegun) for (const account of accounts) await receiver.processStored(account);
    isBegun = true;
    await settleDue(session, pauses);
    await reports.round();
  };
  while (!signal.aborted) {
    const wake = new AbortController();
    const ending = AbortSignal.any([signal, wake.signal]);
    const changed = receiver.changed.next(ending);
    const startedAt = system.clock.monotonic();
    await receiver.quiet(QUIET_MS, RECEIVING_MS_MAX, signal);
    away = await work().then(
      () => null,
      (error: unknown) => {
        // A long registration locks the ledger; a disk gets room again. What is left over is done in the next round.
        // A file that was replaced stays another file: a new process has to open the right one.
        if (!isLedgerError(error) || error.fault === 'behind') throw error;
        if (away?.message !== error.message) watch.fail(error.message);
        return error;
      },
    );
    const workedMs = system.clock.monotonic() - startedAt;
    await Promise.race([changed, system.clock.sleep(SERVE_ROUND_MS, ending)]);
    wake.abort();
    // Rounds over a large ledger leave most of the time to the callbacks that are coming in.
    await system.clock.sleep(Math.max(REPORT_AFTER_MS, ROUND_REST * workedMs), signal);
  }
  return away;
}

/** The accounts whose callbacks this process can read. */
function calledNames({ project, callbacks }: Session): string[] {
  return calledAccounts(project)
    .map(({ account }) => account.name)
    .filter((account) => callbacks.receiver.has(account));
}

/** Makes the accounts with a callback address readable. Resolves all credentials at start, so that a missing secret fails early. */
async function admitAll({ project, callbacks }: Session): Promise<string[]> {
  const admitted: string[] = [];
  const faults: PayrunError[] = [];
  for (const { account, definition } of calledAccounts(project)) {
    try {
      const credentials = await resolveCredentials(account, definition.credentials);
      if ((await callbacks.admit(account, definition, credentials)) !== null) admitted.push(account.name);
    } catch (error) {
      if (!isPayrunError(error)) throw error;
      faults.push(error);
    }
  }
  const [first] = faults;
  if (first !== undefined) {
    throw new PayrunError(first.exit, first.code, [...new Set(faults.map(({ message }) => message))].join('\n'));
  }
  if (admitted.length > 0) return admitted;
  const message =
    'There is nothing to serve: no account has a callback_token, or callbacks.public_url is missing. ' +
    'Providers are given <public_url>/callbacks/<callback_token>.';
  throw new PayrunError(2, 'nothing-to-serve', message);
}

/** Queries what is due. */
async function settleDue(session: Session, pauses: Map<string, number>): Promise<void> {
  const { accounts, watch } = session;
  const records = await dueRecords(session);
  if (records.length > 0) {
    try {
      await settleOpen(session, {
        pauses,
        records,
        waitMs: 0,
        pausesMs: 0,
        awayMs: 0,
        most: QUERIES_PER_ROUND,
        which: 'due',
        resend: false,
      });
    } catch (error) {
      // One account's missing secret is no reason to stop receiving for the others.
      if (!(error instanceof PayrunError)) throw error;
      watch.note(error.message);
    } finally {
      // Between two rounds a run may work the accounts.
      await accounts.close();
    }
  }
}

/** Batches in which a query is due. Takes no account's lock, so that no run waits for an account with nothing to do. */
async function dueRecords(session: Session): Promise<BatchRecord[]> {
  const { ledger, system } = session;
  const open = new Set((await ledger.openPlaces(null)).map(({ batch }) => batch));
  const scope = { ledger, account: null, place: null, batch: null, which: 'due', now: system.clock.now() } as const;
  const earlier = new Set((await earlierToQuery(scope)).map(({ payment }) => payment.batch));
  const records = (await Promise.all([...new Set([...open, ...earlier])].map((batch) => ledger.batch(batch)))).filter(
    (record) => record !== null,
  );
  const batches = new Set<string>();
  for (const target of await openTargets(session, records, 'due')) {
    for (const batch of await dueBatches(session, target)) batches.add(batch);
  }
  return records.filter((record) => batches.has(record.header.id));
}

async function dueBatches({ project, system, ledger }: Session, target: OpenTarget): Promise<Set<string>> {
  const batches = new Set<string>();
  const account = project.config.accounts.get(target.through ?? '');
  const schedule = account === undefined ? undefined : providerOf(account).polling?.(account.options);
  if (schedule === undefined || account?.endpoint === 'simulator') return batches;
  for (const { header } of target.records) {
    const filter = { account: target.account, place: target.place, batch: header.id };
    for await (const page of ledger.openPayments({ ...filter, statuses: ['pending', 'unknown'] })) {
      if (!page.some((open) => isDue(schedule, open, system.clock.now()))) continue;
      batches.add(header.id);
      break;
    }
  }
  const { account: payer, place } = target;
  const scope = { ledger, account: payer, place, batch: null, which: 'due', now: system.clock.now() } as const;
  for (const { payment } of await earlierToQuery(scope)) batches.add(payment.batch);
  return batches;
}
