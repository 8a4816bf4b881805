import { PayrunError } from '../domain/problem.ts';
import { foldId } from '../domain/reference.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';
import { batchState, reportBatch } from './batch-report.ts';
import type { BatchResult } from './batch-result.ts';
import { changedPayment, type ChangedPayment } from './changed-payments.ts';
import type { Exit } from './exit-code.ts';
import { applyAcknowledged } from './session/acknowledged.ts';
import { namedBatch, recoverDead } from './session/batches.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';
import { personText } from './session/who.ts';

export interface CancelOptions {
  readonly batch: string;
  /** Ids of the payments to cancel; null: all that are planned. */
  readonly ids: readonly string[] | null;
  readonly because: string;
  /** How long to wait for requests that are on their way. */
  readonly waitMs: number;
  readonly isDryRun: boolean;
}

export interface Cancellation {
  readonly result: BatchResult;
  readonly exit: Exit;
}

/** How often payments that are being sent are looked at again. */
const SENDING_POLL_MS = 100;

/** Names of payments that a message lists. */
const LISTED_PAYMENTS = 10;

/**
 * Ends planned payments, from any process. A payment that is being sent is waited for: when it comes back unsent, it is cancelled
 * too. Whatever was sent stays as it is and is listed.
 */
export function cancelBatch(context: OperationContext, request: CancelOptions): Promise<Cancellation> {
  return withSession(context, { command: 'cancel' }, async (session) => {
    await applyAcknowledged(session);
    const record = await namedBatch(session.ledger, request.batch);
    const idKeys = request.ids === null ? null : await knownIds(session, record, request.ids);
    return request.isDryRun ? dryRun(session, record, idKeys) : cancelPayments(session, record, { ...request, idKeys });
  });
}

async function cancelPayments(
  session: Session,
  record: BatchRecord,
  request: Pick<CancelOptions, 'because' | 'waitMs'> & { readonly idKeys: readonly string[] | null },
): Promise<Cancellation> {
  const { ledger, system, signal } = session;
  const { because, idKeys, waitMs } = request;
  const batch = record.header.id;
  const deadline = system.clock.monotonic() + waitMs;
  const references = new Set<string>();
  for (;;) {
    const who = { by: personText(system.who), at: system.clock.now() };
    for (const reference of await ledger.cancel({ batch, idKeys, because, ...who })) references.add(reference);
    await recoverDead(session, record);
    const isSending = (await selected(session, batch, idKeys)).some(({ status }) => status === 'submitting');
    if (!isSending || signal.aborted || system.clock.monotonic() >= deadline) break;
    await system.clock.sleep(SENDING_POLL_MS, signal);
  }
  // An attempt may have come back unsent between the last two readings.
  const who = { by: personText(system.who), at: system.clock.now() };
  for (const reference of await ledger.cancel({ batch, idKeys, because, ...who })) references.add(reference);
  const payments = await selected(session, batch, idKeys);
  const changes = payments
    .filter(({ reference }) => references.has(reference))
    .map((payment) => changedPayment(payment, 'planned', 'cancelled'));
  const state = await reportBatch(session, record, 'none');
  return ended(state, payments, { changes, isNamed: idKeys !== null });
}

/** What the command would do now. Changes nothing. */
async function dryRun(session: Session, record: BatchRecord, idKeys: readonly string[] | null): Promise<Cancellation> {
  const payments = await selected(session, record.header.id, idKeys);
  const changes = payments
    .filter(({ status }) => status === 'planned')
    .map((payment) => changedPayment(payment, 'planned', 'cancelled'));
  const left = payments.filter(({ status }) => status !== 'planned');
  return ended(await batchState(session, record, 'none'), left, { changes, isNamed: idKeys !== null });
}

function ended(
  state: BatchResult,
  payments: readonly LedgerPayment[],
  { changes, isNamed }: { readonly changes: readonly ChangedPayment[]; readonly isNamed: boolean },
): Cancellation {
  const left = payments.filter(({ status, isCancelledByPerson }) => {
    const isOpen = status === 'planned' || status === 'submitting' || status === 'pending' || status === 'unknown';
    return isOpen || (isNamed && isCancelledByPerson !== true);
  });
  const notes = [...Map.groupBy(left, ({ status }) => status)].map(([status, some]) => {
    const names = some.slice(0, LISTED_PAYMENTS).map(({ id, reference }) => `${id} (${reference})`);
    const more = some.length > LISTED_PAYMENTS ? ` and ${some.length - LISTED_PAYMENTS} more` : '';
    return `${some.length} not cancelled, ${status}: ${names.join(', ')}${more}. ${WHY[status]}`;
  });
  return { result: { ...state, changes, notes }, exit: exitOf(left, isNamed) };
}

function exitOf(left: readonly LedgerPayment[], isNamed: boolean): Exit {
  const has = (...statuses: readonly LedgerPayment['status'][]): boolean =>
    left.some(({ status }) => statuses.includes(status));
  // Of a whole batch only what is planned was to be ended; a named payment that was sent was not ended as asked.
  if (has('planned', 'submitting') || (isNamed && has('pending', 'unknown'))) return 5;
  return isNamed && left.length > 0 ? 2 : 0;
}

const WHY: Readonly<Record<LedgerPayment['status'], string>> = {
  planned: 'It came back unsent while this command waited. Cancel again.',
  submitting: 'A request is on its way and cannot be called back.',
  pending: 'The provider has it. How it ends: payrun settle.',
  unknown:
    'A request was sent and its end is not known. A run may send it again under the same reference; payrun pause stops that.',
  paid: 'It was paid.',
  failed: 'It was sent and failed; nothing sends it again by itself.',
  cancelled: 'The provider has cancelled it.',
  returned: 'It was paid and came back.',
  replaced: 'It was replaced by a payment of another batch.',
};

async function selected(
  { ledger }: Session,
  batch: string,
  idKeys: readonly string[] | null,
): Promise<readonly LedgerPayment[]> {
  if (idKeys !== null) return [...(await ledger.lookup(batch, idKeys)).values()].sort((a, b) => a.line - b.line);
  const found: LedgerPayment[] = [];
  const statuses = ['planned', 'submitting', 'pending', 'unknown', 'cancelled'] as const;
  for await (const page of ledger.payments({ batch, statuses })) found.push(...page);
  return found;
}

/** Folded ids. Throws {@link PayrunError} 2 for ids that the batch lacks: then nothing was cancelled. */
async function knownIds({ ledger }: Session, record: BatchRecord, ids: readonly string[]): Promise<string[]> {
  const batch = record.header.id;
  const found = await ledger.lookup(batch, ids.map(foldId));
  const missing = ids.filter((id) => !found.has(foldId(id)));
  if (missing.length === 0) return ids.map(foldId);
  const message = `Batch ${batch} has no payment ${missing.join(', ')}. Nothing was cancelled.`;
  throw new PayrunError(2, 'id-unknown', message);
}
