import type { StatusReport } from '../../domain/status-report.ts';
import type { Evidence } from '../../domain/outcome.ts';
import type { CallbackPayment } from '../port.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import { decimalMinor } from '../kit/json.ts';
import type { ResultMessage } from './envelope.ts';
import { resultMeaning } from './result-codes.ts';
import { isB2b } from './wire.ts';

/** What the result of a payout is worth: to be believed as it is, or only a reason to ask. */
export type ResultReading =
  { readonly kind: 'report'; readonly report: StatusReport } | { readonly kind: 'unverified'; readonly said: Evidence };

export interface ResultSetting {
  /** Nothing is signed: a success counts only once a query has confirmed it. */
  readonly confirmByQuery: boolean;
  readonly redactor: Redactor;
}

/** Reads the result that came to a payout's own address (fact sheet, 9.2). */
export function payoutResult(message: ResultMessage, payment: CallbackPayment, setting: ResultSetting): ResultReading {
  const { redactor } = setting;
  const ids = requestIds(message, payment, redactor);
  const code = message.code !== null && /^[\x21-\x7e]{1,40}$/.test(message.code) ? message.code : 'unreadable';
  const hint = (reason: string): ResultReading => ({
    kind: 'unverified',
    said: evidence(code, `${reason}. It is asked about.`, ids),
  });
  const differs = contradiction(message, payment);
  if (differs !== null) {
    // Its ids are another payment's: taken up, they would be what this one is asked about by.
    const reason = `A result of Daraja's names another ${differs} than this payment. It is asked about.`;
    return { kind: 'unverified', said: evidence('contradiction', reason) };
  }
  const meaning = resultMeaning(code, isB2b(payment));
  const said = redactor.clause(message.description, payment);
  const failed = (reason: string): ResultReading => ({
    kind: 'report',
    report: { kind: 'failed', evidence: evidence(code, `${reason} No money moved.`, ids) },
  });
  switch (meaning.kind) {
    case 'success': {
      const receipt = redactor.id(message.parameters.get('TransactionReceipt') ?? message.transactionId);
      // Daraja names no other id of its own for the payment.
      const paidIds = { ...ids, providerReference: receipt, receipt };
      const paid = evidence(code, 'Daraja reports that the payment was made.', paidIds);
      return setting.confirmByQuery || receipt === undefined || !isOurs(message, payment)
        ? { kind: 'unverified', said: paid }
        : { kind: 'report', report: { kind: 'paid', evidence: paid } };
    }

    case 'payment':
      return isOurs(message, payment)
        ? failed(`Daraja says that ${meaning.words}${said}.`)
        : hint(`Daraja says that ${meaning.words}${said}`);

    case 'busy':
      // The core has seen this id, so only a retry under a new one can go through.
      return isOurs(message, payment)
        ? failed(`Daraja says that ${meaning.words}${said}; retry it later.`)
        : hint(`Daraja says that ${meaning.words}${said}`);

    case 'account': {
      if (!isOurs(message, payment)) return hint(`Daraja says that ${meaning.words}${said}`);
      const stop = evidence(code, `Daraja says that ${meaning.words}${said}. No money moved.`, ids);
      return { kind: 'report', report: { kind: 'failed', evidence: stop, stopsAccount: true } };
    }

    case 'duplicate':
    case 'doubt':
      return hint(`Daraja says that ${meaning.words}${said}`);
  }
}

/**
 * Whether the result names the id under which the payment is known: ours for people, Daraja's own for businesses. That a result
 * came to the payment's own address says as much where the acknowledgement that would have told Daraja's id was lost.
 */
function isOurs({ originatorConversationId }: ResultMessage, payment: CallbackPayment): boolean {
  if (!isB2b(payment)) return originatorConversationId === payment.reference;
  return payment.requestId === '' || originatorConversationId === payment.requestId;
}

/** The name of the first thing in which a result contradicts the payment. What it leaves out contradicts nothing. */
function contradiction(message: ResultMessage, payment: CallbackPayment): string | null {
  const { originatorConversationId, parameters } = message;
  if (originatorConversationId !== null && !isOurs(message, payment)) return 'conversation id';
  const amount = parameters.get('TransactionAmount') ?? parameters.get('Amount');
  if (amount !== undefined && !isAmount(amount, payment.amountMinor)) return 'amount';
  const party = /^\s*(\d{5,12})(?!\d)/.exec(parameters.get('ReceiverPartyPublicName') ?? '')?.[1];
  return party !== undefined && !isParty(party, payment) ? 'recipient' : null;
}

/** `1500`, `1500.0`, `1500.00`, and `KES 1500.00` as some samples have it. */
export function isAmount(text: string, amountMinor: bigint): boolean {
  return decimalMinor(text.replace(/^\s*KES\s*/, '').trim(), 2) === amountMinor;
}

function isParty(digits: string, { destination }: CallbackPayment): boolean {
  switch (destination.kind) {
    case 'mobile':
      return digits.slice(-9) === destination.phone.slice(-9);
    case 'paybill':
      return digits === destination.paybill;
    case 'till':
      return digits === destination.till;
    case 'bank':
    case 'wallet':
      return false;
  }
}

function requestIds(
  message: ResultMessage,
  payment: CallbackPayment,
  redactor: Redactor,
): { readonly requestId: string | undefined } {
  return {
    requestId: redactor.id(isB2b(payment) ? message.originatorConversationId : message.conversationId),
  };
}
