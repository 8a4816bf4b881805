import { isObject, scalarText, type JsonObject } from '../kit/json.ts';

/** What a callback says, its many spellings made one; null and '' for what it leaves out. */
export interface ResultMessage {
  /** More messages come after this one. */
  readonly isInterim: boolean;
  /** As text, whatever it was; null where there is none. */
  readonly code: string | null;
  readonly description: string;
  readonly originatorConversationId: string | null;
  readonly conversationId: string | null;
  /** An id even where nothing was paid, so no evidence of anything. */
  readonly transactionId: string | null;
  /** Entries of `ResultParameters` that have a value; keys without blanks. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The `Result` of a callback body; null for anything else, the request echoed flat in a time-out notice included. */
export function resultMessage(body: JsonObject | null): ResultMessage | null {
  const result = body?.['Result'];
  if (!isObject(result)) return null;
  return {
    isInterim: scalarText(result['ResultType'])?.trim() === '1',
    code: scalarText(result['ResultCode'])?.trim() ?? null,
    description: scalarText(result['ResultDesc']) ?? '',
    originatorConversationId: scalarText(result['OriginatorConversationID']),
    conversationId: scalarText(result['ConversationID']),
    transactionId: scalarText(result['TransactionID']),
    parameters: parametersOf(result['ResultParameters']),
  };
}

/** One entry may stand where the list would, and an entry may lack its value. */
function parametersOf(value: unknown): ReadonlyMap<string, string> {
  const held = isObject(value) ? value['ResultParameter'] : value;
  const entries: readonly unknown[] = Array.isArray(held) ? held : [held];
  const parameters = new Map<string, string>();
  for (const entry of entries) {
    if (!isObject(entry)) continue;
    const key = scalarText(entry['Key'])?.replaceAll(' ', '');
    const text = scalarText(entry['Value']);
    if (key !== undefined && text !== null && !parameters.has(key)) parameters.set(key, text);
  }
  return parameters;
}

/** What a refused request was told, in whichever of the gateway's shapes; empty texts where it was told nothing. */
export interface Refusal {
  /** Daraja's own, such as `400.002.02`, or the gateway's, such as `policies.ratelimit.SpikeArrestViolation`. */
  readonly code: string;
  readonly words: string;
}

export function refusalOf(body: JsonObject | null): Refusal {
  if (body === null) return { code: '', words: '' };
  const { fault } = body;
  if (isObject(fault)) {
    const detail = isObject(fault['detail']) ? fault['detail'] : {};
    return { code: scalarText(detail['errorcode']) ?? '', words: scalarText(fault['faultstring']) ?? '' };
  }
  return {
    code: scalarText(body['errorCode'])?.trim() ?? '',
    words: scalarText(body['errorMessage']) ?? soapWords(body),
  };
}

function soapWords(body: JsonObject): string {
  let at: unknown = body;
  for (const name of ['Envelope', 'Body', 'Fault', 'faultstring']) at = isObject(at) ? at[name] : undefined;
  return scalarText(at) ?? '';
}
