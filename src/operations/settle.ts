import { earlierToQuery } from '../settle/earlier.ts';
import { reportBatch } from './batch-report.ts';
import type { BatchResult } from './batch-result.ts';
import type { RowChoice } from './displayed-rows.ts';
import { movedIfPaid } from './move-paid.ts';
import { applyAcknowledged } from './session/acknowledged.ts';
import { namedBatches, recoverDead } from './session/batches.ts';
import { checkBatchReport } from './session/past.ts';
import { withSession, type OperationContext } from './session/session.ts';
import { settleAndReport, type OpenResult } from './settle-and-report.ts';

/** How long an account is waited for that was given up to a run which pays from it. */
const AWAY_MS = 60_000;

export interface SettleRequest {
  /** Null: every batch with payments that are not paid. */
  readonly batch: string | null;
  /** Which payments each result carries for the screen. */
  readonly rows: RowChoice;
}

/**
 * Queries providers once about what is pending or unknown, where they can be queried. Where they cannot, the report says what a
 * person has to check.
 */
export function settle(context: OperationContext, { batch, rows }: SettleRequest): Promise<BatchResult[]> {
  return withSession(context, { command: 'settle' }, async (session) => {
    const { ledger } = session;
    await applyAcknowledged(session);
    const unpaid = await ledger.unpaidBatches();
    const earlier = await earlierToQuery({
      ledger,
      account: null,
      place: null,
      batch,
      which: 'all',
      now: session.system.clock.now(),
    });
    const retried = new Set(earlier.map(({ payment }) => payment.batch));
    // A report about a replaced payment concerns its correction too. The set hands out what is added while it is walked.
    for (const id of retried) for (const other of await ledger.correctionsOf(id)) retried.add(other);
    // What may have been paid twice is said again until a person has decided.
    for (const [id, { undecided, replaced }] of await ledger.contradictions()) {
      if (undecided + replaced > 0) retried.add(id);
    }
    const open: OpenResult[] = [];
    for (const record of await namedBatches(ledger, batch)) {
      // Without a name, a batch is left out when no payment of it can change any more.
      if (batch === null && !unpaid.has(record.header.id) && !retried.has(record.header.id)) continue;
      await checkBatchReport(session.project.config, session.ledger, record.header.id);
      await recoverDead(session, record);
      open.push({ result: await reportBatch(session, record, rows), isWorkedOn: true });
    }
    const results = await settleAndReport(session, open, {
      waitMs: 0,
      pausesMs: Number.POSITIVE_INFINITY,
      awayMs: AWAY_MS,
      which: 'all',
      resend: false,
      rows,
    });
    const moved: BatchResult[] = [];
    for (const result of results) moved.push(await movedIfPaid(session, result));
    return moved;
  });
}
