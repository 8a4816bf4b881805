import type { PaymentInstruction } from '../../domain/payment.ts';
import type { Settings } from './settings.ts';

/** A request as Daraja reads it: always POST, always JSON. */
export interface WireRequest {
  readonly path: string;
  readonly body: string;
}

/** What every request carries beside its own matter. */
export interface Sender {
  readonly initiator: string;
  readonly securityCredential: string;
  readonly resultUrl: string;
  readonly timeoutUrl: string;
}

export const TOKEN_PATH = '/oauth/v1/generate?grant_type=client_credentials';

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

/** The payment in the fields of the sheet. Callback addresses and credential aside, the same payment makes the same bytes. */
export function payoutRequest(payment: PaymentInstruction, settings: Settings, sender: Sender): WireRequest {
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

/** By our own id of the payment, or by Daraja's receipt; one of the two is filled, as in the sheet's sample. */
export interface StatusHandle {
  readonly originatorConversationId: string;
  readonly receipt: string;
}

export function statusRequest(handle: StatusHandle, settings: Settings, sender: Sender): WireRequest {
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

export function balanceRequest(settings: Settings, sender: Sender): WireRequest {
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

function b2cRequest(payment: PaymentInstruction, phone: string, settings: Settings, sender: Sender): WireRequest {
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
  settings: Settings,
  sender: Sender,
  receiver: Readonly<Record<'CommandID' | 'RecieverIdentifierType' | 'PartyB', string>> & { AccountReference?: string },
): WireRequest {
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

/** A text, as in the sheet's sample. */
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
