import { createHmac } from 'node:crypto';
import { callbacksWithFault } from '../kit/callbacks.ts';
import type { CallbackFault } from '../kit/faults.ts';
import type { PesawaySimulatorSettings } from './settings.ts';
import type { PesawayPayment } from './orders.ts';
import { centsTextFixed } from '../kit/decimal.ts';
import type { Callback } from '../kit/runtime.ts';

/** The callbacks of a final payment, with the fault that is scripted for them. */
export function simulatedPesawayCallbacks(
  payment: PesawayPayment,
  fault: CallbackFault | null,
  { callbackSecret }: PesawaySimulatorSettings,
): readonly Callback[] {
  const isPaid = payment.state === 'paid';
  const { resultsUrl } = payment.order;
  return callbacksWithFault(fault, {
    right: signedCallback(resultsUrl, simulatedPesawayResultOf(payment, isPaid), callbackSecret),
    opposite: signedCallback(resultsUrl, simulatedPesawayResultOf(payment, !isPaid), callbackSecret),
    forged: forgedCallback(payment, !isPaid, callbackSecret),
  });
}

/** The fields that callbacks and queries share, in the order of the documented sample. */
export function simulatedPesawayResultOf(payment: PesawayPayment, isPaid: boolean): Readonly<Record<string, unknown>> {
  const { order, transactionId, receipt } = payment;
  return {
    // M-Pesa's code for an insufficient float of the payer [assumed].
    ResultCode: isPaid ? 0 : 1,
    ResultDesc: isPaid
      ? 'The service request is processed successfully.'
      : 'The balance is insufficient for the transaction.',
    TransactionID: transactionId,
    OriginatorReference: order.reference,
    TransactionReceipt: isPaid ? receipt : '',
    TransactionAmount: pesawayAmountText(order),
    ReceiverPartyPublicName: recipientText(order),
  };
}

/** The number and the registered name, as some integrators have seen it. */
export function recipientText({ kind, number }: PesawayPayment['order']): string {
  return kind === 'mobile' ? `${number} - JANE WANJIKU` : `${number} - ACME SUPPLIES`;
}

export function pesawayAmountText({ amountMinor, decimals }: PesawayPayment['order']): string {
  return decimals === 2 ? centsTextFixed(amountMinor) : amountMinor.toString();
}

function signedCallback(url: string, fields: Readonly<Record<string, unknown>>, secret: string): Callback {
  const body = JSON.stringify(fields);
  const signature = secret === '' ? {} : { Signature: createHmac('sha256', secret).update(body).digest('base64') };
  return { url, headers: { 'Content-Type': 'application/json', ...signature }, body };
}

/** Signed with a wrong secret. Without signatures, only the wrong id distinguishes it. */
function forgedCallback(payment: PesawayPayment, isPaid: boolean, secret: string): Callback {
  const { resultsUrl } = payment.order;
  if (secret !== '') return signedCallback(resultsUrl, simulatedPesawayResultOf(payment, isPaid), `not ${secret}`);
  return signedCallback(
    resultsUrl,
    { ...simulatedPesawayResultOf(payment, isPaid), TransactionID: 'PHY0000000000' },
    '',
  );
}
