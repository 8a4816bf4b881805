import type { Status } from '../domain/status.ts';
import type { ReconciliationRow } from '../settle/reconciliation-kind.ts';

export interface NextActionInput {
  readonly found: ReconciliationRow;
  readonly applied: Status | null;
  /** Null where all batches of the account were compared. */
  readonly batch: string | null;
  /** Where the form of the statement stands in the configuration. */
  readonly setting: string;
}

/** What a payroll clerk does next about one row of a reconciliation. */
export function reconcileNextAction({ found, applied, batch, setting }: NextActionInput): string {
  const { kind, payment, isProof: isByReference, isDirectionUnknown } = found;
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
        return 'Do not retry it before somebody has looked: our reference does not stand in the statement as the reference of this row. Ask the provider.';
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
      return payment === null
        ? 'Money came back, and the statement does not say of which payment. Ask the provider. Nothing was recorded.'
        : 'The money went out and came back, or was reversed. Ask the provider, and ask the recipient before anything is paid again. Nothing was recorded.';
    case 'ambiguous':
      return isDirectionUnknown
        ? `Nothing says whether this money went out. Say it in the configuration: ${setting}.columns.paid_in, the column of money in, or ${setting}.out. Then run this command again. Nothing was recorded.`
        : 'The row proves nothing alone: its own words or another row contradict it, or it stands for several payments. Ask the provider which it paid. Nothing was recorded.';
    case 'charge':
      return '';
    case 'outside-payrun':
      return `A person of ours got this sum, and payrun did not send it. Find out who did and why${payment === null ? '' : `, before ${payment.batch}/${payment.id} is paid or paid again`}. Nothing was recorded.`;
    case 'open':
      return `The statement does not say how it ended. Ask again: payrun settle ${payment?.batch ?? batch ?? ''}.`;
    case 'not-ours':
      return 'payrun has not sent this. Look for who did: another system, or a person at the provider.';
  }
}
