import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import type { HttpAnswer } from '../kit/http.ts';
import { isObject, parseObject, scalarText, type JsonObject } from '../kit/json.ts';
import { waitOf } from '../kit/retry-after.ts';
import { pico } from './amounts.ts';
import { errorFields, errorWords, readTransaction, type Transaction } from './wire.ts';

/** What is known besides the answer itself. */
export interface AnswerReading {
  readonly payment: PaymentInstruction;
  /** Name of the account in the configuration. */
  readonly account: string;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
  /** An earlier request with this reference left and was never answered. */
  readonly isAgain: boolean;
}

type WholeAnswer = Extract<HttpAnswer, { kind: 'answer' }>;

/** What an answer to `POST /v1/transactions` comes to. Creating moves nothing; what was created before may have. */
export type CreateReading =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'created'; readonly transaction: Transaction }
  /** An earlier transaction has our reference. */
  | { readonly kind: 'earlier'; readonly transaction: Transaction }
  /** Whether an earlier transaction has our reference must be asked first; `otherwise` holds where none has. */
  | { readonly kind: 'look'; readonly otherwise: Outcome };

/** Fact sheet, section 11, the rows of `create`. */
export function createReading(answer: HttpAnswer, reading: AnswerReading): CreateReading {
  switch (answer.kind) {
    // No byte of the request left.
    case 'not-sent':
      return done({ kind: 'not-sent', evidence: evidence(answer.code, answer.reason) });
    // Maybe created and surely not funded by this request; whether it was is asked under our reference.
    case 'lost':
      return done({ kind: 'unknown', evidence: evidence(answer.code, doubt(answer.reason.replace(/\.$/, ''))) });
    case 'answer':
      return wholeCreate(answer, reading);
  }
}

function wholeCreate(answer: WholeAnswer, reading: AnswerReading): CreateReading {
  const body = parseObject(answer.body);
  switch (answer.status) {
    case 200:
    case 201: {
      const transaction = readTransaction(body?.['object']);
      if (transaction !== null && transaction.id !== null) return { kind: 'created', transaction };
      return done({
        kind: 'unknown',
        evidence: evidence('unreadable', doubt('BitPesa answered something that cannot be read')),
      });
    }
    case 422:
      return refusedCreate(body, reading);
    default:
      return done(common(answer, body, reading) ?? unclear(answer, body, reading));
  }
}

function refusedCreate(body: JsonObject | null, reading: AnswerReading): CreateReading {
  const { payment, redactor, account, isAgain } = reading;
  const meta = isObject(body?.['meta']) ? body['meta'] : {};
  const existing = isObject(meta['existing']) ? readTransaction(meta['existing']['transaction']) : null;
  if (existing !== null) return { kind: 'earlier', transaction: existing };
  if (body === null) {
    return {
      kind: 'look',
      otherwise: {
        kind: 'unknown',
        evidence: evidence('unreadable', doubt('BitPesa answered 422 without saying why')),
      },
    };
  }
  const said = redactor.clause(errorWords(body), payment);
  const fields = errorFields(body);
  // An earlier transaction under our reference would have been named; that none is may be the fault of the answer.
  if (isObject(meta['existing']) || fields.some((field) => /external_id/.test(field))) {
    const reason = `BitPesa refused the reference as used or invalid${said}`;
    return { kind: 'look', otherwise: { kind: 'unknown', evidence: evidence('reference-refused', doubt(reason)) } };
  }
  // Not this payment's data, and the next payment would fare no better.
  const isAccounts = fields.length > 0 && fields.every((field) => /^(sender|input_currency)(\.|$)/.test(field));
  const refusal: Outcome = isAccounts
    ? {
        kind: 'stop',
        evidence: evidence(
          '422',
          `BitPesa refuses the sender or the input currency of account ${account}${said}. Check accounts.${account}.options.`,
        ),
      }
    : { kind: 'failed', evidence: evidence('422', `BitPesa refused this payment${said}. Nothing was created.`) };
  // Definitely not created by this request; an earlier one is another matter.
  return isAgain ? { kind: 'look', otherwise: refusal } : done(refusal);
}

/** What an answer to `POST /v1/accounts/debits` comes to. */
export type DebitReading =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  /** Refused: what the transaction says now decides, since an earlier debit may have funded it. `said` is why. */
  | { readonly kind: 'refused'; readonly said: string; readonly isFunds: boolean };

/** Fact sheet, section 11, the rows of `debit`. From here on money is meant to move. */
export function debitReading(answer: HttpAnswer, transaction: Transaction, reading: AnswerReading): DebitReading {
  const ids = { providerReference: reading.redactor.id(transaction.id) };
  switch (answer.kind) {
    case 'not-sent': {
      // The transaction is there, unfunded; the next presentation finds it and funds it.
      const reason = `It is created at BitPesa and not funded: ${answer.reason}`;
      return done({ kind: 'throttled', evidence: evidence(answer.code, reason, ids) });
    }
    case 'lost':
      return done({ kind: 'unknown', evidence: evidence(answer.code, doubt(answer.reason.replace(/\.$/, '')), ids) });
    case 'answer':
      return wholeDebit(answer, transaction, reading, ids);
  }
}

function wholeDebit(
  answer: WholeAnswer,
  transaction: Transaction,
  reading: AnswerReading,
  ids: { readonly providerReference: string | undefined },
): DebitReading {
  const body = parseObject(answer.body);
  switch (answer.status) {
    // 201 by the specification, 200 by the prose.
    case 200:
    case 201: {
      const said = body?.['object'];
      const debit: unknown = Array.isArray(said) ? said[0] : said;
      if (!isObject(debit)) {
        return done({
          kind: 'unknown',
          evidence: evidence(
            'unreadable',
            doubt('BitPesa answered the funding with something that cannot be read'),
            ids,
          ),
        });
      }
      const [toId, amount] = [scalarText(debit['to_id']), pico(scalarText(debit['amount']))];
      const isOther = toId !== null && toId !== transaction.id;
      // The booking may be shown with its sign.
      const isOtherAmount = amount !== null && amount !== transaction.duePico && -amount !== transaction.duePico;
      if (isOther || isOtherAmount) {
        return done({
          kind: 'unknown',
          evidence: evidence('contradiction', doubt('BitPesa answered about another funding than was asked for'), ids),
        });
      }
      return done({ kind: 'pending', evidence: evidence('funded', 'BitPesa has the funds and will pay.', ids) });
    }
    case 422: {
      const words = errorWords(body);
      return {
        kind: 'refused',
        said: reading.redactor.clause(words, reading.payment),
        isFunds: /insufficient|balance|funds/i.test(words),
      };
    }
    default:
      return done(common(answer, body, reading, ids) ?? unclear(answer, body, reading, ids));
  }
}

/** What an answer means wherever it comes: by 401, 404 and 429 nothing was executed. Null for all others. */
function common(
  answer: WholeAnswer,
  body: JsonObject | null,
  { account, redactor, now, payment }: AnswerReading,
  ids: { readonly providerReference?: string | undefined } = {},
): Outcome | null {
  const code = String(answer.status);
  switch (answer.status) {
    case 401:
      // Signed again with a fresh nonce before it came here.
      return { kind: 'stop', evidence: evidence(code, signatureRefused(account), ids) };
    case 404: {
      // The debit's 404 is about our transaction, and somebody else's proxy may have sent it: it stays in doubt.
      if (ids.providerReference !== undefined) return null;
      const said = redactor.clause(errorWords(body), payment);
      return { kind: 'stop', evidence: evidence(code, `BitPesa answered 404${said}: ${wrongPlace(account)}`) };
    }
    case 429: {
      const waitMs = waitOf(answer.headers, now);
      const turnedAway = evidence(code, 'BitPesa asks for a pause: too many requests.', ids);
      return { kind: 'throttled', evidence: turnedAway, ...(waitMs === undefined ? {} : { waitMs }) };
    }
    default:
      return null;
  }
}

/** 5xx, redirects and every status that is not documented promise nothing. */
function unclear(
  { status }: WholeAnswer,
  body: JsonObject | null,
  { redactor, payment }: AnswerReading,
  ids: { readonly providerReference?: string | undefined } = {},
): Outcome {
  const what = `BitPesa answered ${status}${redactor.clause(errorWords(body), payment)}`;
  return { kind: 'unknown', evidence: evidence(String(status), doubt(what), ids) };
}

export function signatureRefused(account: string): string {
  return `BitPesa does not accept the signature of account ${account}. Check accounts.${account}.credentials.api_key and api_secret, and that they belong to its environment.`;
}

export function wrongPlace(account: string): string {
  return `another environment or key? Check accounts.${account}.endpoint and credentials.`;
}

export function doubt(what: string): string {
  return `${what}. It may be paid or not: look before paying again.`;
}

function done(outcome: Outcome): { readonly kind: 'done'; readonly outcome: Outcome } {
  return { kind: 'done', outcome };
}
