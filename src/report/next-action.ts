import { shellWord } from '../domain/shell-word.ts';
import type { LedgerPayment } from '../ledger/records.ts';

/**
 * What a payroll clerk does next about a payment; '' when nothing is left to do.
 *
 * @param lookFor the provider's own sentence on where to look for an unknown or pending payment, or null.
 */
export function defaultNextAction(payment: LedgerPayment, lookFor: string | null): string {
  if (payment.code !== 'contradiction') return stepByStatus(payment, lookFor);
  const { reference } = payment;
  const both = 'Two reports contradict each other; the reason has both.';
  switch (payment.status) {
    case 'paid':
    case 'cancelled':
    case 'returned':
    case 'replaced':
      return (
        `${both} Money may have moved twice, or not at all: ask the provider, with every reference of this row. Do not pay it again ` +
        `before. What was found is recorded by: payrun resolve ${reference} --as paid --because "…"`
      );
    case 'failed':
    case 'planned':
    case 'submitting':
    case 'pending':
    case 'unknown':
      return `${both} ${stepByStatus(payment, lookFor)}`;
  }
}

/** The step by the status alone. */
function stepByStatus(payment: LedgerPayment, lookFor: string | null): string {
  const { batch, id, reference } = payment;
  const decide =
    `Then: payrun resolve ${reference} --as paid --because "…" when it is there, or --as failed when it certainly is not. ` +
    'Do not pay it by other means before.';
  switch (payment.status) {
    case 'planned':
      return payment.attempts > 0 || payment.reason !== ''
        ? 'Nothing moved. Mend what the reason says; the next payrun run presents it again.'
        : 'Not sent yet. The next payrun run sends it.';
    case 'submitting':
      return 'A run is sending it right now. Look again when that has ended: payrun status.';
    case 'pending':
      return lookFor === null
        ? 'The provider has it and has not said how it ended. Ask again later: payrun settle.'
        : `${lookFor} ${decide}`;
    case 'unknown':
      return lookFor === null
        ? `Money may have moved. Ask the provider: payrun settle. If it cannot say, look for ${reference} in its statement. ${decide}`
        : `Money may have moved. ${lookFor} ${decide}`;
    case 'failed':
      return (
        `${payment.code === 'contradiction' ? 'First ask the provider whether money moved.' : 'No money moved.'} If the payment is right, once the reason is mended: payrun retry ${batch} --id ${shellWord(id)}. ` +
        `If it must be corrected, correct it in ${batch}-failed.csv and run that; it takes the place of this row.`
      );
    case 'returned':
      return 'The money came back. Ask the recipient for a destination that works, and pay it in a new batch.';
    case 'cancelled':
      return payment.isCancelledByPerson === true
        ? ''
        : `It was cancelled before it was paid; no money moved. To pay it after all: payrun retry ${batch} --id ${shellWord(id)}. ` +
            `If it must be corrected, correct it in ${batch}-failed.csv and run that; it takes the place of this row.`;
    case 'paid':
    case 'replaced':
      return '';
  }
}
