/** The library: what the command line is made of, for programs that want to be the command line themselves. */

/** One function per command. Each takes an {@link OperationContext} and a request, and answers with data. */
export {
  accounts,
  plan,
  reconcile,
  report,
  resolve,
  retry,
  run,
  settle,
  status,
  validate,
  /** Reads the configuration. Throws `PayrunError` 2 with every problem of it. */
  openProject,
  /** Clock, randomness, file locks and user of this machine. A test passes its own {@link System}. */
  machine,
  /** A {@link Watch} that shows nothing and confirms every payment. */
  SILENT,
} from './operations/index.ts';

/** What the operations take and answer with. */
export type {
  AccountState,
  BatchOptions,
  BatchResult,
  DisplayedPayment,
  OperationContext,
  Plan,
  PlanRequest,
  Project,
  Reconciliation,
  ReconcileRequest,
  ReportBatchRequest,
  ResolveRequest,
  RetryOptions,
  RunRequest,
  SettleRequest,
  StatusRequest,
  System,
  ValidateRequest,
  Watch,
} from './operations/index.ts';

/** A refusal with an exit code and a message for people. Anything else that is thrown, but a `LedgerError`, is a bug. */
export { PayrunError, isPayrunError, type Problem } from './domain/problem.ts';
/** A failure of the ledger. After `full` or `unusable` nothing more may be sent. */
export { LedgerError, isLedgerError } from './ledger/errors.ts';
/** The durable record of what was sent: the contract that every store fulfils. */
export type { Ledger } from './ledger/ledger.ts';
/** The statuses of a payment, and which may follow which. */
export { STATUSES, canMove, isFinal, type Status } from './domain/status.ts';
/** Amounts are minor units (`bigint`) with their currency; these read and write decimal text. */
export { formatAmount, parseAmount } from './domain/money.ts';
/** The end-to-end id of a payment, made before anything is sent. */
export { paymentReference } from './domain/reference.ts';
/** What the answer of a provider means, and the contract that a provider fulfils. */
export type { Outcome, Evidence } from './domain/outcome.ts';
export type { Provider, ProviderDefinition } from './providers/port.ts';
