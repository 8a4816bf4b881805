import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import type { ResultMessage } from './envelope.ts';
import { isAmount } from './result.ts';
import { isB2b } from './wire.ts';

/** The payment a status query was about, with the id that Daraja gave it where it made one. */
export type AskedPayment = PaymentInstruction & { readonly requestId: string };

/** What the result of a status query says about the payment (fact sheet, 7.1); null is a body that cannot be read. */
export function statusFinding(message: ResultMessage | null, payment: AskedPayment, redactor: Redactor): StatusReport {
  const unknown = (code: string, reason: string): StatusReport => ({
    kind: 'unknown',
    evidence: evidence(code, reason),
  });
  if (message === null) return unknown('unreadable', 'Daraja answered the status query with something else.');
  const code = message.code !== null && /^[\x21-\x7e]{1,40}$/.test(message.code) ? message.code : 'unreadable';
  if (message.isInterim) return unknown('interim', 'Daraja is still answering the status query.');
  switch (code) {
    case '0':
      return stateFinding(message, payment, redactor);

    // 2033: no receipt for this conversation id; 2032: no such receipt. That it is not there yet is as likely while it is young.
    case '2032':
    case '2033':
      return { kind: 'not-found', evidence: evidence(code, 'Daraja knows of no such payment, or not yet.') };

    default:
      // The question failed, and not the payment.
      return unknown(
        code,
        `Daraja could not answer the status query${redactor.clause(message.description, payment)}. It is asked again.`,
      );
  }
}

function stateFinding({ parameters }: ResultMessage, payment: AskedPayment, redactor: Redactor): StatusReport {
  const unknown = (code: string, reason: string): StatusReport => ({
    kind: 'unknown',
    evidence: evidence(code, `${reason}. Ask Safaricom before paying again.`),
  });
  // The id of the payment, where the message has one; the message's own id is that of the question.
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
