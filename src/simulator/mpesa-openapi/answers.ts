import { delivered, json, withHeaders, type Answer } from '../kit/answer.ts';
import { sha256Hex } from '../kit/ids.ts';
import { statusOf, textOfCode } from './codes.ts';
import type { MpesaPayment } from './orders.ts';
import type { MpesaQuery, MpesaQueryResult } from './queries.ts';
import type { MpesaOpenApiSimulatorSettings } from './settings.ts';

const DONE = { output_ResponseCode: 'INS-0', output_ResponseDesc: 'Request processed successfully' };

/** The answer to a request for a session; without an id, no session was created. */
export function simulatedMpesaOpenapiSessionAnswer(id: string | null): Answer {
  if (id !== null) return json(200, { ...DONE, output_SessionID: id });
  return json(400, { output_ResponseCode: 'INS-989', output_ResponseDesc: textOfCode('INS-989') });
}

export function simulatedMpesaOpenapiPaidAnswer(payment: MpesaPayment): Answer {
  return json(201, { ...DONE, output_TransactionID: payment.transactionId, ...idsOf(payment) });
}

/** An acceptance has `INS-0` as a finished payment has; only the transaction's id is missing. */
export function simulatedMpesaOpenapiAcceptedAnswer(
  payment: MpesaPayment,
  { acceptedTransactionId }: Pick<MpesaOpenApiSimulatorSettings, 'acceptedTransactionId'>,
): Answer {
  const id = acceptedTransactionId === 'empty' ? '' : acceptedTransactionId;
  const transaction = acceptedTransactionId === 'absent' ? {} : { output_TransactionID: id };
  const answer = { ...DONE, output_ResponseDesc: 'Successfully Accepted Request', ...transaction, ...idsOf(payment) };
  return json(200, answer);
}

export function queryAnswer(query: MpesaQuery, result: MpesaQueryResult): Answer {
  if (result.kind === 'refused') return simulatedMpesaOpenapiRefusal(result.code, query.reference);
  return json(200, {
    ...DONE,
    output_ResponseTransactionStatus: result.status,
    output_ConversationID: conversationIdOf(query.reference),
    output_ThirdPartyConversationID: query.reference,
    output_OriginalTransactionID: result.transactionId,
    output_Reversed: result.isReversed ? 'True' : 'False',
  });
}

/** The answer to a query whose result follows by callback. */
export function queryAccepted({ reference }: MpesaQuery): Answer {
  return json(200, {
    ...DONE,
    output_ConversationID: conversationIdOf(reference),
    output_ThirdPartyConversationID: reference,
  });
}

/** An answer from which a client cannot know whether the payout was made: no answer, a web page or an error code. */
export function ambiguousAnswer(answer: string, reference: string): Answer {
  if (answer === 'drop') return delivered(json(500, {}), { kind: 'drop' });
  if (answer !== 'html') return simulatedMpesaOpenapiRefusal(answer, reference);
  return { ...json(502, {}), headers: { 'Content-Type': 'text/html' }, body: '<html><h1>502 Bad Gateway</h1></html>' };
}

export function simulatedMpesaOpenapiRefusal(code: string, reference: string): Answer {
  return json(statusOf(code), {
    output_ResponseCode: code,
    output_ResponseDesc: textOfCode(code),
    output_TransactionID: 'N/A',
    output_ConversationID: conversationIdOf(`${code} ${reference}`),
    output_ThirdPartyConversationID: reference,
  });
}

/** Refusals of the gateway carry no response code [assumed]. */
export function simulatedMpesaOpenapiGatewayRefusal(status: number, text: string): Answer {
  return json(status, { output_error: text });
}

export function simulatedMpesaOpenapiTooManyRequests(waitMs: number): Answer {
  return withHeaders(simulatedMpesaOpenapiGatewayRefusal(429, 'too many requests'), {
    'Retry-After': String(Math.max(1, Math.ceil(waitMs / 1000))),
  });
}

export function conversationIdOf(text: string): string {
  return sha256Hex(text).slice(0, 32);
}

function idsOf({ conversationId, order }: MpesaPayment): Readonly<Record<string, string>> {
  return { output_ConversationID: conversationId, output_ThirdPartyConversationID: order.reference };
}
