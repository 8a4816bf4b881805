import { isPayrunError } from '../domain/problem.ts';
import { batchState, reportIfBehind } from './batch-report.ts';
import type { BatchResult } from './batch-result.ts';
import type { RowChoice } from './displayed-rows.ts';
import { noteOldPayments } from './old-payments.ts';
import { namedBatches, recoverDead } from './session/batches.ts';
import { checkBatchReport } from './session/past.ts';
import { withSession, type OperationContext } from './session/session.ts';

export interface StatusRequest {
  /** Null: every batch. */
  readonly batch: string | null;
  /** Which payments each result carries for the screen. */
  readonly rows: RowChoice;
}

/** Counts and sums of one batch or of all, oldest first. A report that a dead process has left behind is written again. */
export function status(context: OperationContext, { batch, rows }: StatusRequest): Promise<BatchResult[]> {
  return withSession(context, { command: 'status' }, async (session) => {
    const results: BatchResult[] = [];
    for (const record of await namedBatches(session.ledger, batch)) {
      await checkBatchReport(session.project.config, session.ledger, record.header.id);
      await recoverDead(session, record);
      await reportIfBehind(session, record).catch((error: unknown) => {
        if (!isPayrunError(error)) throw error;
        session.watch.fail(error.message);
      });
      results.push(await batchState(session, record, rows));
    }
    await noteOldPayments(session);
    return results;
  });
}
