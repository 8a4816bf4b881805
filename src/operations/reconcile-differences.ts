import { formatAmount } from '../domain/money.ts';
import { NumberColumn } from '../settle/columns.ts';
import type { ReconciliationKind, ReconciliationRow } from '../settle/reconciliation-kind.ts';
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
export class StatementDifferences {
  count = 0;
  private readonly first: ReconciliationRow[] = [];
  private readonly kinds: ReconciliationKind[] = [];
  /** Kinds that a payment was met with, as bits, by its number. */
  private readonly met = new NumberColumn();

  /** Rows on which ledger and statement agree are left out by the caller. */
  add(one: ReconciliationRow): void {
    if (one.payment !== null && !this.isNew(one.kind, one.payment.number)) return;
    this.count += 1;
    if (this.first.length < DIFFERENCES_NAMED) this.first.push(one);
  }

  named(
    applied: ReadonlyMap<number, AppliedRow>,
    place: Pick<NextActionInput, 'batch' | 'setting'>,
  ): readonly StatementDifference[] {
    return this.first.map((found) => {
      const { kind, payment, row, number } = found;
      const nextAction = reconcileNextAction({ found, applied: applied.get(number)?.to ?? null, ...place });
      const money = payment ?? row;
      return {
        ...{ kind, nextAction, statementLine: row?.line ?? null },
        payment: payment === null ? null : { batch: payment.batch, id: payment.id, name: payment.name },
        amount: money === null ? '' : formatAmount(money.amountMinor, money.currency),
        currency: money?.currency ?? '',
      };
    });
  }

  private isNew(kind: ReconciliationKind, payment: number): boolean {
    if (!this.kinds.includes(kind)) this.kinds.push(kind);
    const bit = 1 << this.kinds.indexOf(kind);
    if ((this.met.get(payment) & bit) !== 0) return false;
    this.met.add(payment, bit);
    return true;
  }
}
