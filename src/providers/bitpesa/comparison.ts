import type { PaymentInstruction } from '../../domain/payment.ts';
import { decimalMinor, scalarText } from '../kit/json.ts';
import { bbanOf } from './account-numbers.ts';
import { bitpesaDecimalsOf } from './amounts.ts';
import { payoutOf } from './details.ts';
import type { BitpesaSettings } from './settings.ts';
import type { Recipient, BitpesaTransaction } from './wire.ts';

/**
 * The name of the first thing in which a transaction contradicts the payment, or null. What it leaves out contradicts nothing,
 * unless `isStrict`: an earlier transaction that we are about to fund has to show what it pays, and to whom.
 */
export function bitpesaContradiction(
  transaction: BitpesaTransaction,
  payment: PaymentInstruction,
  settings: BitpesaSettings,
  isStrict = false,
): string | null {
  const { externalId, recipients } = transaction;
  if (externalId === null ? isStrict : externalId !== payment.reference) return 'reference';
  const [recipient] = recipients;
  if (recipient === undefined) return isStrict ? 'recipient' : null;
  if (recipients.length > 1) return 'number of recipients';
  return recipientContradiction(recipient, payment, settings, isStrict);
}

export function recipientContradiction(
  recipient: Recipient,
  payment: PaymentInstruction,
  settings: BitpesaSettings,
  isStrict = false,
): string | null {
  const { amount, currency, payoutType, details } = recipient;
  if (currency === null ? isStrict : currency !== payment.currency) return 'currency';
  const minor = amount === null ? null : decimalMinor(amount, bitpesaDecimalsOf(payment.currency));
  if (amount === null ? isStrict : minor !== payment.amountMinor) return 'amount';
  const payout = payoutOf(payment, settings);
  if (payout === null) return 'payout type';
  if (payoutType === null ? isStrict : payoutType !== payout.type.type) return 'payout type';
  for (const field of [payout.type.account, payout.type.code]) {
    const wanted = field === null ? undefined : payout.details[field];
    if (field === null || wanted === undefined) continue;
    const answered = scalarText(details?.[field]);
    if (answered === null ? isStrict : !isSame(field, answered, wanted)) return field.replace('_', ' ');
  }
  return null;
}

/** Phones may be shown with or without plus and calling code, accounts in groups, West African ones as IBAN or BBAN. */
function isSame(field: string, answered: string, wanted: string): boolean {
  const [a, b] = [answered, wanted].map((text) => text.replace(/[\s+-]/g, '').toUpperCase()) as [string, string];
  if (a === b || (field === 'iban' && (bbanOf(a) ?? a) === (bbanOf(b) ?? b))) return true;
  if (field !== 'phone_number') return false;
  const [longer, shorter] = a.length > b.length ? [a, b] : [b, a];
  const national = shorter.replace(/^0+/, '');
  return national.length >= 7 && longer.endsWith(national);
}
