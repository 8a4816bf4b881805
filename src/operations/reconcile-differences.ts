import { formatAmount } from '../domain/money.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ComparedStatement } from '../settle/compared-statement.ts';
import { isAgreement, type ReconciliationKind, type ReconciliationRow } from '../settle/reconciliation-kind.ts';
import type { AppliedRow } from './reconcile-apply.ts';
import { reconcileNextAction, type NextActionInput } from './reconcile-next-action.ts';

/** So many are named on the screen; the file has all. */
export const DIFFERENCES_NAMED = 20;

/** A payment, or a row of the statement without one, on which ledger and statement do not agree. */
export interface StatementDifference {
  readonly kind: ReconciliationKind;
  /** Null where the row belongs to no payment of the ledger. */
  readonly payment: { readonly batch: string; readonly id: string; readonly name: string } | null;
  /** Of the payment, or of the row where there is none. */
  readonly amount: string;
  readonly currency: string;
  /** Null where the statement has no row of the payment. */
  readonly statementLine: number | null;
  readonly nextAction: string;
}

/** The first differences in the order of the statement, each payment once for each kind, and how many there are of them. */
export async function statementDifferences(
  found: ComparedStatement,
  applied: ReadonlyMap<number, AppliedRow>,
  place: Pick<NextActionInput, 'batch' | 'setting'> & { readonly ledger: Pick<Ledger, 'byAnyReference'> },
): Promise<{ readonly differences: readonly StatementDifference[]; readonly differenceCount: number }> {
  const rows: ReconciliationRow[] = [];
  const met = new Set<string>();
  let differenceCount = 0;
  for (const one of found.rows()) {
    if (isAgreement(one.kind) || applied.get(one.number)?.to === 'paid') continue;
    const key = one.payment === null ? null : `${one.kind} ${one.payment.reference}`;
    if (key !== null && met.has(key)) continue;
    if (key !== null) met.add(key);
    differenceCount += 1;
    if (rows.length < DIFFERENCES_NAMED) rows.push(one);
  }
  const differences = [];
  for (const one of rows) differences.push(await statementDifference(one, applied, place));
  return { differences, differenceCount };
}

async function statementDifference(
  found: ReconciliationRow,
  applied: ReadonlyMap<number, AppliedRow>,
  { batch, setting, ledger }: Parameters<typeof statementDifferences>[2],
): Promise<StatementDifference> {
  const { kind, payment, row, number } = found;
  const nextAction = reconcileNextAction({ found, applied: applied.get(number)?.to ?? null, batch, setting });
  const common = { kind, statementLine: row?.line ?? null, nextAction };
  if (payment === null)
    return {
      ...common,
      payment: null,
      amount: row === null ? '' : formatAmount(row.amountMinor, row.currency),
      currency: row?.currency ?? '',
    };
  const name = (await ledger.byAnyReference(payment.reference))?.name ?? '';
  const amount = formatAmount(payment.amountMinor, payment.currency);
  return { ...common, payment: { batch: payment.batch, id: payment.id, name }, amount, currency: payment.currency };
}
