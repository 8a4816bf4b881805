import type { DarajaConversation } from './answers.ts';
import { darajaDescriptionOf } from './codes.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import { centsText, centsTextFixed, jsonNumber } from '../kit/decimal.ts';
import type { BodyFields } from '../kit/fields.ts';

export interface DarajaParameter {
  readonly Key: string;
  readonly Value?: unknown;
}

/** The content of a callback, without the envelope. */
export interface DarajaResult extends DarajaConversation {
  readonly code: string;
  readonly transactionId: string;
  /** The first parameter is the most important one. Null: the result has no parameters. */
  readonly parameters: readonly DarajaParameter[] | DarajaParameter | null;
  readonly references: readonly DarajaParameter[] | DarajaParameter;
}

/** An address inside the provider's network, which results contain. */
export const INTERNAL: DarajaParameter = {
  Key: 'QueueTimeoutURL',
  Value: 'https://internal.example/mpesa/b2cresults/v1/submit',
};

export function resultBody(result: DarajaResult, settings: DarajaSimulatorSettings): string {
  return resultText(result, { type: 0, description: darajaDescriptionOf(result.code) }, settings);
}

/** A result that is not final: its code is 0 and proves nothing. */
export function interimBody(result: DarajaResult, settings: DarajaSimulatorSettings): string {
  const interim = { ...result, code: '0', transactionId: genericId(result.transactionId), parameters: null };
  return resultText(interim, { type: 1, description: 'The service request is being processed.' }, settings);
}

/** The notice to `QueueTimeOutURL`, which proves nothing about the payment, in the shape of the setting. */
export function timeoutBody(result: DarajaResult, request: BodyFields, settings: DarajaSimulatorSettings): string {
  if (settings.timeoutShape === 'request') return JSON.stringify(echoOf(request));
  const late = { ...result, code: '1', transactionId: genericId(result.transactionId), parameters: null };
  return resultText(late, { type: 1, description: 'The service request timed out.' }, settings);
}

/** `TFC0000000`: the id of a request that became no transaction. */
export function genericId(receipt: string): string {
  return receipt.slice(0, 3).padEnd(10, '0');
}

export function amountValue(minor: bigint, { textAmounts }: DarajaSimulatorSettings): unknown {
  return textAmounts ? signed(minor, centsTextFixed) : jsonNumber(signed(minor, centsText));
}

/** A decimal text with its sign. */
function signed(minor: bigint, print: (cents: bigint) => string): string {
  return minor < 0n ? `-${print(-minor)}` : print(minor);
}

function resultText(
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
