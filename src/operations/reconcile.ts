import type { Problem } from '../domain/problem.ts';
import { readStatement } from '../intake/statement.ts';
import { writeReconciliation, writeStatementReport } from '../report/reconciliation.ts';
import { offsetsIn } from '../report/timestamps.ts';
import type { ComparedStatement } from '../settle/compared-statement.ts';
import { StatementComparison } from '../settle/reconcile.ts';
import { isAgreement, type ReconciliationKind, type ReconciliationRow } from '../settle/reconciliation-kind.ts';
import { StatementTimes } from '../settle/statement-times.ts';
import { reportBatch, reportIfBehind, unwritable } from './batch-report.ts';
import type { ChangedPayment } from './changed-payments.ts';
import { StatementDifferences, type StatementDifference } from './reconcile-differences.ts';
import { appliedChanges, applyStatement, type AppliedRow } from './reconcile-apply.ts';
import { reconcileNextAction } from './reconcile-next-action.ts';
import { comparisonOptions, reconciledBatches, type Reconciled } from './reconcile-payments.ts';
import type { ActionFlags } from './approvals/permission.ts';
import { statementPermission } from './reconcile-permission.ts';
import { applyAcknowledged } from './session/acknowledged.ts';
import { recoverDead } from './session/batches.ts';
import { checkBatchReport } from './session/past.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';

export interface ReconcileRequest extends ActionFlags {
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
  /** The first differences, in the order of the statement. */
  readonly differences: readonly StatementDifference[];
  /** How many there are of them altogether; the file has all. */
  readonly differenceCount: number;
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
  const unpaid = await ledger.unpaidBatches();
  for (const record of records) {
    const { id } = record.header;
    await checkBatchReport(project.config, ledger, id);
    if (unpaid.get(id)?.has('submitting') === true) await recoverDead(session, record);
  }
  const times = new StatementTimes(offsetsIn(project.config.timezone));
  const comparison = new StatementComparison((reference) => ledger.byAnyReference(reference));
  for (const { header } of records) {
    const payments = ledger.comparedPayments({ batch: header.id, account: account.name });
    for await (const page of payments) comparison.addPayments(page);
  }
  const { problems: read, refused } = await readStatement(request.statement, account, (rows) => {
    for (const row of rows) times.add(row);
    return comparison.addRows(rows);
  });
  const known = { batch: request.batch, account: account.name };
  if (refused) {
    const nothing = {
      counts: {},
      batches: [],
      differences: [],
      differenceCount: 0,
      applied: 0,
      changes: [],
      agrees: false,
      path: null,
    };
    return { ...known, ...nothing, problems: read, refused };
  }
  const found = comparison.compare(comparisonOptions(session, reconciled, times, request.batch === null));
  const { apply, isDryRun } = request;
  const written = apply ? await statementPermission(session, { reconciled, found, request }) : null;
  if (written !== null) session.watch.note(written);
  const applied = apply ? await applyStatement(session, found, request) : new Map<number, AppliedRow>();
  const { counts, batches, differences, unknownDirections } = summed(found, applied, request.batch === null);
  const problems = [...read, ...directionProblems(unknownDirections, request.statement, account.name)];
  const setting = `accounts.${account.name}.statement`;
  const named = {
    differences: differences.named(applied, { batch: request.batch, setting }),
    differenceCount: differences.count,
    agrees: differences.count === 0,
  };
  const result = { ...known, ...named, problems, refused, changes: appliedChanges(applied), counts, batches };
  if (isDryRun) return { ...result, applied: 0, path: null };
  const path = await writeFound(session, request, reconciled, { found, applied });
  const changed = new Set(Array.from(applied.values(), ({ payment }) => payment.batch));
  for (const record of records) {
    if (changed.has(record.header.id)) await reportBatch(session, record, 'none');
    else await reportIfBehind(session, record);
  }
  return { ...result, applied: applied.size, path };
}

interface SummedRows extends Pick<Reconciliation, 'counts' | 'batches'> {
  readonly differences: StatementDifferences;
  readonly unknownDirections: UnknownDirections;
}

/** Rows of which nothing says whether their money went out: how many, and the line of the first. */
interface UnknownDirections {
  readonly count: number;
  readonly line: number;
}

function summed(
  found: ComparedStatement,
  applied: ReadonlyMap<number, AppliedRow>,
  areAllBatches: boolean,
): SummedRows {
  const counts: Partial<Record<ReconciliationKind, number>> = {};
  const ofBatches = new Map<string, Partial<Record<ReconciliationKind, number>>>();
  const unknown = { count: 0, line: 0 };
  const differences = new StatementDifferences();
  for (const one of found.rows()) {
    const { number, kind, payment } = one;
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (!isAgreement(kind) && applied.get(number)?.to !== 'paid') differences.add(one);
    if (one.isDirectionUnknown) {
      if (unknown.count === 0) unknown.line = one.row?.line ?? 0;
      unknown.count += 1;
    }
    if (payment === null || !areAllBatches) continue;
    const ofBatch = ofBatches.get(payment.batch) ?? {};
    ofBatch[kind] = (ofBatch[kind] ?? 0) + 1;
    ofBatches.set(payment.batch, ofBatch);
  }
  const batches = [...ofBatches].map(([batch, of]) => ({ batch, counts: of }));
  return { counts, batches, differences, unknownDirections: unknown };
}

interface FoundRows {
  readonly found: ComparedStatement;
  readonly applied: ReadonlyMap<number, AppliedRow>;
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
    const to = applied.get(one.number)?.to ?? null;
    const nextAction = to === 'paid' ? '' : reconcileNextAction({ found: one, applied: to, batch, setting });
    return { kind: one.kind, payment: one.payment, row: one.row, applied: to ?? '', nextAction };
  };
  const written =
    batch === null
      ? writeStatementReport({ folder, account: account.name, statement, rows: found.rows(), lineOf })
      : writeReconciliation({ folder, batch, rows: found.rows(), lineOf });
  return written.catch((error: unknown) => {
    throw unwritable(folder, error, 'What was recorded stays recorded; reconcile again.');
  });
}

/** Warns once where the statement does not show what is money out: then none of its rows proves a payment. */
function directionProblems({ count, line }: UnknownDirections, file: string, account: string): readonly Problem[] {
  if (count === 0) return [];
  const setting = `accounts.${account}.statement`;
  const message =
    `Nothing says whether the money of ${count === 1 ? 'this row' : `${count} rows`} went out, so that no payment is proved. Name the column of money in at ` +
    `${setting}.columns.paid_in, or a column of words at ${setting}.columns.direction, or say which sign is money out: ${setting}.out.`;
  return [
    {
      severity: 'warning',
      file,
      line,
      column: '',
      field: 'amount',
      code: 'statement-direction-unknown',
      message,
    },
  ];
}
