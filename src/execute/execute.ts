import type { ExecuteRequest, ExecuteResult } from './contract.ts';
import { Execution } from './execution.ts';

export type { ExecuteProgress, ExecuteRequest, ExecuteResult, ExecuteStop, Unrecorded } from './contract.ts';

/**
 * Pays what is planned of one batch from one account: claim, submit, record, with the pipe kept full. Resolves when nothing is
 * under way any more, whatever ended it; throws only for a bug of ours, and then too not before everything has ended.
 */
export function execute(request: ExecuteRequest): Promise<ExecuteResult> {
  return new Execution(request).run();
}
