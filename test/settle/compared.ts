import type { StatementRow } from '../../src/domain/statement.ts';
import type { ComparedPayment } from '../../src/ledger/compared-payments.ts';
import { StatementComparison, type ComparisonOptions } from '../../src/settle/reconcile.ts';
import type { ReconciliationRow } from '../../src/settle/reconciliation-kind.ts';
import type { PaymentLookup } from '../../src/settle/statement-match.ts';

/** Compares rows with payments that are all at hand. */
export async function compareStatement(
  payments: readonly ComparedPayment[],
  rows: readonly StatementRow[],
  lookup: PaymentLookup,
  options: ComparisonOptions = {},
): Promise<ReconciliationRow[]> {
  const comparison = new StatementComparison(lookup);
  comparison.addPayments(payments);
  await comparison.addRows(rows);
  return [...comparison.compare(options).rows()];
}
