import { PayrunError } from '../../domain/problem.ts';
import type { CheckedBatch } from '../../intake/batch.ts';
import type { BatchRecord } from '../../ledger/records.ts';
import type { Plan } from '../../plan/plan.ts';
import { batchState } from '../batch-report.ts';
import { unsent, type BatchResult } from '../batch-result.ts';
import type { RowChoice } from '../displayed-rows.ts';
import type { Session } from '../session/session.ts';
import type { PlanApproval } from './state.ts';

export interface UnapprovedFile {
  readonly checked: CheckedBatch;
  readonly worked: {
    readonly plan: Plan | null;
    readonly record: BatchRecord | null;
    readonly errors: string | null;
    readonly notes: readonly string[];
  };
  readonly approval: PlanApproval;
}

/**
 * The result of a file that too few people have signed. A new batch is not even registered. Of one that is registered nothing more is sent,
 * and what was sent earlier is settled as ever.
 */
export async function unapproved(
  session: Session,
  { checked, worked, approval }: UnapprovedFile,
  rows: RowChoice,
): Promise<BatchResult> {
  const { plan, record, errors } = worked;
  const missing = approval.missing ?? '';
  const about = {
    plan,
    errors,
    problems: [...checked.problems, ...(plan?.problems ?? [])],
    ...(approval.state === null ? {} : { approvals: approval.state }),
  };
  if (record === null) {
    return { ...unsent(checked), ...about, error: new PayrunError(5, 'approval-missing', missing) };
  }
  const state = await batchState(session, record, rows);
  const notes = [...worked.notes, missing];
  return { ...state, ...about, file: checked.file, notes, stops: [missing], isLeftUndone: true };
}
