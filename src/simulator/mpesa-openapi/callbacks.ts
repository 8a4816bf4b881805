import type { CallbackFault } from '../kit/faults.ts';
import { textOfCode } from './codes.ts';
import type { MpesaOpenApiSimulatorSettings } from './settings.ts';
import type { MpesaPayment } from './payment.ts';
import type { Callback } from '../kit/runtime.ts';

export interface CallbackStep {
  readonly callback: Callback;
}

/** What is reported of a payment that ended with `result`, with whatever goes wrong with it. Nothing is signed. */
export function payoutCallbacks(
  payment: MpesaPayment,
  result: string,
  callbackFault: CallbackFault | null,
  { callbackUrl }: MpesaOpenApiSimulatorSettings,
): readonly CallbackStep[] {
  const opposite = result === 'INS-0' ? 'INS-6' : 'INS-0';
  const right = stepOf(callbackUrl, payoutResult(payment, result));
  switch (callbackFault) {
    case 'lost':
      return [];
    case null:
    case 'early':
      return [right];
    case 'twice':
      return [right, right];
    case 'forged': {
      // Whoever made it up knows what we sent, and not what the gateway answered.
      const wrong = { ...payoutResult(payment, opposite), input_OriginalConversationID: '0'.repeat(32) };
      return [stepOf(callbackUrl, wrong), right];
    }
    case 'contradictory':
      return [right, stepOf(callbackUrl, payoutResult(payment, opposite))];
  }
}

/** The answer to a query that was only accepted, by the ids of the query; `original` is null for what is not a finished payment. */
export function queryCallback(
  ids: { readonly conversationId: string; readonly reference: string },
  code: string,
  original: { readonly transactionId: string; readonly isReversed: boolean } | null,
  { callbackUrl }: MpesaOpenApiSimulatorSettings,
): CallbackStep {
  return stepOf(callbackUrl, {
    input_OriginalConversationID: ids.conversationId,
    input_ResultCode: code,
    input_ResultDesc: descriptionOf(code),
    input_ThirdPartyConversationID: ids.reference,
    input_OriginalTransactionID: original?.transactionId ?? 'N/A',
    input_Reversed: original?.isReversed === true ? 'True' : 'False',
  });
}

function payoutResult(payment: MpesaPayment, result: string): Readonly<Record<string, string>> {
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

function stepOf(url: string, fields: Readonly<Record<string, string>>): CallbackStep {
  return { callback: { url, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(fields) } };
}
