import type { PaymentInstruction } from '../../domain/payment.ts';
import { pico, picoOfMinor, picoProduct } from './amounts.ts';
import type { BitpesaSettings } from './settings.ts';
import type { BitpesaTransaction } from './wire.ts';

/** What the debit will say, from the transaction; or why the transaction must not be funded. */
export type PriceCheck =
  | { readonly ok: true; readonly id: string; readonly currency: string; readonly duePico: bigint }
  | { readonly ok: false; readonly code: string; readonly why: string };

/**
 * Checks a transaction before it is funded: that it takes the right amount from the right balance. Where it does not, nothing has
 * moved, and the next payment of the account would be priced alike, so that the account stops.
 */
export function priceCheck(
  { id, inputCurrency, inputPico, duePico }: BitpesaTransaction,
  payment: PaymentInstruction,
  currency: string,
  settings: BitpesaSettings,
): PriceCheck {
  if (id === null || inputCurrency === null || inputPico === null || duePico === null) {
    return { ok: false, code: 'unpriced', why: 'BitPesa does not say what it costs' };
  }
  if (inputCurrency !== currency) {
    return {
      ok: false,
      code: 'other-currency',
      why: `BitPesa would take it from ${inputCurrency} in place of ${currency}`,
    };
  }
  if (duePico !== inputPico)
    return { ok: false, code: 'other-amount', why: 'BitPesa wants another amount than it says it costs' };
  const amount = picoOfMinor(payment.amountMinor, payment.currency);
  if (payment.currency === currency) {
    const most = amount + (pico(settings.surchargeMax) ?? 0n);
    if (inputPico < amount) return { ok: false, code: 'underpriced', why: 'BitPesa would take less than the amount' };
    if (inputPico > most)
      return {
        ok: false,
        code: 'surcharge',
        why: 'BitPesa would take more on top of the amount than options.max_surcharge allows',
      };
  } else {
    const rate = pico(settings.rateMax[payment.currency] ?? null);
    if (rate !== null && inputPico > picoProduct(amount, rate)) {
      return {
        ok: false,
        code: 'rate',
        why: `BitPesa would take more ${currency} for one ${payment.currency} than options.max_rate allows`,
      };
    }
  }
  return { ok: true, id, currency, duePico };
}
