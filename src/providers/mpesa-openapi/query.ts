import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { TokenClient } from '../kit/client.ts';
import type { HttpAnswer, WholeAnswer } from '../kit/http.ts';
import { evidence, throttled, throttledBy, unreachable, withoutStop } from '../kit/outcomes.ts';
import type { Redactor } from '../kit/redaction.ts';
import type { KnownPayment, ProviderSetup, QueryResult } from '../port.ts';
import { mpesaOpenapiEvidenceCode, sessionRefused } from './answers.ts';
import { MPESA_OPENAPI_REQUESTS, SESSION_ENDED } from './client.ts';
import type { MpesaOpenapiSettings } from './settings.ts';
import { queryConversation } from './signature.ts';
import { mpesaOpenapiQueryRequest, mpesaOpenapiWireAnswer } from './wire.ts';

/** What a query of an account needs. */
export interface QueryContext {
  readonly setup: ProviderSetup;
  readonly settings: MpesaOpenapiSettings;
  readonly redactor: Redactor;
  readonly client: TokenClient;
}

/** What the answer to a query says, whether it came at once or by callback. */
export interface QueryAnswer {
  /** About the query. */
  readonly code: string;
  readonly words: string;
  /** About the payment; null where the answer has none. */
  readonly status: string | null;
  readonly transactionId: string | null;
  readonly reversed: string | null;
}

/** What is known besides the answer to a query. */
export interface QueryAnswerContext {
  readonly payment: PaymentInstruction;
  /** The conversation id of the query. */
  readonly conversation: string;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What became of a payment, by its reference (docs/providers/mpesa-openapi.md, section 7). */
export async function queryMpesaOpenapiPayment(
  { setup, settings, redactor, client }: QueryContext,
  payment: PaymentInstruction,
  known: KnownPayment,
): Promise<QueryResult> {
  const { clock, random, account, credentials } = setup;
  const { reference } = payment;
  const conversation = queryConversation(reference, known.queries, random, credentials['api_key'] ?? '');
  const sent = await client.call(MPESA_OPENAPI_REQUESTS, (session) =>
    mpesaOpenapiQueryRequest(setup, settings, { reference, conversation, bearer: session }),
  );
  if (sent.kind !== 'sent') return sent;
  const { answer, token, isRefusedAgain } = sent;
  if (token === 'refused' && answer.kind === 'answer') {
    return isRefusedAgain
      ? { kind: 'stop', evidence: sessionRefused(answer.status, account) }
      : throttled(SESSION_ENDED, 0);
  }
  return mpesaOpenapiQueryResult(answer, { payment, conversation, redactor, now: clock.now() });
}

/** What the answer to a query means. A query that failed proves nothing about the payment. */
export function mpesaOpenapiQueryResult(answer: HttpAnswer, context: QueryAnswerContext): QueryResult {
  switch (answer.kind) {
    case 'not-sent':
      return unreachable(answer);
    case 'lost':
      return { kind: 'unknown', evidence: evidence(answer.code, queryAgain(withoutStop(answer.reason))) };
    case 'answer':
      return wholeAnswerResult(answer, context);
  }
}

function wholeAnswerResult(answer: WholeAnswer, context: QueryAnswerContext): QueryResult {
  const { status } = answer;
  const { payment, conversation, redactor, now } = context;
  const wire = mpesaOpenapiWireAnswer(answer);
  if (wire.code === '') {
    if (status === 429) {
      return throttledBy(answer, now, evidence('429', 'M-Pesa asks for a pause: too many requests.'));
    }
    const code = status < 300 ? 'unreadable' : String(status);
    return {
      kind: 'unknown',
      evidence: evidence(code, queryAgain(`M-Pesa answered the question with ${status} and no code`)),
    };
  }
  const echo = wire.field('output_ThirdPartyConversationID');
  const isContradiction =
    (echo !== null && echo !== conversation && echo !== payment.reference) ||
    (wire.code === 'INS-0' && (status < 200 || status > 299));
  if (isContradiction) {
    return { kind: 'unknown', evidence: evidence('contradiction', queryAgain('M-Pesa answered another question')) };
  }
  return mpesaOpenapiTransactionReport(
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

/**
 * What M-Pesa says of a transaction, row by row of the table in docs/providers/mpesa-openapi.md, section 7. Every other answer leaves
 * the payment open.
 */
export function mpesaOpenapiTransactionReport(
  answer: QueryAnswer,
  payment: PaymentInstruction,
  redactor: Redactor,
): StatusReport {
  // The ids of the query are left out: `requestId` is the payment's, and callbacks are compared with it.
  const receipt = redactor.id(answer.transactionId);
  const ids = { providerReference: receipt, receipt };
  const open = (code: string, what: string): StatusReport => ({
    kind: 'unknown',
    evidence: evidence(code, queryAgain(what), ids),
  });
  switch (answer.code) {
    case 'INS-0':
      break;
    case 'INS-23':
    // Seen in the field as another way to say that the transaction cannot be found yet.
    case 'INS-6140': {
      const reason = 'M-Pesa finds no such transaction; its record may lag behind, so this proves nothing yet.';
      return { kind: 'not-found', evidence: evidence(answer.code, reason) };
    }
    // INS-1, INS-6, INS-9 and all others: taken as the failure of the query, not of the payment [assumed, conservative].
    default:
      return open(
        mpesaOpenapiEvidenceCode(answer.code),
        `M-Pesa could not say what became of it${redactor.clause(answer.words, payment)}`,
      );
  }
  const reversed = isReversed(answer.reversed);
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
    // M-Pesa may answer by callback.
    case '':
      return open('no-status', 'M-Pesa took the question and has not answered it yet');
    default:
      return open(
        'unlisted-status',
        `M-Pesa knows it in a state that is not documented (${redactor.text(answer.status ?? '', payment)})`,
      );
  }
}

/** `True`, `false`; a missing text means not reversed; null for every other text. */
function isReversed(text: string | null): boolean | null {
  switch (text?.toLowerCase() ?? 'false') {
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      return null;
  }
}

function queryAgain(what: string): string {
  return `${what}. It is asked about again.`;
}
