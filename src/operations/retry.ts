import type { BatchTotal } from '../domain/batch.ts';
import type { Evidence } from '../domain/outcome.ts';
import { PayrunError } from '../domain/problem.ts';
import { foldId } from '../domain/reference.ts';
import { Totals } from '../domain/totals.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord } from '../ledger/records.ts';
import type { PersonsReason } from '../ledger/stops.ts';
import type { AccountBalance } from '../plan/input.ts';
import type { Plan } from '../plan/plan.ts';
import { planRetry } from '../plan/retry.ts';
import { probeReports, reportBatch } from './batch-report.ts';
import type { ChangedPayment } from './changed-payments.ts';
import type { BatchResult } from './batch-result.ts';
import { checkRetryTimes } from './batch-times.ts';
import type { RowChoice } from './displayed-rows.ts';
import { confirmUnpaid } from './confirm-unpaid.ts';
import { movedIfPaid } from './move-paid.ts';
import { confirmed, pay, stopSentence } from './pay.ts';
import type { ActionFlags } from './approvals/permission.ts';
import { applyAcknowledged } from './session/acknowledged.ts';
import { checkProvider, type OpenAccount } from './session/account.ts';
import { accountBalances } from './session/balance.ts';
import { checkBatchReport } from './session/past.ts';
import { namedBatch, recoverDead } from './session/batches.ts';
import { checkRetryPlaces } from './sent-to.ts';
import { dryRunOf, RETRIABLE, retriedPayments, retryPermission } from './retried-payments.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';
import { personText } from './session/who.ts';
import { RUN_PAUSES_MS } from './run.ts';
import { canSettle, settleAndReport } from './settle-and-report.ts';

export interface RetryOptions extends ActionFlags {
  readonly batch: string;
  /** Ids of the payments to retry; null: all that failed. */
  readonly ids: readonly string[] | null;
  /** How long to wait for pending payments and busy accounts. */
  readonly waitMs: number;
  /** Which payments the result carries for the screen. */
  readonly rows: RowChoice;
  /** Only says what would be sent again. */
  readonly isDryRun: boolean;
  /** Payments are sent although the batch's `not_after` is over. */
  readonly isLateAllowed: boolean;
  /** Recorded with every retry, and with the name of who acts; null: no reason given. */
  readonly because: string | null;
}

/**
 * Pays definitely failed payments again, each as a new generation with a new reference. Never touches anything else of the batch:
 * what is planned, pending or unknown stays as it is.
 */
export function retry(context: OperationContext, request: RetryOptions): Promise<BatchResult> {
  const { waitMs } = request;
  return withSession(context, { command: 'retry', waitMs }, (session) => retryBatch(session, request));
}

async function retryBatch(session: Session, request: RetryOptions): Promise<BatchResult> {
  const { project, ledger } = session;
  const { batch, rows, waitMs } = request;
  await applyAcknowledged(session);
  const record = await namedBatch(ledger, batch);
  // What a dead process was sending is unknown, also where there is nothing to retry.
  if (!request.isDryRun) await recoverDead(session, record);
  const named = request.ids === null ? null : await retriableIds(ledger, batch, request.ids);
  const wanted = await retryTotals(ledger, batch, named);
  await checkRetryPlaces(session, record, wanted.totals);
  if (request.isDryRun) return dryRunOf(session, record, { ...request, idKeys: named });
  const { approvals, idKeys } = await retryPermission(session, record, { ...request, idKeys: named });
  await probeReports(project, batch);
  await checkBatchReport(project.config, ledger, batch);
  const names = wanted.totals.map(({ account }) => account);
  const { isLateAllowed } = request;
  await checkRetryTimes(session, record, { accounts: [...new Set(names)], isLateAllowed, because: request.because });
  const accounts = await openAccounts(session, record, wanted.totals);
  if (typeof accounts === 'string') {
    return { ...(await reportBatch(session, record, rows)), error: new PayrunError(5, 'account-busy', accounts) };
  }
  const { because } = request;
  const confirmation = await confirmUnpaid(session, { batch, idKeys, accounts, pausesMs: RUN_PAUSES_MS, because });
  // Read after the queries: an answer may have moved payments.
  const { totals, failedCount } = await retryTotals(ledger, batch, idKeys, confirmation.refused);
  const plan = planRetry({ batch: record, totals, balances: await balancesOf(accounts, totals) });
  await checkBeforeRetry(session, { plan, totals, accounts });
  const notes = [...confirmation.notes];
  let changes: readonly ChangedPayment[] = [];
  let isLeftUndone = false;
  let stops: readonly string[] = [];
  if (!session.signal.aborted) {
    const by = { at: session.system.clock.now(), by: session.by };
    // A person may have taken a while to confirm. An acknowledged callback rules out a retry, wherever it waits.
    await session.callbacks.receiver.takeIn();
    const { queriedSince, unaskable } = confirmation;
    const person = confirmation.person ?? retryReason(session, because);
    const who = person === null ? {} : { person };
    const again = { batch, idKeys, accounts: [...accounts.keys()], queriedSince, unaskable, ...who, ...by };
    const retriable = await retriedPayments(session, record, await ledger.retryable(again));
    // A second use finds no payment with these references any more.
    if (approvals.length > 0) await ledger.recordApprovals(approvals);
    const retried = await ledger.retry(again);
    changes = await asTheyAre(session, batch, retriable);
    const assumed = changes.filter(({ to }) => to === 'unknown');
    if (assumed.length > 0) notes.push(assumedText(batch, assumed));
    const left = failedCount - retried;
    if (left > 0) notes.push(leftText(batch, left));
    isLeftUndone = idKeys !== null && left > 0;
    const end = await pay(session, { record, plan, accounts, generationFrom: 2, queriedSince, isLateAllowed });
    notes.push(...end.notes);
    stops = end.stops;
  }
  const result = { ...(await reportBatch(session, record, rows)), plan, notes, stops, changes };
  const open = (await canSettle(session, result)) ? [{ result, isWorkedOn: true }] : [];
  const waits = { waitMs, pausesMs: RUN_PAUSES_MS, awayMs: 0 };
  const scope = { ...waits, which: 'due', resend: false, rows } as const;
  const [settled = result] = await settleAndReport(session, open, scope);
  const moved = await movedIfPaid(session, settled);
  return isLeftUndone ? { ...moved, isLeftUndone } : moved;
}

/** Who gave a reason for the retry; null where none was given. */
function retryReason({ system }: Session, because: string | null): PersonsReason | null {
  return because === null ? null : { by: personText(system.who), because };
}

/** With the status that each has now: what a lost ledger may have sent again is unknown at once. */
async function asTheyAre(
  { ledger }: Session,
  batch: string,
  changes: readonly ChangedPayment[],
): Promise<readonly ChangedPayment[]> {
  const found = await ledger.lookup(
    batch,
    changes.map(({ id }) => foldId(id)),
  );
  return changes.map((change) => {
    const to = found.get(foldId(change.id))?.status === 'unknown' ? 'unknown' : change.to;
    return { ...change, to };
  });
}

function leftText(batch: string, count: number): string {
  const what = count === 1 ? '1 payment was' : `${count} payments were`;
  return (
    `${what} not sent again: a callback that no query has confirmed, a contradiction, or a correction in another batch says that it may ` +
    `be paid; or it came back before the ledger was recovered. First: payrun settle ${batch}. What then stays is explained in the ` +
    'report, column "reason".'
  );
}

/** Nothing was sent of these: the ledger was recovered, and what it had lost may have retried them. */
function assumedText(batch: string, assumed: readonly ChangedPayment[]): string {
  const ids = assumed.map(({ id }) => id);
  const more = ids.length > 5 ? ` and ${ids.length - 5} more` : '';
  return (
    `Not sent: ${ids.slice(0, 5).join(', ')}${more}. The ledger was recovered, and what it had lost may have sent this retry already. They are ` +
    `unknown now, with a new reference, which is asked about: payrun settle ${batch}. Where the provider has no such payment, look into ` +
    'its statement; if nothing was paid: payrun resolve REFERENCE --as failed, then retry again.'
  );
}

/** The accounts that pay, locked and open, by name; or the sentence that says which of them is busy. */
async function openAccounts(
  { project, accounts: pool }: Session,
  record: BatchRecord,
  totals: readonly BatchTotal[],
): Promise<ReadonlyMap<string, OpenAccount> | string> {
  const accounts = new Map<string, OpenAccount>();
  for (const name of [...new Set(totals.map((total) => total.account))].sort()) {
    const account = project.config.accounts.get(name);
    if (account === undefined) {
      const message = `Batch ${record.header.id} names account ${name}, which is not configured.`;
      throw new PayrunError(2, 'account-unknown', message);
    }
    checkProvider(record, account);
    const lock = await pool.lock(name);
    if (lock === null) return `Account ${name} is being worked by another run; nothing was retried. Try again later.`;
    accounts.set(name, await pool.open(lock));
  }
  return accounts;
}

async function balancesOf(
  accounts: ReadonlyMap<string, OpenAccount>,
  totals: readonly BatchTotal[],
): Promise<AccountBalance[]> {
  const balances: AccountBalance[] = [];
  for (const account of accounts.values()) balances.push(...(await accountBalances(account, totals)));
  return balances;
}

interface RetryCheck {
  readonly plan: Plan;
  readonly totals: readonly BatchTotal[];
  readonly accounts: ReadonlyMap<string, OpenAccount>;
}

/** Throws {@link PayrunError} 5 when an account is refused, when the balance does not cover the retry, or when a person declined it. */
async function checkBeforeRetry(session: Session, { plan, totals, accounts }: RetryCheck): Promise<void> {
  const stops = [...accounts.values()].flatMap(({ account, halt }) =>
    halt.signal.aborted ? [stopSentence(account.name, halt.signal.reason as Evidence)] : [],
  );
  if (stops.length > 0) throw new PayrunError(5, 'account-stopped', `${stops.join(' ')} Nothing was retried.`);
  const short = plan.problems.filter((problem) => problem.code === 'balance-short');
  if (short.length > 0) throw new PayrunError(5, 'balance-short', short.map((problem) => problem.message).join(' '));
  if (totals.length === 0) return;
  session.watch.warned(plan.problems, null);
  if (await confirmed(session, plan, accounts)) return;
  throw new PayrunError(5, 'declined', 'Nothing was sent: the retry was not confirmed.');
}

/**
 * What a retry sends: the payments that were asked for and can be retried, and those that an earlier retry planned and could not send. No other
 * command would send the latter once the file is gone.
 */
async function retryTotals(
  ledger: Ledger,
  batch: string,
  idKeys: readonly string[] | null,
  refused: ReadonlySet<string> = new Set(),
): Promise<{ readonly totals: readonly BatchTotal[]; readonly failedCount: number }> {
  let failedCount = 0;
  const totals = new Totals<Pick<BatchTotal, 'account' | 'currency' | 'kind'>>('account', 'currency', 'kind');
  const wanted = idKeys === null ? null : new Set(idKeys);
  for await (const page of ledger.payments({ batch, statuses: [...RETRIABLE, 'planned'] })) {
    for (const { idKey, account, currency, destination, amountMinor, status, generation } of page) {
      const isNamed = wanted?.has(idKey) === true && RETRIABLE.some((one) => one === status);
      const isWanted = (isNamed || (wanted === null && status === 'failed')) && !refused.has(idKey);
      if (!isWanted && !(status === 'planned' && generation > 1)) continue;
      if (isWanted) failedCount += 1;
      totals.add({ account, currency, kind: destination.kind, count: 1, sumMinor: amountMinor });
    }
  }
  return { totals: totals.list(), failedCount };
}

/** Folded ids of the payments. Throws {@link PayrunError} 2 that names those that cannot be retried. */
async function retriableIds(ledger: Ledger, batch: string, ids: readonly string[]): Promise<string[]> {
  const idKeys = ids.map(foldId);
  const found = await ledger.lookup(batch, idKeys);
  const wrong = ids.filter((id) => {
    const payment = found.get(foldId(id));
    return (
      !RETRIABLE.some((status) => status === payment?.status) &&
      !(payment?.status === 'planned' && payment.generation > 1)
    );
  });
  if (wrong.length === 0) return idKeys;
  const statuses = wrong.map((id) => `${id} (${found.get(foldId(id))?.status ?? 'not in this batch'})`);
  throw new PayrunError(
    2,
    'not-failed',
    `Only failed, cancelled and returned payments can be retried: ${statuses.join(', ')}.`,
  );
}
