import type { AccountConfig } from '../config/config.ts';
import { PayrunError, type Problem } from '../domain/problem.ts';
import type { Status } from '../domain/status.ts';
import { readStatement } from '../intake/statement.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';
import { writeReconciliation, type ReconciliationLine } from '../report/reconciliation.ts';
import { isAgreement, reconcile, type ReconciliationKind, type ReconciliationRow } from '../settle/reconcile.ts';
import { registered, settleDead } from './settle.ts';
import { signature, type Project } from './session/project.ts';
import { reportBatch, unwritable } from './report.ts';

export interface ReconcileRequest {
  readonly batch: string;
  readonly statement: string;
  /** Null: the batch's only one. */
  readonly account: string | null;
  /** Whether what the statement proves is recorded. */
  readonly apply: boolean;
}

export interface Reconciliation {
  readonly batch: string;
  readonly account: string;
  /** Problems of the statement; an error among them: nothing was compared. */
  readonly problems: readonly Problem[];
  readonly refused: boolean;
  readonly counts: Readonly<Partial<Record<ReconciliationKind, number>>>;
  readonly applied: number;
  /** Whether payer and provider agree, after what was applied. */
  readonly agrees: boolean;
  /** Path of reconciliation.csv, or null. */
  readonly path: string | null;
}

/** Holds a provider's statement against the ledger and writes down every difference; records what it proves when asked to. */
export async function reconcileBatch(
  project: Project,
  ledger: Ledger,
  request: ReconcileRequest,
): Promise<Reconciliation> {
  const record = await registered(ledger, request.batch);
  const account = await accountOf(project, ledger, record, request.account);
  await settleDead(project, ledger, record, 'reconcile');
  const { rows, problems, refused } = await readStatement(request.statement, account.statement, account.currency);
  const known = { batch: record.header.id, account: account.name, problems };
  if (refused) return { ...known, refused, counts: {}, applied: 0, agrees: false, path: null };

  const payments: LedgerPayment[] = [];
  for await (const page of ledger.payments({ batch: record.header.id })) {
    payments.push(...page.filter((payment) => payment.account === account.name));
  }
  const found = await reconcile(payments, rows, (reference) => ledger.byAnyReference(reference));
  const applied = request.apply ? await applyAll(project, ledger, record, found) : new Map<ReconciliationRow, Status>();
  const lines = found.map((one) => lineOf(one, applied.get(one) ?? null, request));
  const path = await writeReconciliation({ folder: project.config.reports, batch: record.header.id, lines }).catch(
    (error: unknown) => {
      throw unwritable(project.config.reports, error, 'What was recorded stays recorded; reconcile again.');
    },
  );
  if (applied.size > 0) await reportBatch(project, ledger, record, 0);
  const counts: Partial<Record<ReconciliationKind, number>> = {};
  for (const { kind } of found) counts[kind] = (counts[kind] ?? 0) + 1;
  const agrees = found.every((one) => isAgreement(one.kind) || applied.get(one) === 'paid');
  return { ...known, refused, counts, applied: applied.size, agrees, path };
}

async function accountOf(
  project: Project,
  ledger: Ledger,
  record: BatchRecord,
  asked: string | null,
): Promise<AccountConfig> {
  const names = [...new Set((await ledger.tallies(record.header.id)).map((tally) => tally.account))].sort();
  const batch = record.header.id;
  if (asked !== null && !names.includes(asked)) {
    throw new PayrunError(
      2,
      'account-unknown',
      `Batch ${batch} has no payments of account ${asked}; it has: ${names.join(', ')}.`,
    );
  }
  const [only = ''] = names;
  if (asked === null && names.length > 1) {
    throw new PayrunError(
      2,
      'account-needed',
      `Batch ${batch} is paid from ${names.join(', ')}, and a statement is of one account. Say which with --account.`,
    );
  }
  const account = project.config.accounts.get(asked ?? only);
  if (account !== undefined) return account;
  throw new PayrunError(2, 'account-unknown', `Account ${asked ?? only} of batch ${batch} is not configured any more.`);
}

/**
 * Records what the statement proves: what was paid there and is open here, by our own reference and with the same amount. What
 * was paid there and failed here becomes `unknown`, so that no retry pays it again before a person has looked.
 */
async function applyAll(
  project: Project,
  ledger: Ledger,
  record: BatchRecord,
  found: readonly ReconciliationRow[],
): Promise<Map<ReconciliationRow, Status>> {
  const applied = new Map<ReconciliationRow, Status>();
  const provable = found.filter(({ kind, matched }) => {
    return matched !== null && (kind === 'paid-but-unknown' || kind === 'paid-but-failed');
  });
  if (provable.length === 0) return applied;
  await ledger.forgetFiles(record.header.id);
  for (const one of provable) {
    const { payment, row, matched } = one;
    if (payment === null || row === null || matched === null) continue;
    const result = await ledger.recordReport({
      reference: matched,
      report: {
        kind: 'paid',
        evidence: {
          code: 'statement',
          reason: `The provider's statement has it as paid (line ${row.line}).`,
          ...(row.providerReference === '' ? {} : { providerReference: row.providerReference }),
        },
      },
      source: 'statement',
      at: project.system.clock.now(),
      by: signature(project, 'reconcile'),
    });
    if (result.kind === 'moved') applied.set(one, result.to);
    else if (result.kind === 'contradicted') applied.set(one, result.status);
    // Somebody else has settled it meanwhile, the same way.
    else if (result.kind === 'kept' && result.status === 'paid') applied.set(one, 'paid');
  }
  return applied;
}

function lineOf(
  { kind, payment, row, matched }: ReconciliationRow,
  applied: Status | null,
  { batch }: ReconcileRequest,
): ReconciliationLine {
  const nextAction = applied === 'paid' ? '' : nextOf(kind, payment, applied, batch, matched !== null);
  return { finding: kind, payment, row, applied: applied ?? '', nextAction };
}

/** What a payroll clerk does about a finding. */
function nextOf(
  kind: ReconciliationKind,
  payment: LedgerPayment | null,
  applied: Status | null,
  batch: string,
  isByReference: boolean,
): string {
  const reference = payment?.reference ?? '';
  switch (kind) {
    case 'agrees':
    case 'other-batch':
      return '';
    case 'paid-but-unknown':
      return isByReference
        ? 'It was paid. Record it: run this command again with --apply.'
        : `The provider's own id matches and our reference is not in the statement. If it is this payment: payrun resolve ${reference} --as paid --because "statement".`;
    case 'paid-but-failed':
      if (applied === null && !isByReference) {
        return "Do not retry it before somebody has looked: the provider's own id matches and our reference is not in the statement. Ask the provider.";
      }
      return applied === null
        ? 'Do not retry it: it was paid. Run this command again with --apply, which takes it out of what can be retried.'
        : `It cannot be retried any more. Ask the provider; if it was paid: payrun resolve ${reference} --as paid --because "statement".`;
    case 'amount-differs':
      return 'The provider paid another amount than was asked for. Ask the provider, with both references.';
    case 'missing':
      return 'It counts as paid and the statement does not have it. Check that the statement covers its day; then ask the provider.';
    case 'not-paid':
      return 'It counts as paid and the statement says otherwise. Ask the provider before anything is paid again.';
    case 'paid-twice':
      return 'The provider has paid this twice. Ask it for the second one back, with both of its references.';
    case 'came-back':
      return 'The statement has it with both signs: money went out and came back. Ask the provider which was last. Nothing was recorded.';
    case 'ambiguous':
      return 'The statement gives one receipt, or one row, to several payments. Ask the provider which of them it paid. Nothing was recorded.';
    case 'open':
      return `The statement does not say how it ended. Ask again: payrun settle ${batch}.`;
    case 'not-ours':
      return 'payrun has not sent this. Look for who did: another system, or a person at the provider.';
  }
}
