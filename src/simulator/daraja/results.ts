import type { DarajaConversation } from './answers.ts';
import { descriptionOf } from './codes.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import { centsText, centsTextFixed, jsonNumber } from '../kit/decimal.ts';
import type { BodyFields } from '../kit/fields.ts';

export interface DarajaParameter {
  readonly Key: string;
  readonly Value?: unknown;
}

/** What a callback reports, before it has its envelope. */
export interface DarajaResult extends DarajaConversation {
  readonly code: string;
  readonly transactionId: string;
  /** The first one is the most telling. Null: there is no such part. */
  readonly parameters: readonly DarajaParameter[] | DarajaParameter | null;
  readonly references: readonly DarajaParameter[] | DarajaParameter;
}

/** The address that the provider's own machines are firstCallback; it is nobody's. */
export const INTERNAL: DarajaParameter = {
  Key: 'QueueTimeoutURL',
  Value: 'https://internal.example/mpesa/b2cresults/v1/submit',
};

export function resultBody(result: DarajaResult, settings: DarajaSimulatorSettings): string {
  return envelope(result, { type: 0, description: descriptionOf(result.code) }, settings);
}

/** One that is not the last: it says zero, and means nothing. */
export function interimBody(result: DarajaResult, settings: DarajaSimulatorSettings): string {
  const interim = { ...result, code: '0', transactionId: genericId(result.transactionId), parameters: null };
  return envelope(interim, { type: 1, description: 'The service request is being processed.' }, settings);
}

/** What comes to `QueueTimeOutURL`: it proves nothing about the payment, in either of the shapes that clients expect. */
export function timeoutBody(result: DarajaResult, request: BodyFields, settings: DarajaSimulatorSettings): string {
  if (settings.timeoutShape === 'request') return JSON.stringify(echoOf(request));
  const late = { ...result, code: '1', transactionId: genericId(result.transactionId), parameters: null };
  return envelope(late, { type: 1, description: 'The service request timed out.' }, settings);
}

/** `TFC0000000`: the id of what never became a transaction. */
export function genericId(receipt: string): string {
  return receipt.slice(0, 3).padEnd(10, '0');
}

export function amountValue(minor: bigint, { textAmounts }: DarajaSimulatorSettings): unknown {
  return textAmounts ? signed(minor, centsTextFixed) : jsonNumber(signed(minor, centsText));
}

/** With a minus where there is one: none of the printers of decimals can be relied on for it. */
function signed(minor: bigint, print: (cents: bigint) => string): string {
  return minor < 0n ? `-${print(-minor)}` : print(minor);
}

function envelope(
  { code, originatorId, conversationId, transactionId, parameters, references }: DarajaResult,
  { type, description }: { readonly type: number; readonly description: string },
  settings: DarajaSimulatorSettings,
): string {
  const isText = settings.stringCodes || !/^\d+$/.test(code);
  const list =
    settings.singleObjectParameters && Array.isArray(parameters) ? (parameters as DarajaParameter[])[0] : parameters;
  return JSON.stringify({
    Result: {
      ResultType: settings.stringCodes ? String(type) : type,
      ResultCode: isText ? code : jsonNumber(code),
      ResultDesc: description,
      OriginatorConversationID: originatorId,
      ConversationID: conversationId,
      TransactionID: transactionId,
      ...(parameters === null ? {} : { ResultParameters: { ResultParameter: list } }),
      ReferenceData: { ReferenceItem: references },
    },
  });
}

function echoOf(request: BodyFields): Readonly<Record<string, unknown>> {
  const pairs = [...request].flatMap(([name, field]): [string, unknown][] => {
    if (field.kind === 'other') return [];
    return [[name, field.kind === 'number' ? jsonNumber(field.text) : field.text]];
  });
  return Object.fromEntries(pairs);
}
