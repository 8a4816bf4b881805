import type { Status } from '../domain/status.ts';
import type { LedgerPayment } from '../ledger/records.ts';
import type { ReconciliationKind } from '../settle/reconcile.ts';

/** What a payroll clerk does next about one row of a reconciliation. */
export function reconcileNextAction(
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
