import type { AccountConfig } from '../config/config.ts';
import { PayrunError, type Problem } from '../domain/problem.ts';
import type { Status } from '../domain/status.ts';
import { readStatement } from '../intake/statement.ts';
import { consequenceOf, earlierConsequenceOf } from '../ledger/consequences.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';
import { writeReconciliation, type ReconciliationLine } from '../report/reconciliation.ts';
import { compareStatement } from '../settle/reconcile.ts';
import { isAgreement, type ReconciliationKind, type ReconciliationRow } from '../settle/reconciliation-kind.ts';
import type { ReconciledPayment } from '../settle/statement-match.ts';
import { reportBatch, reportIfBehind, unwritable } from './batch-report.ts';
import { changedPayment, type ChangedPayment } from './changed-payments.ts';
import { reconcileNextAction } from './reconcile-next-action.ts';
import { applyAcknowledged } from './session/acknowledged.ts';
import { namedBatch, recoverDead } from './session/batches.ts';
import { checkBatchReport } from './session/past.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';
import { personText } from './session/who.ts';

export interface ReconcileRequest {
  readonly batch: string;
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

export interface Reconciliation {
  readonly batch: string;
  readonly account: string;
  /** Problems of the statement; an error among them: nothing was compared. */
  readonly problems: readonly Problem[];
  readonly refused: boolean;
  readonly counts: Readonly<Partial<Record<ReconciliationKind, number>>>;
  readonly applied: number;
  /** What was recorded, or would be. */
  readonly changes: readonly ChangedPayment[];
  /** Whether payer and provider agree, after what was applied. */
  readonly agrees: boolean;
  /** Path of reconciliation.csv, or null. */
  readonly path: string | null;
}

/** Compares a provider's statement with the ledger and reports every difference; with `apply`, records what the statement proves. */
export function reconcile(context: OperationContext, request: ReconcileRequest): Promise<Reconciliation> {
  return withSession(context, { command: 'reconcile' }, (session) => reconcileBatch(session, request));
}

async function reconcileBatch(session: Session, request: ReconcileRequest): Promise<Reconciliation> {
  const { project, ledger } = session;
  await applyAcknowledged(session);
  const record = await namedBatch(ledger, request.batch);
  const account = await accountOf(session, record, request.account);
  await checkBatchReport(session.project.config, session.ledger, record.header.id);
  await recoverDead(session, record);
  const { rows, problems: read, refused } = await readStatement(request.statement, account);
  const known = { batch: record.header.id, account: account.name };
  if (refused)
    return { ...known, problems: read, refused, counts: {}, applied: 0, changes: [], agrees: false, path: null };

  const payments: LedgerPayment[] = [];
  for await (const page of ledger.payments({ batch: record.header.id })) {
    payments.push(...page.filter((payment) => payment.account === account.name));
  }
  const found = await compareStatement(payments, rows, (reference) => ledger.byAnyReference(reference));
  const problems = [...read, ...directionProblems(found, request.statement, account.name)];
  const { apply, isDryRun } = request;
  const applied = apply ? await applyStatement(session, found, request) : new Map<ReconciliationRow, Status>();
  const changes = appliedChanges(applied);
  const counts: Partial<Record<ReconciliationKind, number>> = {};
  for (const { kind } of found) counts[kind] = (counts[kind] ?? 0) + 1;
  const agrees = found.every((one) => isAgreement(one.kind) || applied.get(one) === 'paid');
  if (isDryRun) return { ...known, problems, refused, counts, applied: 0, changes, agrees, path: null };
  const lines = found.map((one) => reconciliationLine(one, applied.get(one) ?? null, request, account));
  const path = await writeReconciliation({ folder: project.config.reports, batch: record.header.id, lines }).catch(
    (error: unknown) => {
      throw unwritable(project.config.reports, error, 'What was recorded stays recorded; reconcile again.');
    },
  );
  if (applied.size > 0) await reportBatch(session, record, 0);
  else await reportIfBehind(session, record);
  return { ...known, problems, refused, counts, applied: applied.size, changes, agrees, path };
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

async function accountOf(
  { project, ledger }: Session,
  record: BatchRecord,
  wanted: string | null,
): Promise<AccountConfig> {
  const names = [...new Set((await ledger.tallies(record.header.id)).map((tally) => tally.account))].sort();
  const batch = record.header.id;
  if (wanted !== null && !names.includes(wanted)) {
    throw new PayrunError(
      2,
      'account-unknown',
      `Batch ${batch} has no payments of account ${wanted}; it has: ${names.join(', ')}.`,
    );
  }
  const [only = ''] = names;
  if (wanted === null && names.length > 1) {
    throw new PayrunError(
      2,
      'account-needed',
      `Batch ${batch} is paid from ${names.join(', ')}, and a statement is of one account. Say which with --account.`,
    );
  }
  const account = project.config.accounts.get(wanted ?? only);
  if (account !== undefined) return account;
  throw new PayrunError(
    2,
    'account-unknown',
    `Account ${wanted ?? only} of batch ${batch} is not configured any more.`,
  );
}

/**
 * Records what the statement proves: a payment that it shows as paid, with our own reference and the same amount, and that is open
 * in the ledger. One that has failed in the ledger becomes `unknown`, so that no retry pays it again before a person has checked it.
 */
export async function applyStatement(
  { ledger, system, by }: Session,
  found: readonly ReconciliationRow[],
  { isDryRun = false, because = null }: Partial<Pick<ReconcileRequest, 'isDryRun' | 'because'>> = {},
): Promise<Map<ReconciliationRow, Status>> {
  const applied = new Map<ReconciliationRow, Status>();
  const who = because === null ? '' : ` Recorded by ${personText(system.who)}: ${because}`;
  const provable = found.filter(({ kind, matched }) => {
    return matched !== null && (kind === 'paid-but-unknown' || kind === 'paid-but-failed');
  });

  for (const one of provable) {
    const { payment, row, matched } = one;
    if (payment === null || row === null || matched === null) continue;
    if (isDryRun) {
      applied.set(one, statusAfter(payment, matched));
      continue;
    }
    const result = await ledger.recordReport({
      reference: matched,
      report: {
        kind: 'paid',
        evidence: {
          code: 'statement',
          reason: `The provider's statement has it as paid (line ${row.line}).${who}`,
          ...(row.providerReference === '' ? {} : { providerReference: row.providerReference }),
        },
      },
      source: 'statement',
      at: system.clock.now(),
      by,
    });
    if (result.kind === 'moved') applied.set(one, result.to);
    else if (result.kind === 'contradicted') applied.set(one, result.status);
    // Another process has recorded the same meanwhile.
    else if (result.kind === 'kept' && result.status === 'paid') applied.set(one, 'paid');
  }
  return applied;
}

function appliedChanges(applied: ReadonlyMap<ReconciliationRow, Status>): ChangedPayment[] {
  return [...applied].flatMap(([{ payment }, to]) => {
    return payment === null ? [] : [changedPayment(payment, payment.status, to)];
  });
}

/** What the ledger makes of a payment that a statement shows as paid under this reference. */
function statusAfter({ status, reference }: ReconciledPayment, matched: string): Status {
  const isCurrent = matched === reference;
  switch (isCurrent ? consequenceOf(status, 'paid', false) : earlierConsequenceOf(status, 'paid', false)) {
    case 'move':
      return 'paid';
    case 'conflict-unknown':
      return 'unknown';
    case 'conflict':
    case 'keep':
      return status;
  }
}

function reconciliationLine(
  found: ReconciliationRow,
  applied: Status | null,
  { batch }: ReconcileRequest,
  account: AccountConfig,
): ReconciliationLine {
  const setting = `accounts.${account.name}.statement`;
  const nextAction = applied === 'paid' ? '' : reconcileNextAction({ found, applied, batch, setting });
  return { kind: found.kind, payment: found.payment, row: found.row, applied: applied ?? '', nextAction };
}
