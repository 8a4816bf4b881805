import { formatAmount } from '../../domain/money.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { statusText, type HttpAnswer, type WholeAnswer } from '../kit/http.ts';
import { decimalMinor, ExactNumber, isObject, parseObject, scalarText, type JsonObject } from '../kit/json.ts';
import { evidence, throttled, throttledBy, unansweredOutcome } from '../kit/outcomes.ts';
import type { Redactor } from '../kit/redaction.ts';

/** What is known besides the answer itself. */
interface SellapayPayout {
  readonly payment: PaymentInstruction;
  /** Name of the account in the configuration. */
  readonly account: string;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
  /** The token that was refused came fresh from a renewal after a refusal: another renewal will not help. */
  readonly isRefusedAgain: boolean;
}

/**
 * What each answer to a payout request means for the money: docs/providers/sellapay.md, section 7. Version 1 has no query, so an
 * `unknown` payment needs a person, and every other outcome must be certain.
 */
export function sellapayPayoutOutcome(answer: HttpAnswer, context: SellapayPayout): Outcome {
  return answer.kind === 'answer' ? sellapayWholeOutcome(answer, context) : unansweredOutcome(answer, sellapayUnclear);
}

function sellapayWholeOutcome(answer: WholeAnswer, context: SellapayPayout): Outcome {
  const { status } = answer;
  const body = parseObject(answer.body);
  const { redactor, payment, account } = context;
  const ids = { requestId: redactor.id(answer.headers.get('x-request-id')) };
  const words = redactor.clause(sellapayErrorWords(body), payment);
  const code = String(status);

  switch (status) {
    case 200:
      return sellapayAccepted(body, context, ids);

    case 400:
      // A reference that is "used" or a "duplicate" was registered before, and may have been paid. Our references are derived from
      // batch and payment, so the first attempt of this ledger may be the second of a ledger that was lost or restored.
      if (sellapayAboutReference(answer.body, body)) {
        const reason = `Sellapay refused the reference as used or invalid${words}. An earlier request, perhaps from a lost or restored ledger, may have paid`;
        return { kind: 'unknown', evidence: evidence('reference-refused', sellapayUnclear(reason), ids) };
      }
      // Refused before any money moved; the documented refusal always names its error. An unreadable one might be about the
      // reference.
      return errorTexts(body).length > 0
        ? { kind: 'failed', evidence: evidence(code, `Sellapay refused this payment${words}.`, ids) }
        : {
            kind: 'unknown',
            evidence: evidence('unreadable', sellapayUnclear('Sellapay answered 400 without saying why'), ids),
          };

    case 401:
      // Authentication comes before execution: no money moved. A fresh token that is refused again will not become better.
      return context.isRefusedAgain
        ? { kind: 'stop', evidence: evidence(code, tokenRefused(account, words), ids) }
        : throttled(evidence(code, 'The token had expired; a new one is fetched.', ids), 0);

    case 402:
      // Refused for want of balance: no money moved, and the next payment would be refused too.
      return { kind: 'stop', evidence: evidence(code, noBalance(body, context), ids) };

    case 404:
      // Documented for wallets only: the recipient's account does not exist. Any other 404, and one without the documented texts,
      // may come from a proxy in front of a server that has paid already, or from a wrong address.
      return payment.destination.kind === 'wallet' && errorTexts(body).length > 0
        ? { kind: 'failed', evidence: evidence(code, `Sellapay knows no such account${words}.`, ids) }
        : { kind: 'unknown', evidence: evidence(code, sellapayUnclear(wrongAddress(account, words)), ids) };

    case 429:
      // Rate limited before the request was processed: no money moved.
      return throttledBy(answer, context.now, evidence(code, 'Sellapay asks for a pause: too many requests.', ids));

    default:
      // 500 says that the transfer failed, but its documented causes come after the money was sent; 502, 503 and 504 come from a
      // proxy and not from the server behind it. A redirect and every status that is not documented prove nothing.
      return {
        kind: 'unknown',
        evidence: evidence(code, sellapayUnclear(`Sellapay answered ${statusText(status)}${words}`), ids),
      };
  }
}

/** A 200 is an acceptance only when it is whole, has a documented status, and names the payment that was sent. */
function sellapayAccepted(
  body: JsonObject | null,
  context: SellapayPayout,
  request: { readonly requestId: string | undefined },
): Outcome {
  const { payment, redactor } = context;
  const unknown = (unclearCode: string, what: string): Outcome => ({
    kind: 'unknown',
    evidence: evidence(unclearCode, sellapayUnclear(what), ids),
  });
  const ids = {
    ...request,
    providerReference: redactor.id(scalarText(body?.['transaction_id'])),
  };
  if (body === null) return unknown('unreadable', 'Sellapay answered something that cannot be read');
  const { status, error } = body;
  if (typeof status !== 'string') return unknown('unreadable', 'Sellapay answered without a status');
  const differs = sellapayContradiction(body, payment);
  if (differs !== null)
    return unknown('contradiction', `Sellapay answered about another ${differs} than was asked for`);
  if (error !== undefined && error !== null && error !== '') {
    return unknown(
      'contradiction',
      `Sellapay answered success and an error at once${redactor.clause(sellapayErrorWords(body), payment)}`,
    );
  }
  switch (status) {
    case 'completed':
      return { kind: 'paid', evidence: evidence(status, 'Sellapay completed the payment.', ids) };
    case 'pending':
      // The rule for banks; by one of the example clients a mobile payout may answer so too.
      return {
        kind: 'pending',
        evidence: evidence(status, 'Sellapay accepted the payment and will not report how it ends.', ids),
      };
    default:
      return unknown(
        'unlisted-status',
        `Sellapay answered a status that it does not document (${redactor.text(status, payment)})`,
      );
  }
}

/**
 * Whether a refusal may be about the reference. Frameworks name the field in keys, lists and members of their own, and overlooking
 * one could pay twice: so the whole text is searched, as it came and without its escapes.
 */
function sellapayAboutReference(text: string, body: JsonObject | null): boolean {
  return [text, JSON.stringify(body)].some((whole) => /reference|duplicate|already|unique/i.test(whole));
}

function noBalance(body: JsonObject | null, { account, payment }: SellapayPayout): string {
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

function tokenRefused(account: string, words: string): string {
  return `Sellapay refuses fresh tokens of account ${account}${words}. Check accounts.${account}.credentials, or ask Sellapay's support.`;
}

function wrongAddress(account: string, words: string): string {
  return `Sellapay answered 404${words}. The address may be wrong: check accounts.${account}.endpoint (it ends in /api/v1) and options.field_dialect`;
}

function sellapayUnclear(what: string): string {
  return `${what}. It may have paid or not: look before paying again.`;
}

/**
 * The name of the first thing in which an acceptance contradicts the payment that was sent, or null. A missing member contradicts
 * nothing. Numbers and texts count alike, and so do the spellings of one amount or phone.
 */
function sellapayContradiction(body: JsonObject, payment: PaymentInstruction): string | null {
  if (has(body, 'amount') && !sameAmount(body['amount'], payment.amountMinor)) return 'amount';
  if (has(body, 'reference') && scalarText(body['reference']) !== payment.reference) return 'reference';
  const { destination } = payment;
  switch (destination.kind) {
    case 'mobile':
      return has(body, 'phone') && !samePhone(body['phone'], destination.phone) ? 'phone number' : null;
    case 'wallet':
      return has(body, 'recipient_account') && scalarText(body['recipient_account']) !== destination.wallet
        ? 'Sellapay account'
        : null;
    case 'bank':
      return ['account_number', 'bank_account'].some(
        (name) => has(body, name) && !sameAccount(body[name], destination.account),
      )
        ? 'bank account'
        : null;
    case 'paybill':
    case 'till':
      return destination.kind;
  }
}

function has(body: JsonObject, name: string): boolean {
  return body[name] !== undefined && body[name] !== null;
}

function sameAmount(value: unknown, amountMinor: bigint): boolean {
  const text = scalarText(value);
  return text !== null && decimalMinor(text, 2) === amountMinor;
}

/** With or without the plus and the 254 that the server puts before the nine digits. */
function samePhone(value: unknown, phone: string): boolean {
  const digits = scalarText(value)?.replace(/^\+/, '');
  return digits !== undefined && [phone.slice(1), phone.slice(4), `0${phone.slice(4)}`].includes(digits);
}

function sameAccount(value: unknown, account: string): boolean {
  const text = scalarText(value);
  // A number cannot carry leading zeros.
  return value instanceof ExactNumber ? text === account.replace(/^0+(?=\d)/, '') : text === account;
}

/** Every text of Sellapay's error format, the most specific first, none twice. */
function errorTexts(body: JsonObject | null): readonly string[] {
  if (body === null) return [];
  const details = isObject(body['details']) ? body['details'] : {};
  const texts = [body['message'], details['reason'], body['error'], details['field']];
  return [...new Set(texts.filter((text): text is string => typeof text === 'string' && text.trim() !== ''))];
}

/** The texts of an error in one phrase: `Invalid phone number format (Phone must start with 7 or 1)`. */
export function sellapayErrorWords(body: JsonObject | null): string {
  const [first = '', ...more] = errorTexts(body);
  const reason = isObject(body?.['details']) ? body['details']['reason'] : undefined;
  return typeof reason === 'string' && more.includes(reason) ? `${first} (${reason})` : first;
}
