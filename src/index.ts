/** The library: what the command line is made of, for programs that want to be the command line themselves. */
export {
  accounts,
  machine,
  openProject,
  plan,
  report,
  resolve,
  retry,
  run,
  settle,
  status,
  validate,
} from './operations/index.ts';
export type { AccountState, BatchResult, InspectOptions, Project, RunOptions, RunWatch } from './operations/index.ts';
export { PayrunError, isPayrunError, type Problem } from './domain/problem.ts';
export { LedgerError, isLedgerError } from './ledger/errors.ts';
export type { Ledger } from './ledger/ledger.ts';
export { STATUSES, canMove, isFinal, type Status } from './domain/status.ts';
export { formatAmount, parseAmount } from './domain/money.ts';
export { paymentReference } from './domain/reference.ts';
export type { Outcome, Evidence } from './domain/outcome.ts';
export type { Provider, ProviderDefinition } from './providers/port.ts';
