/**
 * One function per command. Each takes what it works with as a value and answers with data: nothing here prints, exits or reads
 * the environment.
 */
export { accounts, type AccountState } from './accounts.ts';
export type { Action, ActionCommand } from '../approvals/action.ts';
export { openAction, type OpenedAction } from './approvals/action-file.ts';
export { approveAction, type ApprovedAction } from './approvals/approve-action.ts';
export { approve, type ApprovalView, type ApproveResult } from './approvals/approve.ts';
export { banks, type BankList } from './banks.ts';
export { backup, type Backup } from './backup.ts';
export type { BatchOptions } from './batch-options.ts';
export { isSendable, type BatchResult, type DisplayedPayment } from './batch-result.ts';
export { cancelBatch, type Cancellation, type CancelOptions } from './cancel.ts';
export type { ChangedPayment } from './changed-payments.ts';
export { checkedExit, finishedExit, worstExit, type Exit } from './exit-code.ts';
export type { RowChoice } from './displayed-rows.ts';
export { init, type InitResult } from './init.ts';
export type { Plan } from '../plan/plan.ts';
export { pausedText } from '../ledger/stops.ts';
export { accountNeeds, type AccountNeed } from '../plan/top-up.ts';
export { runCommandText } from './run-command.ts';
export { pause, resume, type PauseRequest, type PauseResult } from './pause.ts';
export { plan, type PlanRequest } from './plan.ts';
export type {
  OpenProgress,
  PayDuration,
  PayingProgress,
  PreparingProgress,
  RunProgress,
} from './session/run-progress.ts';
export { reconcile, type Reconciliation, type ReconcileRequest } from './reconcile.ts';
export { recover, type Recovery, type RecoverRequest } from './recover.ts';
export { report, type ReportBatchRequest } from './report.ts';
export { resolve, type ResolveRequest } from './resolve.ts';
export { retry, type RetryOptions } from './retry.ts';
export { run, type RunRequest } from './run.ts';
export { schedule, type ScheduledOccurrence, type SeriesSchedule } from './schedule.ts';
export { serve, type ServeEvents } from './serve.ts';
export { lookedAt } from './session/notices.ts';
export { openProject, type Project } from './session/project.ts';
export type { OperationContext } from './session/session.ts';
export { machine, VERSION, type System } from './session/system.ts';
export { SILENT, type Watch } from './session/watch.ts';
export { settle, type SettleRequest } from './settle.ts';
export { simulate, type SimulateRequest, type StartedSimulator } from './simulate.ts';
export { status, type StatusRequest } from './status.ts';
export { validate, type ValidateRequest } from './validate.ts';
export { actingAs } from './session/who.ts';
export { watchFolders } from './watch.ts';
export { idleBatches } from './session/idle-sweep.ts';
