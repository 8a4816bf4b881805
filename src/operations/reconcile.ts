import type { Problem } from '../domain/problem.ts';
import type { Status } from '../domain/status.ts';
import { readStatement } from '../intake/statement.ts';
import { writeReconciliation, writeStatementReport } from '../report/reconciliation.ts';
import { compareStatement } from '../settle/reconcile.ts';
import { isAgreement, type ReconciliationKind, type ReconciliationRow } from '../settle/reconciliation-kind.ts';
import { reportBatch, reportIfBehind, unwritable } from './batch-report.ts';
import type { ChangedPayment } from './changed-payments.ts';
import { appliedChanges, applyStatement } from './reconcile-apply.ts';
import { reconcileNextAction } from './reconcile-next-action.ts';
import { comparisonOptions, paymentsOfStatement, reconciledBatches, type Reconciled } from './reconcile-payments.ts';
import { applyAcknowledged } from './session/acknowledged.ts';
import { recoverDead } from './session/batches.ts';
import { checkBatchReport } from './session/past.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';

export interface ReconcileRequest {
  /** Null: all batches of the account. */
  readonly batch: string | null;
  readonly statement: string;
  /** Null: the batch's only one. */
  readonly account: string | null;
  /** Whether what the statement proves is recorded. */
  readonly apply: boolean;
  /** Why it is recorded, besides what the statement says; null: not said. */
  readonly because: string | null;
  /** With {@link apply}: only says what would be recorded. */
  readonly isDryRun: boolean;
}

/** Counts of one batch or of all of them. */
export type ReconciliationCounts = Readonly<Partial<Record<ReconciliationKind, number>>>;

export interface Reconciliation {
  /** Null where all batches of the account were compared. */
  readonly batch: string | null;
  readonly account: string;
  /** Problems of the statement; an error among them: nothing was compared. */
  readonly problems: readonly Problem[];
  readonly refused: boolean;
  readonly counts: ReconciliationCounts;
  /** Of the batches that the statement or a difference concerns, where all were compared. */
  readonly batches: readonly { readonly batch: string; readonly counts: ReconciliationCounts }[];
  readonly applied: number;
  /** What was recorded, or would be. */
  readonly changes: readonly ChangedPayment[];
  /** Whether payer and provider agree, after what was applied. */
  readonly agrees: boolean;
  /** Path of the CSV with every row, or null. */
  readonly path: string | null;
}

/** Compares a provider's statement with the ledger and reports every difference; with `apply`, records what the statement proves. */
export function reconcile(context: OperationContext, request: ReconcileRequest): Promise<Reconciliation> {
  return withSession(context, { command: 'reconcile' }, (session) => reconcileStatement(session, request));
}

async function reconcileStatement(session: Session, request: ReconcileRequest): Promise<Reconciliation> {
  const { project, ledger } = session;
  await applyAcknowledged(session);
  const reconciled = await reconciledBatches(session, request);
  const { account, records } = reconciled;
  for (const record of records) {
    await checkBatchReport(project.config, ledger, record.header.id);
    await recoverDead(session, record);
  }
  const { rows, problems: read, refused } = await readStatement(request.statement, account);
  const known = { batch: request.batch, account: account.name };
  if (refused) {
    const nothing = { counts: {}, batches: [], applied: 0, changes: [], agrees: false, path: null };
    return { ...known, ...nothing, problems: read, refused };
  }
  const payments = await paymentsOfStatement(session, reconciled);
  const options = comparisonOptions(session, reconciled, rows, request.batch === null);
  const found = await compareStatement(payments, rows, (reference) => ledger.byAnyReference(reference), options);
  const problems = [...read, ...directionProblems(found, request.statement, account.name)];
  const { apply, isDryRun } = request;
  const applied = apply ? await applyStatement(session, found, request) : new Map<ReconciliationRow, Status>();
  const result = {
    ...{ ...known, problems, refused, changes: appliedChanges(applied) },
    ...countsOf(found, request.batch === null),
    agrees: found.every((one) => isAgreement(one.kind) || applied.get(one) === 'paid'),
  };
  if (isDryRun) return { ...result, applied: 0, path: null };
  const path = await writeFound(session, request, reconciled, { found, applied });
  const changed = new Set([...applied.keys()].map(({ payment }) => payment?.batch));
  for (const record of records) {
    if (changed.has(record.header.id)) await reportBatch(session, record, 'none');
    else await reportIfBehind(session, record);
  }
  return { ...result, applied: applied.size, path };
}

function countsOf(
  found: readonly ReconciliationRow[],
  areAllBatches: boolean,
): Pick<Reconciliation, 'counts' | 'batches'> {
  const counts: Partial<Record<ReconciliationKind, number>> = {};
  const ofBatches = new Map<string, Partial<Record<ReconciliationKind, number>>>();
  for (const { kind, payment } of found) {
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (payment === null || !areAllBatches) continue;
    const ofBatch = ofBatches.get(payment.batch) ?? {};
    ofBatch[kind] = (ofBatch[kind] ?? 0) + 1;
    ofBatches.set(payment.batch, ofBatch);
  }
  return { counts, batches: [...ofBatches].map(([batch, of]) => ({ batch, counts: of })) };
}

interface FoundRows {
  readonly found: readonly ReconciliationRow[];
  readonly applied: ReadonlyMap<ReconciliationRow, Status>;
}

/** Writes every row with what is to be done about it; returns the path. */
async function writeFound(
  { project }: Session,
  { batch, statement }: ReconcileRequest,
  { account }: Reconciled,
  { found, applied }: FoundRows,
): Promise<string> {
  const { reports: folder } = project.config;
  const setting = `accounts.${account.name}.statement`;
  const lineOf = (one: ReconciliationRow) => {
    const to = applied.get(one) ?? null;
    const nextAction = to === 'paid' ? '' : reconcileNextAction({ found: one, applied: to, batch, setting });
    return { kind: one.kind, payment: one.payment, row: one.row, applied: to ?? '', nextAction };
  };
  const written =
    batch === null
      ? writeStatementReport({ folder, account: account.name, statement, rows: found, lineOf })
      : writeReconciliation({ folder, batch, rows: found, lineOf });
  return written.catch((error: unknown) => {
    throw unwritable(folder, error, 'What was recorded stays recorded; reconcile again.');
  });
}

/** Warns once where the statement does not show what is money out: then none of its rows proves a payment. */
function directionProblems(found: readonly ReconciliationRow[], file: string, account: string): readonly Problem[] {
  const first = found.find(({ isDirectionUnknown }) => isDirectionUnknown);
  if (first === undefined) return [];
  const count = found.filter(({ isDirectionUnknown }) => isDirectionUnknown).length;
  const setting = `accounts.${account}.statement`;
  const message =
    `Nothing says whether the money of ${count === 1 ? 'this row' : `${count} rows`} went out, so that no payment is proved. Name the column of money in at ` +
    `${setting}.columns.paid_in, or a column of words at ${setting}.columns.direction, or say which sign is money out: ${setting}.out.`;
  return [
    {
      severity: 'warning',
      file,
      line: first.row?.line ?? 0,
      column: '',
      field: 'amount',
      code: 'statement-direction-unknown',
      message,
    },
  ];
}
