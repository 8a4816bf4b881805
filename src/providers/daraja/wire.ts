import type { PaymentInstruction } from '../../domain/payment.ts';
import { decimalMinor, isObject, scalarText, type JsonObject } from '../kit/json.ts';
import type { DarajaSettings } from './settings.ts';

/** A request as Daraja reads it: always POST, always JSON. */
export interface DarajaRequest {
  readonly path: string;
  readonly body: string;
}

/** What every request carries beside its own fields. */
export interface Sender {
  readonly initiator: string;
  readonly securityCredential: string;
  readonly resultUrl: string;
  readonly timeoutUrl: string;
}

export const DARAJA_TOKEN_PATH = '/oauth/v1/generate?grant_type=client_credentials';

/** Longest text that reaches Daraja. */
export const REMARKS_MAX = 100;

/** Whether a payment goes by B2B, which knows no id of ours, or by B2C, which does. */
export function isB2b(payment: PaymentInstruction): boolean {
  switch (payment.destination.kind) {
    case 'mobile':
      return false;
    case 'paybill':
    case 'till':
      return true;
    case 'bank':
    case 'wallet':
      throw unpayable(payment);
  }
}

/** The payment in the documented fields. Callback addresses and credential aside, the same payment always makes the same bytes. */
export function darajaPayoutRequest(
  payment: PaymentInstruction,
  settings: DarajaSettings,
  sender: Sender,
): DarajaRequest {
  const { destination } = payment;
  switch (destination.kind) {
    case 'mobile':
      return b2cRequest(payment, destination.phone, settings, sender);
    case 'paybill':
      return b2bRequest(payment, settings, sender, {
        CommandID: 'BusinessPayBill',
        RecieverIdentifierType: '4',
        PartyB: destination.paybill,
        AccountReference: destination.account,
      });
    case 'till':
      return b2bRequest(payment, settings, sender, {
        CommandID: 'BusinessBuyGoods',
        RecieverIdentifierType: settings.tillIdentifierType,
        PartyB: destination.till,
      });
    case 'bank':
    case 'wallet':
      throw unpayable(payment);
  }
}

/** By our own id of the payment, or by Daraja's receipt; one of the two is filled, as in the documentation's sample. */
export interface StatusQueryId {
  readonly originatorConversationId: string;
  readonly receipt: string;
}

export function statusRequest(handle: StatusQueryId, settings: DarajaSettings, sender: Sender): DarajaRequest {
  return {
    path: '/mpesa/transactionstatus/v1/query',
    body: JSON.stringify({
      Initiator: sender.initiator,
      SecurityCredential: sender.securityCredential,
      CommandID: 'TransactionStatusQuery',
      TransactionID: handle.receipt,
      // Original, not Originator: only this request spells it so.
      OriginalConversationID: handle.originatorConversationId,
      PartyA: settings.shortcode,
      IdentifierType: '4',
      ResultURL: sender.resultUrl,
      QueueTimeOutURL: sender.timeoutUrl,
      Remarks: 'status',
      Occasion: 'status',
    }),
  };
}

export function darajaBalanceRequest(settings: DarajaSettings, sender: Sender): DarajaRequest {
  return {
    path: '/mpesa/accountbalance/v1/query',
    body: JSON.stringify({
      Initiator: sender.initiator,
      SecurityCredential: sender.securityCredential,
      CommandID: 'AccountBalance',
      PartyA: settings.shortcode,
      IdentifierType: '4',
      Remarks: 'balance',
      QueueTimeOutURL: sender.timeoutUrl,
      ResultURL: sender.resultUrl,
    }),
  };
}

function b2cRequest(
  payment: PaymentInstruction,
  phone: string,
  settings: DarajaSettings,
  sender: Sender,
): DarajaRequest {
  const { command } = settings;
  return {
    path: command === 'BusinessPayToPochi' ? '/mpesa/b2pochi/v1/paymentrequest' : '/mpesa/b2c/v3/paymentrequest',
    body: JSON.stringify({
      OriginatorConversationID: payment.reference,
      InitiatorName: sender.initiator,
      SecurityCredential: sender.securityCredential,
      CommandID: command,
      Amount: wholeShillings(payment),
      PartyA: settings.shortcode,
      PartyB: phone.slice(1),
      Remarks: remarks(payment.narrative),
      QueueTimeOutURL: sender.timeoutUrl,
      ResultURL: sender.resultUrl,
      Occassion: payment.reference,
    }),
  };
}

function b2bRequest(
  payment: PaymentInstruction,
  settings: DarajaSettings,
  sender: Sender,
  receiver: Readonly<Record<'CommandID' | 'RecieverIdentifierType' | 'PartyB', string>> & { AccountReference?: string },
): DarajaRequest {
  const { CommandID, RecieverIdentifierType, PartyB, AccountReference } = receiver;
  return {
    path: '/mpesa/b2b/v1/paymentrequest',
    body: JSON.stringify({
      Initiator: sender.initiator,
      SecurityCredential: sender.securityCredential,
      CommandID,
      SenderIdentifierType: '4',
      RecieverIdentifierType,
      Amount: wholeShillings(payment),
      PartyA: settings.shortcode,
      PartyB,
      ...(AccountReference === undefined ? {} : { AccountReference }),
      Remarks: remarks(payment.narrative),
      QueueTimeOutURL: sender.timeoutUrl,
      ResultURL: sender.resultUrl,
      // The only place for our reference in a request that has no field for it.
      Occassion: payment.reference,
    }),
  };
}

/** A text, as in the documentation's sample. */
function wholeShillings({ amountMinor }: PaymentInstruction): string {
  if (amountMinor % 100n !== 0n) throw new Error('daraja pays whole shillings; its rules have let a fraction through');
  return (amountMinor / 100n).toString();
}

/** Other characters than these have made requests disappear without an answer. Two to a hundred of them. */
function remarks(narrative: string): string {
  const clean = narrative
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9 .-]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, REMARKS_MAX)
    .trim();
  return clean.length < 2 ? 'Payment' : clean;
}

function unpayable({ destination }: PaymentInstruction): Error {
  return new Error(`daraja pays no ${destination.kind}; its rules have let one through`);
}

/** What a callback says, in one form for its many spellings; null and '' for what it leaves out. */
export interface ResultMessage {
  /** More messages come after this one. */
  readonly isInterim: boolean;
  /** As a text, also where it was a number; null where there is none. */
  readonly code: string | null;
  readonly description: string;
  readonly originatorConversationId: string | null;
  readonly conversationId: string | null;
  /** Present even where nothing was paid, so that it proves nothing. */
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

/** A single entry may stand in place of the list, and an entry may lack its value. */
function parametersOf(value: unknown): ReadonlyMap<string, string> {
  const list = isObject(value) ? value['ResultParameter'] : value;
  const entries: readonly unknown[] = Array.isArray(list) ? list : [list];
  const parameters = new Map<string, string>();
  for (const entry of entries) {
    if (!isObject(entry)) continue;
    const key = scalarText(entry['Key'])?.replaceAll(' ', '');
    const text = scalarText(entry['Value']);
    if (key !== undefined && text !== null && !parameters.has(key)) parameters.set(key, text);
  }
  return parameters;
}

/** Why a request was refused, in whichever of the gateway's shapes; empty texts where the answer says nothing. */
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

/** `1500`, `1500.0`, `1500.00`, and `KES 1500.00` as some samples have it. */
export function isAmount(text: string, amountMinor: bigint): boolean {
  return decimalMinor(text.replace(/^\s*KES\s*/, '').trim(), 2) === amountMinor;
}
