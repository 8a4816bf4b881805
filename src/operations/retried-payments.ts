import type { Approval } from '../domain/approval.ts';
import { shellWord } from '../domain/shell-word.ts';
import { foldId } from '../domain/reference.ts';
import type { BatchRecord } from '../ledger/records.ts';
import {
  actionPayments,
  permission,
  writeIntended,
  type ActionFlags,
  type IntendedAction,
} from './approvals/permission.ts';
import { batchState } from './batch-report.ts';
import type { BatchResult } from './batch-result.ts';
import { changedPayment, type ChangedPayment } from './changed-payments.ts';
import type { Session } from './session/session.ts';

/** What `--id` may name; without it only failed payments are retried. */
export const RETRIABLE = ['failed', 'cancelled', 'returned'] as const;

interface NamedRetry extends ActionFlags {
  /** As they were typed; null: all that failed. */
  readonly ids: readonly string[] | null;
  readonly because: string | null;
  readonly isLateAllowed: boolean;
  /** Folded ids; null: all that failed. */
  readonly idKeys: readonly string[] | null;
}

/** What the command would do now. Changes nothing, and writes it into a file where that is asked for. */
export async function dryRunOf(session: Session, record: BatchRecord, request: NamedRetry): Promise<BatchResult> {
  const changes = await intendedPayments(session, record, request.idKeys);
  const result = { ...(await batchState(session, record, 'none')), changes };
  const { out = null } = request;
  return out === null
    ? result
    : { ...result, notes: [await writeIntended(session, retryAction(record, request, changes), out)] };
}

/**
 * The signatures under which the retry may be done, and the payments that may be retried under them. Throws {@link PayrunError} 5 where too
 * few people have signed.
 */
export async function retryPermission(
  session: Session,
  record: BatchRecord,
  request: NamedRetry,
): Promise<{ readonly approvals: readonly Approval[]; readonly idKeys: readonly string[] | null }> {
  const { action = null, idKeys } = request;
  if (action === null && session.project.config.approvals === null) return { approvals: [], idKeys };
  const intended = retryAction(record, request, await intendedPayments(session, record, idKeys));
  const approvals = await permission(session, intended, action);
  // What fails from now on is in no action.
  const signed = intended.payments.filter(({ from }) => from !== 'planned').map(({ id }) => foldId(id));
  return { approvals, idKeys: action === null ? idKeys : signed };
}

function retryAction(
  { header, totals }: BatchRecord,
  { ids, because, isLateAllowed }: NamedRetry,
  changes: readonly ChangedPayment[],
): IntendedAction {
  const batch = header.id;
  return {
    command: 'retry',
    batch,
    because,
    request: { ids, allow_late: isLateAllowed },
    payments: actionPayments(batch, changes),
    batches: [{ header, totals }],
    accounts: totals.map(({ account }) => account),
    typed: `payrun retry ${batch}${ids === null ? '' : ` --id ${ids.map(shellWord).join(' ')}`}`,
  };
}

/** The command asks the provider first about failures that rest on no verified word: some of these may stay as they are. */
async function intendedPayments(
  session: Session,
  record: BatchRecord,
  idKeys: readonly string[] | null,
): Promise<ChangedPayment[]> {
  const { ledger, system } = session;
  const batch = record.header.id;
  const accounts = [...new Set((await ledger.tallies(batch)).map(({ account }) => account))];
  const unaskable = { accounts: new Set(accounts), references: new Set<string>() };
  const request = { batch, idKeys, accounts, unaskable, at: system.clock.now(), by: session.by };
  return retriedPayments(session, record, await ledger.retryable(request));
}

/** What is sent: payments that get a new reference, and those that an earlier retry planned. */
export async function retriedPayments(
  { ledger }: Session,
  record: BatchRecord,
  references: readonly string[],
): Promise<ChangedPayment[]> {
  const wanted = new Set(references);
  const changes: ChangedPayment[] = [];
  for await (const page of ledger.payments({ batch: record.header.id, statuses: [...RETRIABLE, 'planned'] })) {
    for (const payment of page) {
      const { status, generation, reference } = payment;
      const isSent = wanted.has(reference) || (status === 'planned' && generation > 1);
      if (isSent) changes.push(changedPayment(payment, status, 'planned'));
    }
  }
  return changes;
}
