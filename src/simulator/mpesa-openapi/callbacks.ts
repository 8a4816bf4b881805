import { callbacksWithFault } from '../kit/callbacks.ts';
import type { CallbackFault } from '../kit/faults.ts';
import { textOfCode } from './codes.ts';
import type { MpesaOpenApiSimulatorSettings } from './settings.ts';
import type { MpesaPayment } from './orders.ts';
import type { Callback } from '../kit/runtime.ts';

/** The callbacks of a payment that ended with `result`, with the fault that is scripted for them. Callbacks are not signed. */
export function simulatedMpesaCallbacks(
  payment: MpesaPayment,
  result: string,
  fault: CallbackFault | null,
  { callbackUrl }: MpesaOpenApiSimulatorSettings,
): readonly Callback[] {
  const opposite = mpesaPayoutResult(payment, result === 'INS-0' ? 'INS-6' : 'INS-0');
  // A forger can know the request, but not the conversation id that the gateway answered.
  const forged = { ...opposite, input_OriginalConversationID: '0'.repeat(32) };
  return callbacksWithFault(fault, {
    right: mpesaCallbackTo(callbackUrl, mpesaPayoutResult(payment, result)),
    opposite: mpesaCallbackTo(callbackUrl, opposite),
    forged: mpesaCallbackTo(callbackUrl, forged),
  });
}

/** The callback that answers an accepted query. `original` is null unless the payment is completed. */
export function mpesaQueryCallback(
  ids: { readonly conversationId: string; readonly reference: string },
  code: string,
  original: { readonly transactionId: string; readonly isReversed: boolean } | null,
  { callbackUrl }: MpesaOpenApiSimulatorSettings,
): Callback {
  return mpesaCallbackTo(callbackUrl, {
    input_OriginalConversationID: ids.conversationId,
    input_ResultCode: code,
    input_ResultDesc: descriptionOf(code),
    input_ThirdPartyConversationID: ids.reference,
    input_OriginalTransactionID: original?.transactionId ?? 'N/A',
    input_Reversed: original?.isReversed === true ? 'True' : 'False',
  });
}

function mpesaPayoutResult(payment: MpesaPayment, result: string): Readonly<Record<string, string>> {
  return {
    input_OriginalConversationID: payment.conversationId,
    input_TransactionID: result === 'INS-0' ? payment.transactionId : 'N/A',
    input_ResultCode: result,
    input_ResultDesc: descriptionOf(result),
    input_ThirdPartyConversationID: payment.order.reference,
  };
}

function descriptionOf(code: string): string {
  return code === 'INS-0' ? 'Request processed successfully' : textOfCode(code);
}

function mpesaCallbackTo(url: string, fields: Readonly<Record<string, string>>): Callback {
  return { url, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(fields) };
}
