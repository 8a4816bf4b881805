import { formatAmount } from '../../domain/money.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { HttpAnswer } from '../kit/http.ts';
import { contradiction } from './echo.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import { envelopeTexts, envelopeWords } from './envelope.ts';
import { decimalMinor, parseObject, scalarText, type JsonObject } from '../kit/json.ts';
import { waitOf } from '../kit/retry-after.ts';

type WholeAnswer = Extract<HttpAnswer, { kind: 'answer' }>;

/** What is known besides the answer itself. */
export interface Reading {
  readonly payment: PaymentInstruction;
  /** Name of the account in the configuration. */
  readonly account: string;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
  /** The token that was refused came fresh from a renewal after a refusal: another renewal will not help. */
  readonly tokenHopeless: boolean;
}

/**
 * All that Sellapay knows about failure: what each answer to a payout request means for the money (fact sheet, section 7).
 * v1 has no query, so what becomes `unknown` here needs a person; what becomes anything else must be certain.
 */
export function payoutOutcome(answer: HttpAnswer, reading: Reading): Outcome {
  switch (answer.kind) {
    // No byte of the request left: nobody can have paid.
    case 'not-sent':
      return { kind: 'not-sent', evidence: evidence(answer.code, answer.reason) };
    // Bytes may have left and Sellapay may have paid before the line went dead.
    case 'lost':
      return { kind: 'unknown', evidence: evidence(answer.code, doubt(answer.reason.replace(/\.$/, ''))) };
    case 'answer':
      return wholeOutcome(answer, reading);
  }
}

function wholeOutcome(answer: WholeAnswer, reading: Reading): Outcome {
  const { status } = answer;
  const body = parseObject(answer.body);
  const { redactor, payment, account } = reading;
  const ids = { requestId: redactor.id(answer.headers.get('x-request-id')) };
  const said = redactor.clause(envelopeWords(body), payment);
  const code = String(status);

  switch (status) {
    case 200:
      return accepted(body, reading, ids);

    case 400:
      // A reference that was "used" or a "duplicate" was registered before, and may have paid. Ours are derived from batch and
      // payment, so even the first attempt of this ledger may be the second of a ledger that was lost or restored.
      if (aboutReference(answer.body, body)) {
        const reason = `Sellapay refused the reference as used or invalid${said}. An earlier request, perhaps from a lost or restored ledger, may have paid`;
        return { kind: 'unknown', evidence: evidence('reference-refused', doubt(reason), ids) };
      }
      // Refused before anything moved; the documented refusal always names its error. One that cannot be read might be about
      // the reference.
      return envelopeTexts(body).length > 0
        ? { kind: 'failed', evidence: evidence(code, `Sellapay refused this payment${said}.`, ids) }
        : { kind: 'unknown', evidence: evidence('unreadable', doubt('Sellapay answered 400 without saying why'), ids) };

    case 401:
      // Authentication comes before execution: nothing moved. A fresh token that is refused again will not get better.
      return reading.tokenHopeless
        ? { kind: 'stop', evidence: evidence(code, tokenRefused(account, said), ids) }
        : {
            kind: 'throttled',
            evidence: evidence(code, 'The token had expired; a new one is fetched.', ids),
            waitMs: 0,
          };

    case 402:
      // Refused for want of balance: nothing moved, and the next payment would fare no better.
      return { kind: 'stop', evidence: evidence(code, noBalance(body, reading), ids) };

    case 404:
      // Documented for wallets only: the recipient's account does not exist. Any other 404, and one without the documented
      // envelope, may be a proxy's in front of a worker that has booked already, as well as a wrong address.
      return payment.destination.kind === 'wallet' && envelopeTexts(body).length > 0
        ? { kind: 'failed', evidence: evidence(code, `Sellapay knows no such account${said}.`, ids) }
        : { kind: 'unknown', evidence: evidence(code, doubt(wrongAddress(account, said)), ids) };

    case 429: {
      // Counted and turned away at the door: nothing moved.
      const waitMs = waitOf(answer.headers, reading.now);
      const turnedAway = evidence(code, 'Sellapay asks for a pause: too many requests.', ids);
      return { kind: 'throttled', evidence: turnedAway, ...(waitMs === undefined ? {} : { waitMs }) };
    }

    default:
      // 500 says that the transfer failed, yet the outages named as its cause come after the money; 502, 503 and 504 speak for
      // a proxy and not for the worker behind it. A redirect and every status that is not documented promise nothing.
      return {
        kind: 'unknown',
        evidence: evidence(code, doubt(`Sellapay answered ${statusText(status)}${said}`), ids),
      };
  }
}

/** A 200 is an acceptance only when it is whole, says so in a listed word, and speaks of the payment that was asked for. */
function accepted(
  body: JsonObject | null,
  reading: Reading,
  request: { readonly requestId: string | undefined },
): Outcome {
  const { payment, redactor } = reading;
  const unclear = (code: string, what: string): Outcome => ({
    kind: 'unknown',
    evidence: evidence(code, doubt(what), ids),
  });
  const ids = {
    ...request,
    providerReference: redactor.id(scalarText(body?.['transaction_id'])),
  };
  if (body === null) return unclear('unreadable', 'Sellapay answered something that cannot be read');
  const { status, error } = body;
  if (typeof status !== 'string') return unclear('unreadable', 'Sellapay answered without a status');
  const differs = contradiction(body, payment);
  if (differs !== null)
    return unclear('contradiction', `Sellapay answered about another ${differs} than was asked for`);
  if (error !== undefined && error !== null && error !== '') {
    return unclear(
      'contradiction',
      `Sellapay answered success and an error at once${redactor.clause(envelopeWords(body), payment)}`,
    );
  }
  switch (status) {
    case 'completed':
      return { kind: 'paid', evidence: evidence(status, 'Sellapay completed the payment.', ids) };
    case 'pending':
      // The rule for banks; a mobile payout may say it too, by one of the example clients.
      return {
        kind: 'pending',
        evidence: evidence(status, 'Sellapay accepted the payment and will not report how it ends.', ids),
      };
    default:
      return unclear(
        'unlisted-status',
        `Sellapay answered a status that it does not document (${redactor.text(status, payment)})`,
      );
  }
}

/**
 * Whether a refusal may be about the reference. Frameworks name the field in keys, lists and members of their own, and missing
 * one could pay twice: so the whole text counts, as it came and without its escapes.
 */
function aboutReference(text: string, body: JsonObject | null): boolean {
  return [text, JSON.stringify(body)].some((whole) => /reference|duplicate|already|unique/i.test(whole));
}

function noBalance(body: JsonObject | null, { account, payment }: Reading): string {
  const required = amountOf(body?.['required'], payment.currency);
  const available = amountOf(body?.['available'], payment.currency);
  const figures =
    required === null || available === null
      ? ''
      : `: ${required} is needed and ${available} is available (in ${payment.currency})`;
  return `Account ${account} has too little balance at Sellapay${figures}. Top it up and run again.`;
}

function amountOf(value: unknown, currency: string): string | null {
  const text = scalarText(value);
  const minor = text === null ? null : decimalMinor(text, 2);
  return minor === null ? null : formatAmount(minor, currency);
}

function tokenRefused(account: string, said: string): string {
  return `Sellapay refuses fresh tokens of account ${account}${said}. Check accounts.${account}.credentials, or ask Sellapay's support.`;
}

function wrongAddress(account: string, said: string): string {
  return `Sellapay answered 404${said}. The address may be wrong: check accounts.${account}.endpoint (it ends in /api/v1) and options.field_dialect`;
}

function statusText(status: number): string {
  return status >= 300 && status < 400 ? `${status} (a redirection, which is not followed)` : String(status);
}

function doubt(what: string): string {
  return `${what}. It may have paid or not: look before paying again.`;
}
