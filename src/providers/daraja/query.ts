import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence } from '../kit/outcomes.ts';
import type { Redactor } from '../kit/redaction.ts';
import type { QueryResult, KnownPayment } from '../port.ts';
import type { DarajaClient } from './client.ts';
import { isAmount, isB2b, statusRequest, type ResultMessage, type StatusQueryId } from './wire.ts';

/** Queries what became of a payment. The answer comes to an address of this one query and is waited for briefly. */
export async function queryStatus(
  client: DarajaClient,
  payment: PaymentInstruction,
  known: KnownPayment,
): Promise<QueryResult> {
  const id = statusQueryId(payment, known);
  if (id === null) {
    const reason = `Daraja never acknowledged this payment, so there is no id to ask by. A callback may tell; else look for ${payment.reference} in the M-PESA portal.`;
    return { kind: 'unknown', evidence: evidence('no-id', reason), cannotBeAsked: true };
  }
  const { reference } = payment;
  const query = known.queries + 1;
  const answer = await client.call({ kind: 'q', reference, query }, { kind: 'u', reference, query }, (sender) =>
    statusRequest(id, client.settings, sender),
  );
  switch (answer.kind) {
    case 'answered':
      return statusReport(answer.message, { ...payment, requestId: known.requestId }, client.redactor);
    case 'no-answer':
      return {
        kind: 'unknown',
        evidence: evidence('no-answer', 'Daraja took the status query and has not answered yet.'),
      };
    case 'refused':
      return { kind: 'unknown', evidence: evidence(answer.code, answer.reason) };
    case 'throttled':
    case 'unreachable':
    case 'stop':
      return answer;
  }
}

/** Our own id where the request carried it; else the id that Daraja made, or the receipt; null where there is none. */
function statusQueryId(payment: PaymentInstruction, known: KnownPayment): StatusQueryId | null {
  if (!isB2b(payment)) return { originatorConversationId: payment.reference, receipt: '' };
  if (known.requestId !== '') return { originatorConversationId: known.requestId, receipt: '' };
  return known.providerReference === '' ? null : { originatorConversationId: '', receipt: known.providerReference };
}

/** The payment of a status query, with the id that Daraja gave it where Daraja made one. */
type QueriedPayment = PaymentInstruction & { readonly requestId: string };

/**
 * What the result of a status query says about the payment: docs/providers/daraja.md, section 7.1. A message of null is a body that
 * cannot be read.
 */
export function statusReport(message: ResultMessage | null, payment: QueriedPayment, redactor: Redactor): StatusReport {
  const unknown = (code: string, reason: string): StatusReport => ({
    kind: 'unknown',
    evidence: evidence(code, reason),
  });
  if (message === null) return unknown('unreadable', 'Daraja answered the status query with something else.');
  const code = message.code !== null && /^[\x21-\x7e]{1,40}$/.test(message.code) ? message.code : 'unreadable';
  if (message.isInterim) return unknown('interim', 'Daraja is still answering the status query.');
  switch (code) {
    case '0':
      return stateReport(message, payment, redactor);

    // 2033: no receipt for this conversation id; 2032: no such receipt. A young payment may only not be there yet.
    case '2032':
    case '2033':
      return { kind: 'not-found', evidence: evidence(code, 'Daraja knows of no such payment, or not yet.') };

    default:
      // The query failed, and not the payment.
      return unknown(
        code,
        `Daraja could not answer the status query${redactor.clause(message.description, payment)}. It is asked again.`,
      );
  }
}

function stateReport({ parameters }: ResultMessage, payment: QueriedPayment, redactor: Redactor): StatusReport {
  const unknown = (code: string, reason: string): StatusReport => ({
    kind: 'unknown',
    evidence: evidence(code, `${reason}. Ask Safaricom before paying again.`),
  });
  // The id of the payment, where the message has one; the message's own id is that of the query.
  const theirs = parameters.get('OriginatorConversationID');
  const ours = isB2b(payment) ? payment.requestId : payment.reference;
  if (theirs !== undefined && ours !== '' && theirs !== ours) {
    return unknown('contradiction', 'Daraja answered the status query about another payment');
  }
  const amount = parameters.get('Amount');
  if (amount !== undefined && !isAmount(amount, payment.amountMinor)) {
    return unknown('contradiction', 'Daraja holds another amount for this payment than was asked for');
  }
  const state = parameters.get('TransactionStatus')?.trim() ?? '';
  const receipt = redactor.id(parameters.get('ReceiptNo') ?? null);
  const ids = { providerReference: receipt, receipt };
  switch (state) {
    case 'Completed':
      return { kind: 'paid', evidence: evidence(state, 'Daraja confirms that the payment was made.', ids) };
    case 'Declined':
    case 'Cancelled':
    case 'Expired':
      return { kind: 'failed', evidence: evidence(state, `Daraja says: ${state}. No money moved.`, ids) };
    case 'Initiated':
    case 'Authorized':
    case 'Pending Authorized': {
      const reason = `Daraja says: ${state}. It has not ended the payment yet and is asked again.`;
      return { kind: 'unknown', evidence: evidence(state.replaceAll(' ', '-'), reason) };
    }
    default:
      return { kind: 'unknown', evidence: evidence('unlisted-status', unlisted(redactor.text(state, payment))) };
  }
}

function unlisted(state: string): string {
  return state === ''
    ? 'Daraja answered the status query without a status.'
    : `Daraja answered a status that it does not document (${state}). It is asked again.`;
}
