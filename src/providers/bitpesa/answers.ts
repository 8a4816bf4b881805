import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { HttpAnswer, WholeAnswer } from '../kit/http.ts';
import { isObject, parseObject, scalarText, type JsonObject } from '../kit/json.ts';
import { evidence, stopped, throttledBy, unansweredOutcome, unreachable, withoutStop } from '../kit/outcomes.ts';
import type { Redactor } from '../kit/redaction.ts';
import { noteRateHeaders } from '../kit/retry-after.ts';
import type { Readiness } from '../port.ts';
import { pico } from './amounts.ts';
import { BITPESA_REQUESTS, type BitpesaAccount } from './client.ts';
import { errorFields, bitpesaErrorWords, readTransaction, type BitpesaTransaction } from './wire.ts';

export type Unavailable = Exclude<Readiness, { readonly kind: 'ready' }>;

/** What is known besides the answer to a step of a payout. */
export interface BitpesaAnswerContext {
  readonly payment: PaymentInstruction;
  /** Name of the account in the configuration. */
  readonly account: string;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
  /** An earlier request with this reference left and was never answered. */
  readonly isResend: boolean;
}

/** What an answer to `POST /v1/transactions` comes to. Creating moves nothing; what was created before may have. */
export type CreateResult =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'created'; readonly transaction: BitpesaTransaction }
  /** An earlier transaction has our reference. */
  | { readonly kind: 'earlier'; readonly transaction: BitpesaTransaction }
  /** A query must say first whether an earlier transaction has our reference; `otherwise` holds where none has. */
  | { readonly kind: 'query'; readonly otherwise: Outcome };

/** The rows of `create` in docs/providers/bitpesa.md, section 11. */
export function createResult(answer: HttpAnswer, context: BitpesaAnswerContext): CreateResult {
  switch (answer.kind) {
    // The request may have created a transaction and cannot have funded it; a query by our reference finds out.
    case 'not-sent':
    case 'lost':
      return done(unansweredOutcome(answer, mayBePaid));
    case 'answer':
      return createAnswer(answer, context);
  }
}

function createAnswer(answer: WholeAnswer, context: BitpesaAnswerContext): CreateResult {
  const body = parseObject(answer.body);
  switch (answer.status) {
    case 200:
    case 201: {
      const transaction = readTransaction(body?.['object']);
      if (transaction !== null && transaction.id !== null) return { kind: 'created', transaction };
      return done({
        kind: 'unknown',
        evidence: evidence('unreadable', mayBePaid('BitPesa answered something that cannot be read')),
      });
    }
    case 422:
      return createRefused(body, context);
    default:
      return done(anywhere(answer, body, context) ?? undocumented(answer, body, context));
  }
}

function createRefused(body: JsonObject | null, context: BitpesaAnswerContext): CreateResult {
  const { payment, redactor, account, isResend } = context;
  const meta = isObject(body?.['meta']) ? body['meta'] : {};
  const existing = isObject(meta['existing']) ? readTransaction(meta['existing']['transaction']) : null;
  if (existing !== null) return { kind: 'earlier', transaction: existing };
  if (body === null) {
    return {
      kind: 'query',
      otherwise: {
        kind: 'unknown',
        evidence: evidence('unreadable', mayBePaid('BitPesa answered 422 without saying why')),
      },
    };
  }
  const clause = redactor.clause(bitpesaErrorWords(body), payment);
  const fields = errorFields(body);
  // BitPesa names an earlier transaction under our reference; an answer that does not may have left it out.
  if (isObject(meta['existing']) || fields.some((field) => /external_id/.test(field))) {
    const reason = `BitPesa refused the reference as used or invalid${clause}`;
    return {
      kind: 'query',
      otherwise: { kind: 'unknown', evidence: evidence('reference-refused', mayBePaid(reason)) },
    };
  }
  // The sender is the account's: the next payment would be refused too.
  const isAccounts = fields.length > 0 && fields.every((field) => /^(sender|input_currency)(\.|$)/.test(field));
  const refusal: Outcome = isAccounts
    ? {
        kind: 'stop',
        evidence: evidence(
          '422',
          `BitPesa refuses the sender or the input currency of account ${account}${clause}. Check accounts.${account}.options.`,
        ),
      }
    : { kind: 'failed', evidence: evidence('422', `BitPesa refused this payment${clause}. Nothing was created.`) };
  // The refused request created nothing; an earlier request may have.
  return isResend ? { kind: 'query', otherwise: refusal } : done(refusal);
}

/** What an answer to `POST /v1/accounts/debits` comes to. */
export type DebitResult =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  /** Refused: the state of the transaction decides, since an earlier debit may have funded it. `clause` is why. */
  | { readonly kind: 'refused'; readonly clause: string; readonly isFunds: boolean };

/** The rows of `debit` in docs/providers/bitpesa.md, section 11. From this request on money can move. */
export function debitResult(
  answer: HttpAnswer,
  transaction: BitpesaTransaction,
  context: BitpesaAnswerContext,
): DebitResult {
  const ids = { providerReference: context.redactor.id(transaction.id) };
  switch (answer.kind) {
    case 'not-sent': {
      // The transaction exists unfunded; the next request with this reference finds and funds it.
      const reason = `It is created at BitPesa and not funded: ${answer.reason}`;
      return done({ kind: 'throttled', evidence: evidence(answer.code, reason, ids) });
    }
    case 'lost':
      return done({ kind: 'unknown', evidence: evidence(answer.code, mayBePaid(withoutStop(answer.reason)), ids) });
    case 'answer':
      return debitAnswer(answer, transaction, context, ids);
  }
}

function debitAnswer(
  answer: WholeAnswer,
  transaction: BitpesaTransaction,
  context: BitpesaAnswerContext,
  ids: { readonly providerReference: string | undefined },
): DebitResult {
  const body = parseObject(answer.body);
  switch (answer.status) {
    // 201 by the specification, 200 by the prose.
    case 200:
    case 201: {
      const object = body?.['object'];
      const debit: unknown = Array.isArray(object) ? object[0] : object;
      if (!isObject(debit)) {
        return done({
          kind: 'unknown',
          evidence: evidence(
            'unreadable',
            mayBePaid('BitPesa answered the funding with something that cannot be read'),
            ids,
          ),
        });
      }
      const [toId, amount] = [scalarText(debit['to_id']), pico(scalarText(debit['amount']))];
      const isOther = toId !== null && toId !== transaction.id;
      // The debit may be shown with a minus.
      const isOtherAmount = amount !== null && amount !== transaction.duePico && -amount !== transaction.duePico;
      if (isOther || isOtherAmount) {
        return done({
          kind: 'unknown',
          evidence: evidence(
            'contradiction',
            mayBePaid('BitPesa answered about another funding than was asked for'),
            ids,
          ),
        });
      }
      return done({ kind: 'pending', evidence: evidence('funded', 'BitPesa has the funds and will pay.', ids) });
    }
    case 422: {
      const words = bitpesaErrorWords(body);
      return {
        kind: 'refused',
        clause: context.redactor.clause(words, context.payment),
        isFunds: /insufficient|balance|funds/i.test(words),
      };
    }
    default:
      return done(anywhere(answer, body, context, ids) ?? undocumented(answer, body, context, ids));
  }
}

/** What an answer to either request means: 401, 404 and 429 executed nothing. Null for all others. */
function anywhere(
  answer: WholeAnswer,
  body: JsonObject | null,
  { account, redactor, now, payment }: BitpesaAnswerContext,
  ids: { readonly providerReference?: string | undefined } = {},
): Outcome | null {
  const code = String(answer.status);
  switch (answer.status) {
    case 401:
      // The client has already signed the request again with a fresh nonce.
      return { kind: 'stop', evidence: evidence(code, signatureRefused(account), ids) };
    case 404: {
      // A debit's 404 is about our transaction, and a proxy may have sent it: the payment stays unknown.
      if (ids.providerReference !== undefined) return null;
      const clause = redactor.clause(bitpesaErrorWords(body), payment);
      return { kind: 'stop', evidence: evidence(code, `BitPesa answered 404${clause}: ${wrongPlace(account)}`) };
    }
    case 429:
      return throttledBy(answer, now, evidence(code, 'BitPesa asks for a pause: too many requests.', ids));
    default:
      return null;
  }
}

/** 5xx, redirects and every status that is not documented promise nothing. */
function undocumented(
  { status }: WholeAnswer,
  body: JsonObject | null,
  { redactor, payment }: BitpesaAnswerContext,
  ids: { readonly providerReference?: string | undefined } = {},
): Outcome {
  const what = `BitPesa answered ${status}${redactor.clause(bitpesaErrorWords(body), payment)}`;
  return { kind: 'unknown', evidence: evidence(String(status), mayBePaid(what), ids) };
}

/** Why a request that moves no money got no usable answer; null for 200 and 201, whatever they say. */
export function unusableAnswer(
  answer: HttpAnswer,
  { account, clock, callBudgets }: Pick<BitpesaAccount, 'account' | 'clock' | 'callBudgets'>,
): Unavailable | null {
  if (answer.kind !== 'answer') return unreachable(answer);
  const { status, headers } = answer;
  const code = String(status);
  noteRateHeaders(callBudgets, BITPESA_REQUESTS, headers, clock.now());
  switch (status) {
    case 200:
    case 201:
      return null;
    case 401:
      return stopped(code, signatureRefused(account));
    case 403:
    case 404:
      return stopped(code, `BitPesa answered ${status}: ${wrongPlace(account)}`);
    case 429:
      return throttledBy(answer, clock.now(), evidence(code, 'BitPesa asks for a pause: too many requests.'));
    default:
      return unreachable({ code, reason: `BitPesa cannot answer now (${status}).` });
  }
}

function signatureRefused(account: string): string {
  return `BitPesa does not accept the signature of account ${account}. Check accounts.${account}.credentials.api_key and api_secret, and that they belong to its environment.`;
}

function wrongPlace(account: string): string {
  return `another environment or key? Check accounts.${account}.endpoint and credentials.`;
}

export function mayBePaid(what: string): string {
  return `${what}. It may be paid or not: look before paying again.`;
}

function done(outcome: Outcome): { readonly kind: 'done'; readonly outcome: Outcome } {
  return { kind: 'done', outcome };
}
