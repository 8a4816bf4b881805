import { destinationMasked } from '../../domain/destination.ts';
import { formatAmount } from '../../domain/money.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { SellapaySettings } from './settings.ts';
import { carriesReference } from './wire.ts';

/** How a clerk recognises a payment in Sellapay's statement. Version 1 has no query. */
export function sellapayManualCheck(
  payment: PaymentInstruction,
  status: 'unknown' | 'pending',
  settings: SellapaySettings,
): string {
  const { reference, amountMinor, currency, destination } = payment;
  const mark = carriesReference(destination.kind, settings)
    ? `the reference ${reference}`
    : `a note that begins with ${reference}`;
  const payout = `${currency} ${formatAmount(amountMinor, currency)} to ${destinationMasked(destination)} at the time in sent_at`;
  switch (status) {
    case 'unknown':
      return `Look in Sellapay's statement for ${mark}: ${payout}. If it is not clear, Sellapay's support can look it up.`;
    case 'pending':
      return `Sellapay does not report how this ends. Look in its statement for ${mark}: ${payout}, and whether it came back.`;
  }
}
