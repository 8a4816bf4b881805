import { destinationMasked } from '../../domain/destination.ts';
import { formatAmount } from '../../domain/money.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { DarajaSettings } from './settings.ts';
import { isB2b } from './wire.ts';

/** How a clerk recognises a payment in the M-PESA portal, where a status query has not helped or is impossible. */
export function darajaManualCheck(
  payment: PaymentInstruction,
  status: 'unknown' | 'pending',
  settings: DarajaSettings,
): string {
  const { reference, amountMinor, currency, destination } = payment;
  const advice = isB2b(payment)
    ? status === 'unknown'
      ? // Nothing was acknowledged, so there is no id for a query.
        'A callback may tell yet. If none does, look'
      : 'Ask Daraja: payrun settle. If that does not help, look'
    : 'Ask Daraja: payrun settle. If it cannot say for a day, look';
  const payout = `${currency} ${formatAmount(amountMinor, currency)} to ${destinationMasked(destination)} at the time in sent_at, occasion ${reference}`;
  return `${advice} in the M-PESA portal of short code ${settings.shortcode} for ${payout}.`;
}
