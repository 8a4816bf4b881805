import { destinationMasked } from '../../domain/destination.ts';
import { formatAmount } from '../../domain/money.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';

/** How a clerk recognises a payment in PesaWay's portal, where queries have decided nothing. */
export function pesawayManualCheck(payment: PaymentInstruction, status: 'unknown' | 'pending'): string {
  const { reference, amountMinor, currency, destination } = payment;
  const payout = `${currency} ${formatAmount(amountMinor, currency)} to ${destinationMasked(destination)} at the time in sent_at`;
  switch (status) {
    case 'unknown':
      return `Run payrun settle, which asks PesaWay again. If it stays unknown, look in PesaWay's statement for the ExternalReference ${reference}: ${payout}.`;
    case 'pending':
      return `PesaWay has it and has not ended it. Run payrun settle later; if it stays pending, ask PesaWay's support about the ExternalReference ${reference}: ${payout}.`;
  }
}
