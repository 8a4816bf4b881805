import { reportBatch, reportBehind } from './batch-report.ts';
import type { BatchResult } from './batch-result.ts';
import type { RowChoice } from './displayed-rows.ts';
import { applyAcknowledged } from './session/acknowledged.ts';
import { namedBatch, recoverDead } from './session/batches.ts';
import { checkBatchReport } from './session/past.ts';
import { withSession, type OperationContext } from './session/session.ts';

export interface ReportBatchRequest {
  readonly batch: string;
  /** Which payments the result carries for the screen. */
  readonly rows: RowChoice;
}

/** Writes the reports of a batch again from the ledger. */
export function report(context: OperationContext, { batch, rows }: ReportBatchRequest): Promise<BatchResult> {
  return withSession(context, { command: 'report' }, async (session) => {
    await applyAcknowledged(session);
    const record = await namedBatch(session.ledger, batch);
    await checkBatchReport(session.project.config, session.ledger, record.header.id);
    await recoverDead(session, record);
    const result = await reportBatch(session, record, rows);
    await reportBehind(session, (error) => session.watch.fail(error.message));
    return result;
  });
}
