import { createHmac } from 'node:crypto';
import type { CallbackFault } from '../kit/faults.ts';
import type { PesawaySimulatorSettings } from './settings.ts';
import type { PesawayPayment } from './payment.ts';
import { centsTextFixed } from '../kit/decimal.ts';
import type { Callback } from '../kit/runtime.ts';

/** One callback of a payment, and how long after the one before it. */
export interface CallbackStep {
  readonly afterMs: number;
  readonly callback: Callback;
}

/** What is reported of a payment that is final, with whatever goes wrong with it. */
export function callbackSteps(
  payment: PesawayPayment,
  plan: CallbackFault | null,
  settings: PesawaySimulatorSettings,
): readonly CallbackStep[] {
  const isPaid = payment.state === 'paid';
  const { resultsUrl } = payment.order;
  const right = { afterMs: 0, callback: signed(resultsUrl, resultOf(payment, isPaid), settings.callbackSecret) };
  switch (plan) {
    case 'lost':
      return [];
    case null:
    case 'early':
      return [right];
    case 'twice':
      return [right, { ...right, afterMs: settings.repeatDelayMs }];
    case 'forged':
      return [
        { afterMs: 0, callback: forged(payment, !isPaid, settings.callbackSecret) },
        { ...right, afterMs: settings.callbackDelayMs },
      ];
    case 'contradictory': {
      const opposite = signed(resultsUrl, resultOf(payment, !isPaid), settings.callbackSecret);
      return [right, { afterMs: settings.callbackDelayMs, callback: opposite }];
    }
  }
}

/** The fields that callbacks and queries share, in the order of the sheet's sample. */
export function resultOf(payment: PesawayPayment, isPaid: boolean): Readonly<Record<string, unknown>> {
  const { order, transactionId, receipt } = payment;
  return {
    // M-Pesa's own code of a payer's empty float [assumed].
    ResultCode: isPaid ? 0 : 1,
    ResultDesc: isPaid
      ? 'The service request is processed successfully.'
      : 'The balance is insufficient for the transaction.',
    TransactionID: transactionId,
    OriginatorReference: order.reference,
    TransactionReceipt: isPaid ? receipt : '',
    TransactionAmount: amountText(order),
    ReceiverPartyPublicName: recipientText(order),
  };
}

/** The registered name, behind the number: that is how it is sometimes seen. */
export function recipientText({ kind, number }: PesawayPayment['order']): string {
  return kind === 'mobile' ? `${number} - JANE WANJIKU` : `${number} - ACME SUPPLIES`;
}

export function amountText({ amountMinor, decimals }: PesawayPayment['order']): string {
  return decimals === 2 ? centsTextFixed(amountMinor) : amountMinor.toString();
}

function signed(url: string, fields: Readonly<Record<string, unknown>>, secret: string): Callback {
  const body = JSON.stringify(fields);
  const signature = secret === '' ? {} : { Signature: createHmac('sha256', secret).update(body).digest('base64') };
  return { url, headers: { 'Content-Type': 'application/json', ...signature }, body };
}

/** Signed by somebody else; where nobody signs, it can only be firstCallback by its wrong id. */
function forged(payment: PesawayPayment, isPaid: boolean, secret: string): Callback {
  const { resultsUrl } = payment.order;
  if (secret !== '') return signed(resultsUrl, resultOf(payment, isPaid), `not ${secret}`);
  return signed(resultsUrl, { ...resultOf(payment, isPaid), TransactionID: 'PHY0000000000' }, '');
}
