import type { Evidence, Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import type { HttpAnswer } from '../kit/http.ts';
import { waitOf } from '../kit/retry-after.ts';
import { adviceOf, codeMeaning, currentMeaning, evidenceCode } from './codes.ts';
import { wireAnswer, type WireAnswer } from './wire.ts';

type WholeAnswer = Extract<HttpAnswer, { kind: 'answer' }>;

/** What is known besides the answer itself. */
export interface Reading {
  readonly payment: PaymentInstruction;
  /** Name of the account in the configuration. */
  readonly account: string;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
  /** The session that was refused came fresh from a renewal after a refusal: another renewal will not help. */
  readonly sessionHopeless: boolean;
  /** An earlier request with this reference was never answered, and nothing said of this one settles that. */
  readonly isAgain: boolean;
}

/** What each answer to a payout means for the money (fact sheet, section 8). */
export function payoutOutcome(answer: HttpAnswer, reading: Reading): Outcome {
  switch (answer.kind) {
    // No byte of the request left: nobody can have paid.
    case 'not-sent':
      return { kind: 'not-sent', evidence: evidence(answer.code, answer.reason) };
    // The request may have arrived and been paid before the line went dead.
    case 'lost':
      return { kind: 'unknown', evidence: evidence(answer.code, doubt(answer.reason.replace(/\.$/, ''))) };
    case 'answer': {
      const wire = wireAnswer(answer);
      return wire.code === '' ? codeless(answer, reading) : coded(answer, wire, reading);
    }
  }
}

/** Whether a session was refused: the shape of that is not published [assumed: 401 or 403 without a response code]. */
export function isSessionRefused(answer: HttpAnswer): boolean {
  return answer.kind === 'answer' && (answer.status === 401 || answer.status === 403) && wireAnswer(answer).code === '';
}

export function sessionRefused(status: number, account: string): Evidence {
  const reason = `M-Pesa refuses fresh sessions of account ${account}. Check accounts.${account}.options.origin, which must be a trusted source of the application, and accounts.${account}.credentials; if activation takes longer than usual, raise options.activation_delay.`;
  return evidence(String(status), reason);
}

/** Without a response code it is a gateway that speaks, and only its refusals at the door are certain [assumed]. */
function codeless({ status, headers }: WholeAnswer, { account, now, sessionHopeless }: Reading): Outcome {
  const code = String(status);
  switch (status) {
    case 401:
    case 403:
      // The request never reached the ledger of M-Pesa. A fresh session that is refused again will not get better.
      return sessionHopeless
        ? { kind: 'stop', evidence: sessionRefused(status, account) }
        : {
            kind: 'throttled',
            evidence: evidence(code, 'M-Pesa refused the session; a new one is fetched.'),
            waitMs: 0,
          };
    case 404: {
      const reason = `M-Pesa has no such address. Check accounts.${account}.endpoint, environment and options.market.`;
      return { kind: 'stop', evidence: evidence(code, reason) };
    }
    case 429: {
      // Counted and turned away at the door.
      const waitMs = waitOf(headers, now);
      const turnedAway = evidence(code, 'M-Pesa asks for a pause: too many requests.');
      return { kind: 'throttled', evidence: turnedAway, ...(waitMs === undefined ? {} : { waitMs }) };
    }
    default: {
      // 5xx, HTML, an empty or unreadable 200: a proxy's words about what the ledger behind it may have done.
      const reason = `M-Pesa answered ${status} without a code that says what it means`;
      return { kind: 'unknown', evidence: evidence(status < 300 ? 'unreadable' : code, doubt(reason)) };
    }
  }
}

/** By the response code and never by the status: a failed transaction comes as HTTP 401. */
function coded({ status }: WholeAnswer, wire: WireAnswer, reading: Reading): Outcome {
  const { payment, account, redactor, isAgain } = reading;
  // The transaction id is the M-Pesa receipt: docs/providers/mpesa-openapi.md, section 4.
  const receipt = redactor.id(wire.field('output_TransactionID'));
  const ids = { requestId: redactor.id(wire.field('output_ConversationID')), providerReference: receipt, receipt };
  const unclear = (code: string, what: string): Outcome => ({
    kind: 'unknown',
    evidence: evidence(code, doubt(what), ids),
  });
  const echo = wire.field('output_ThirdPartyConversationID');
  if (echo !== null && echo !== payment.reference) {
    return unclear('contradiction', 'M-Pesa answered about another conversation than was asked for');
  }
  const said = redactor.clause(wire.words, payment);
  const code = evidenceCode(wire.code);

  if (wire.code === 'INS-0') {
    if (status < 200 || status > 299) {
      return unclear('contradiction', `M-Pesa answered success and an error (${status}) at once`);
    }
    // Without a transaction id it is an acceptance, whatever its words are.
    return ids.providerReference === undefined
      ? { kind: 'pending', evidence: evidence(code, 'M-Pesa accepted the payment and has not paid it yet.', ids) }
      : { kind: 'paid', evidence: evidence(code, 'M-Pesa paid.', ids) };
  }

  const isClientError = status >= 400 && status < 500;
  const meaning = isClientError ? codeMeaning(wire.code) : currentMeaning(wire.code);
  const reason = `${meaning.text}${said}`;
  switch (meaning.verdict) {
    case 'unknown':
      return unclear(code, reason);
    case 'failed':
    case 'stop':
      // A refusal that has a receipt has been further than a refusal gets; the query tells.
      if (ids.providerReference !== undefined)
        return unclear('contradiction', `${reason}, and yet it has a transaction id`);
      if (meaning.verdict === 'stop') {
        return { kind: 'stop', evidence: evidence(code, `${reason}.${adviceOf(meaning, account)}`, ids) };
      }
      // That this request moved nothing says nothing of the earlier one: what makes a duplicate is not published.
      if (isAgain) return unclear(code, `${reason}; whether the earlier request paid is not said`);
      return { kind: 'failed', evidence: evidence(code, `${reason}.${adviceOf(meaning, account)}`, ids) };
  }
}

function doubt(what: string): string {
  return `${what}. It may have paid or not: M-Pesa is asked what became of it.`;
}
