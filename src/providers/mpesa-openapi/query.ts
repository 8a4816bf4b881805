import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import type { HttpAnswer } from '../kit/http.ts';
import type { QueryResult } from '../port.ts';
import { waitOf } from '../kit/retry-after.ts';
import { evidenceCode } from './codes.ts';
import { wireAnswer } from './wire.ts';

/** Of the transaction, whichever way the answer to the query came. */
export interface QueryAnswer {
  /** Speaks about the query. */
  readonly code: string;
  readonly words: string;
  /** Speaks about the payment; null where the answer has none. */
  readonly status: string | null;
  readonly transactionId: string | null;
  readonly reversed: string | null;
}

export interface QueryReading {
  readonly payment: PaymentInstruction;
  /** The conversation id of the query. */
  readonly conversation: string;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What the answer to a query means (fact sheet, section 7). Whatever goes wrong with the asking decides nothing. */
export function queryInquiry(answer: HttpAnswer, reading: QueryReading): QueryResult {
  switch (answer.kind) {
    case 'not-sent':
      return { kind: 'unreachable', evidence: evidence(answer.code, answer.reason) };
    case 'lost':
      return { kind: 'unknown', evidence: evidence(answer.code, again(answer.reason.replace(/\.$/, ''))) };
    case 'answer':
      return wholeInquiry(answer, reading);
  }
}

function wholeInquiry(answer: Extract<HttpAnswer, { kind: 'answer' }>, reading: QueryReading): QueryResult {
  const { status, headers } = answer;
  const { payment, conversation, redactor, now } = reading;
  const wire = wireAnswer(answer);
  if (wire.code === '') {
    if (status === 429) {
      const waitMs = waitOf(headers, now);
      const turnedAway = evidence('429', 'M-Pesa asks for a pause: too many requests.');
      return { kind: 'throttled', evidence: turnedAway, ...(waitMs === undefined ? {} : { waitMs }) };
    }
    const code = status < 300 ? 'unreadable' : String(status);
    return {
      kind: 'unknown',
      evidence: evidence(code, again(`M-Pesa answered the question with ${status} and no code`)),
    };
  }
  const echo = wire.field('output_ThirdPartyConversationID');
  const isContradiction =
    (echo !== null && echo !== conversation && echo !== payment.reference) ||
    (wire.code === 'INS-0' && (status < 200 || status > 299));
  if (isContradiction) {
    return { kind: 'unknown', evidence: evidence('contradiction', again('M-Pesa answered another question')) };
  }
  return queryFinding(
    {
      code: wire.code,
      words: wire.words,
      status: wire.field('output_ResponseTransactionStatus'),
      transactionId: wire.field('output_OriginalTransactionID'),
      reversed: wire.field('output_Reversed'),
    },
    payment,
    redactor,
  );
}

/** The table of section 7, row by row; whatever it does not list leaves the payment open. */
export function queryFinding(answer: QueryAnswer, payment: PaymentInstruction, redactor: Redactor): StatusReport {
  // The ids of the query itself are left out: `requestId` is the payment's, and callbacks are held against it.
  const receipt = redactor.id(answer.transactionId);
  const ids = { providerReference: receipt, receipt };
  const open = (code: string, what: string): StatusReport => ({
    kind: 'unknown',
    evidence: evidence(code, again(what), ids),
  });
  switch (answer.code) {
    case 'INS-0':
      break;
    case 'INS-23':
    // Seen in the field beside it, as another way to say that nothing is to be seen yet.
    case 'INS-6140': {
      const reason = 'M-Pesa finds no such transaction; its record may lag behind, so this proves nothing yet.';
      return { kind: 'not-found', evidence: evidence(answer.code, reason) };
    }
    // INS-1, INS-6, INS-9 and all others: taken as the failure of the query, not of the payment [assumed, conservative].
    default:
      return open(
        evidenceCode(answer.code),
        `M-Pesa could not say what became of it${redactor.clause(answer.words, payment)}`,
      );
  }
  const reversed = truth(answer.reversed);
  if (reversed === null) return open('contradiction', 'M-Pesa does not say clearly whether it was reversed');
  switch (answer.status?.toLowerCase() ?? '') {
    case 'completed':
    case 'success':
    case 'successful':
      return reversed
        ? {
            kind: 'returned',
            evidence: evidence('reversed', 'M-Pesa paid, and the payment was reversed afterwards.', ids),
          }
        : { kind: 'paid', evidence: evidence('completed', 'M-Pesa completed the payment.', ids) };
    // Not paid [assumed from the words].
    case 'failed':
    case 'cancelled':
    case 'expired':
    case 'declined':
    case 'rejected': {
      const word = String(answer.status).toLowerCase();
      return reversed
        ? open('contradiction', `M-Pesa says that it was ${word} and reversed at once`)
        : { kind: 'failed', evidence: evidence(word, `M-Pesa did not pay: the transaction is ${word}.`, ids) };
    }
    case 'pending':
      return { kind: 'pending', evidence: evidence('pending', 'M-Pesa has not ended the payment yet.', ids) };
    // Taken on to be answered by callback, or known in a word that is not documented.
    case '':
      return open('no-status', 'M-Pesa took the question and has not answered it yet');
    default:
      return open(
        'unlisted-status',
        `M-Pesa knows it in a state that is not documented (${redactor.text(answer.status ?? '', payment)})`,
      );
  }
}

/** `True`, `false`; absent is not reversed; null for what is neither. */
function truth(text: string | null): boolean | null {
  switch (text?.toLowerCase() ?? 'false') {
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      return null;
  }
}

function again(what: string): string {
  return `${what}. It is asked about again.`;
}
