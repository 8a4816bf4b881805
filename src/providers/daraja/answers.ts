import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { statusText, type WholeAnswer } from '../kit/http.ts';
import { parseObject, scalarText, type JsonObject } from '../kit/json.ts';
import { evidence, stopped, throttled, unansweredOutcome, type Stopped, type Throttled } from '../kit/outcomes.ts';
import type { SentRequest } from '../kit/client.ts';
import type { Redactor } from '../kit/redaction.ts';
import { waitOf } from '../kit/retry-after.ts';
import { resultMeaning } from './result-codes.ts';
import type { DarajaSettings } from './settings.ts';
import { isB2b, refusalOf, type Refusal } from './wire.ts';

/** What is known besides the answer itself. */
interface DarajaPayout {
  readonly payment: PaymentInstruction;
  /** Name of the account in the configuration. */
  readonly account: string;
  readonly settings: DarajaSettings;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
  /** An earlier request with this reference was never answered. */
  readonly isResend: boolean;
}

/** What Daraja's answer to a payout request means for the money. Nothing that Daraja says at once is `paid`: that comes later. */
export function darajaPayoutOutcome({ answer, isRefusedAgain }: SentRequest, context: DarajaPayout): Outcome {
  const { payment, account, redactor, settings, now, isResend } = context;
  const isBusiness = isB2b(payment);
  if (answer.kind !== 'answer') return unansweredOutcome(answer, (what) => darajaUnclear(what, isBusiness));
  const response = gatewayAnswer(answer, { settings, isB2b: isBusiness, now });
  if (response.kind === 'accepted') return darajaAccepted(response.body, context);
  const words = redactor.clause(response.words, payment);
  const { code } = response;
  const unknown = (what: string): Outcome => ({
    kind: 'unknown',
    evidence: evidence(code, darajaUnclear(what, isBusiness)),
  });
  switch (response.kind) {
    case 'token':
      return darajaTokenStop(response, isRefusedAgain, account, words);

    case 'busy':
      // The request was not processed, and the same id may be sent again.
      return throttled(evidence(code, `Daraja asks for a pause${words}.`), response.waitMs);

    case 'payment': {
      // Refused before the payment was queued. The refusal says nothing of an earlier request with the same id.
      const reason = `Daraja ${response.why}${words}`;
      return isResend
        ? unknown(`${reason}. The earlier request was never answered`)
        : { kind: 'failed', evidence: evidence(code, `${reason}. No money moved.`) };
    }

    case 'account':
      return stopped(code, `Account ${account}: Daraja ${response.why}${words}.`);

    case 'duplicate':
      // An earlier request arrived first, of this ledger or of one that was lost. It may have been paid or declined since.
      return unknown(`Daraja has seen this reference before${words}`);

    case 'unclear':
      return unknown(`Daraja ${response.why}${words}`);
  }
}

/** The token is checked first: no money moved. A fresh token that is refused again will not become better. */
export function darajaTokenStop(
  { code }: Pick<Refused, 'code'>,
  isRefusedAgain: boolean,
  account: string,
  words: string,
): Stopped | Throttled {
  if (!isRefusedAgain) return throttled(evidence(code, 'The token had ended; a new one is fetched.'), 0);
  const reason = `Daraja refuses fresh tokens of account ${account}${words}. Check accounts.${account}.credentials, and that no other program uses this app: each token ends the one before.`;
  return stopped(code, reason);
}

/** Queued, if the acknowledgement names the request that was sent. */
function darajaAccepted(body: JsonObject, { payment, redactor }: DarajaPayout): Outcome {
  const theirs = scalarText(body['OriginatorConversationID']);
  if (isB2b(payment)) {
    // Daraja makes this id itself; before there is a receipt, a status query is possible by this id only.
    const requestId = redactor.id(theirs);
    return {
      kind: 'pending',
      evidence: evidence('accepted', 'Daraja has taken the payment and will report how it ends.', { requestId }),
    };
  }
  const requestId = redactor.id(scalarText(body['ConversationID']));
  if (theirs !== null && theirs !== payment.reference) {
    const reason = darajaUnclear('Daraja acknowledged another request than this one', false);
    return { kind: 'unknown', evidence: evidence('contradiction', reason) };
  }
  return {
    kind: 'pending',
    evidence: evidence('accepted', 'Daraja has taken the payment and will report how it ends.', { requestId }),
  };
}

/** @param isBusiness a B2B payment that was never acknowledged has no id for a status query. */
function darajaUnclear(what: string, isBusiness: boolean): string {
  return isBusiness
    ? `${what}. It may be paid or not: look before paying again.`
    : `${what}. It may be paid or not: a status query will tell.`;
}

/**
 * What Daraja says at once to a request of any kind (docs/providers/daraja.md, section 9.1). `words` are Daraja's own; `why` is the
 * end of a sentence for a clerk.
 */
export type GatewayAnswer =
  /** Queued, and nothing more. */
  | { readonly kind: 'accepted'; readonly body: JsonObject }
  /** The token was refused: the same request may be sent again with another token. */
  | { readonly kind: 'token'; readonly code: string; readonly words: string }
  /** Rate limited; the request was not processed. */
  | { readonly kind: 'busy'; readonly code: string; readonly words: string; readonly waitMs: number | undefined }
  /** Refused for something in this request. */
  | { readonly kind: 'payment'; readonly code: string; readonly words: string; readonly why: string }
  /** Refused for something that would refuse the next request too. */
  | { readonly kind: 'account'; readonly code: string; readonly words: string; readonly why: string }
  /** The id was used before. */
  | { readonly kind: 'duplicate'; readonly code: string; readonly words: string }
  /** Everything else: the request may have been accepted or not. */
  | { readonly kind: 'unclear'; readonly code: string; readonly words: string; readonly why: string };

export type Refused = Exclude<GatewayAnswer, { kind: 'accepted' }>;

interface GatewayContext {
  readonly settings: DarajaSettings;
  readonly isB2b: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

export function gatewayAnswer(answer: WholeAnswer, context: GatewayContext): GatewayAnswer {
  const body = parseObject(answer.body);
  const refusal = refusalOf(body);
  if (answer.status === 200) return acknowledgement(body, refusal, context);
  // Rate limited, whatever the request was about.
  if (answer.status === 429) return busy(answer, '429', refusal.words, context);
  return darajaRefused(answer, refusal, context);
}

/** `"0"`, `0` and texts of zeros all mean accepted [sdk: KIT, GS]. */
function acknowledgement(body: JsonObject | null, refusal: Refusal, context: GatewayContext): GatewayAnswer {
  const response = scalarText(body?.['ResponseCode'])?.trim();
  if (body === null || response === undefined) {
    const why = 'answered something that is no acknowledgement';
    return { kind: 'unclear', code: shortCode(refusal.code, 'unreadable'), words: refusal.words, why };
  }
  const words = scalarText(body['ResponseDescription']) ?? refusal.words;
  const code = shortCode(response, 'unreadable');
  if (/^0+$/.test(response)) {
    if (refusal.code === '') return { kind: 'accepted', body };
    return { kind: 'unclear', code: 'contradiction', words, why: 'answered success and an error at once' };
  }
  const meaning = resultMeaning(response, context.isB2b);
  switch (meaning.kind) {
    case 'success':
      return { kind: 'accepted', body };
    case 'busy':
      return { kind: 'busy', code, words, waitMs: undefined };
    case 'duplicate':
      return { kind: 'duplicate', code, words };
    case 'payment':
    case 'account':
    case 'unclear':
      return { kind: meaning.kind, code, words, why: `says that ${meaning.words}` };
  }
}

function darajaRefused(answer: WholeAnswer, refusal: Refusal, context: GatewayContext): GatewayAnswer {
  const { status } = answer;
  const { code, words } = refusal;
  const own = ownCode(code, status);
  switch (own) {
    case '400.002.02':
    case '400.002.05':
    case '400.003.02':
      return { kind: 'payment', code, words, why: 'refused the request' };

    // The token is checked before anything else is done, in whichever part of Daraja.
    case '400.003.01':
    case '401.002.01':
    case '404.001.03':
      return { kind: 'token', code, words };

    case '400.008.01':
    case '400.008.02':
    case '404.001.04':
    case '405.001':
      return { kind: 'account', code, words, why: 'does not take requests of this kind' };

    case '404.001.01':
    case '404.002.01':
    case '404.003.01':
      return { kind: 'account', code, words, why: 'has nothing at this address: check the endpoint' };

    case '500.003.02':
      return busy(answer, code, words, context);

    case '500.003.03': {
      const waitMs = waitOf(answer.headers, context.now) ?? context.settings.quotaWaitMs;
      return { kind: 'busy', code, words, waitMs };
    }

    case '500.002.1001':
      // One code for two things, which only its text distinguishes. Neither says what became of the earlier request.
      return /duplicate/i.test(words)
        ? { kind: 'duplicate', code, words }
        : { kind: 'unclear', code, words, why: 'failed inside' };

    default:
      return gatewayRefusal(answer, refusal, context);
  }
}

/** What the gateway in front of Daraja answers in its own shape, and everything that no list has. */
function gatewayRefusal(answer: WholeAnswer, { code, words }: Refusal, context: GatewayContext): GatewayAnswer {
  const { status } = answer;
  const text = `${code} ${words}`;
  if (/SpikeArrestViolation/i.test(text)) return busy(answer, 'spike-arrest', words, context);
  if (/QuotaViolation/i.test(text)) {
    return { ...busy(answer, 'quota', words, context), waitMs: context.settings.quotaWaitMs };
  }
  if (/no ?api ?product ?match/i.test(text)) {
    const why = 'has not enabled this product for the app: enable it on the portal, or ask Safaricom';
    return { kind: 'account', code: 'product', words, why };
  }
  // The gateway's own name for it, where Daraja's code does not get through [assumed].
  if (status === 401 && /access[_ ]token/i.test(text)) return { kind: 'token', code: 'token', words };
  // A page of the firewall: the request was not passed on.
  if (status === 403 && code === '' && /^\s*</.test(answer.body)) {
    const why = 'does not let this address in: have it allowed by Safaricom';
    return { kind: 'account', code: '403', words, why };
  }
  return { kind: 'unclear', code: shortCode(code, String(status)), words, why: `answered ${statusText(status)}` };
}

function busy(
  answer: WholeAnswer,
  code: string,
  words: string,
  { now }: GatewayContext,
): GatewayAnswer & { kind: 'busy' } {
  return { kind: 'busy', code, words, waitMs: waitOf(answer.headers, now) };
}

/** A code counts only where the status is of its class: a 502 comes from a proxy, whatever its body holds. */
function ownCode(code: string, status: number): string {
  if (status >= 502) return '';
  return code.startsWith(String(Math.floor(status / 100))) ? code : '';
}

function shortCode(code: string, otherwise: string): string {
  return /^[\x21-\x7e]{1,40}$/.test(code) ? code : otherwise;
}
