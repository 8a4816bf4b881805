import type { StatusTally } from '../domain/payment.ts';
import { isPayrunError } from '../domain/problem.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';
import { batchState, reportIfBehind } from './batch-report.ts';
import type { BatchResult } from './batch-result.ts';
import { paymentDisplay, type RowChoice } from './displayed-rows.ts';
import { thingsNamed } from './named.ts';
import { noteOldPayments } from './old-payments.ts';
import { simulatedPayments } from './sent-to.ts';
import { remindOfDue } from './series/reminder.ts';
import { recoverDead } from './session/batches.ts';
import { checkBatchReport } from './session/past.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';

export interface StatusRequest {
  /** A batch, its file, or a payment's id, reference or receipt; null: every batch. */
  readonly name: string | null;
  /** Which payments of a batch its result carries for the screen. */
  readonly rows: RowChoice;
}

/**
 * Counts and sums of batches, oldest first. Payments that were named come as results of their batches, each with these payments
 * alone. A report that a dead process has left behind is written again.
 */
export function status(context: OperationContext, { name, rows }: StatusRequest): Promise<BatchResult[]> {
  return withSession(context, { command: 'status' }, async (session) => {
    const { ledger } = session;
    const { batches, payments } =
      name === null ? { batches: await ledger.batches(), payments: [] } : await thingsNamed(session, name);
    const results: BatchResult[] = [];
    for (const record of batches) {
      await bringUpToDate(session, record);
      results.push(await batchState(session, record, rows));
    }
    for (const batch of new Set(payments.map((payment) => payment.batch))) {
      const record = await ledger.batch(batch);
      if (record === null) continue;
      await bringUpToDate(session, record);
      results.push(await foundIn(session, record, payments));
    }
    await noteOldPayments(session);
    await remindOfDue(session);
    return results;
  });
}

async function bringUpToDate(session: Session, record: BatchRecord): Promise<void> {
  await checkBatchReport(session.project.config, session.ledger, record.header.id);
  await recoverDead(session, record);
  await reportIfBehind(session, record).catch((error: unknown) => {
    if (!isPayrunError(error)) throw error;
    session.watch.fail(error.message);
  });
}

/** The payments of one batch that were named: counts and sums are theirs, not those of the batch. */
async function foundIn(session: Session, record: BatchRecord, named: readonly LedgerPayment[]): Promise<BatchResult> {
  const batch = record.header.id;
  const idKeys = named.filter((payment) => payment.batch === batch).map(({ idKey }) => idKey);
  // Read again: what a dead process had left was settled since.
  const payments = [...(await session.ledger.lookup(batch, idKeys)).values()];
  const [display, isSimulated] = [
    await paymentDisplay(session, { batch, waits: record.header.waits }),
    await simulatedPayments(session),
  ];
  return {
    ...(await batchState(session, record, 'none')),
    isOfPayments: true,
    count: payments.length,
    tallies: payments.map(tallyOf),
    simulated: payments.filter((payment) => payment.sentAt !== null && isSimulated(payment)).length,
    rows: payments.map(display),
  };
}

function tallyOf(payment: LedgerPayment): StatusTally {
  const { status: reached, account, currency, amountMinor, destination, isCancelledByPerson } = payment;
  const by = isCancelledByPerson === true ? { isByPerson: true as const } : {};
  return { status: reached, ...by, account, currency, kind: destination.kind, count: 1, sumMinor: amountMinor };
}
