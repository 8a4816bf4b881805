import type { HttpAnswer } from '../kit/http.ts';
import { parseObject, scalarText, type JsonObject } from '../kit/json.ts';
import { waitOf } from '../kit/retry-after.ts';
import { refusalOf, type Refusal } from './envelope.ts';
import { resultMeaning } from './result-codes.ts';
import type { Settings } from './settings.ts';

export type WholeAnswer = Extract<HttpAnswer, { kind: 'answer' }>;

/**
 * What Daraja said at once to a request (fact sheet, 9.1), whatever it was about. `words` are the provider's own; `why` is the
 * end of a sentence for a clerk.
 */
export type DoorAnswer =
  /** Queued, and nothing more. */
  | { readonly kind: 'accepted'; readonly body: JsonObject }
  /** Turned away for the token: another one and the same request again. */
  | { readonly kind: 'token'; readonly code: string; readonly words: string }
  /** Turned away for haste; nothing of it was kept. */
  | { readonly kind: 'busy'; readonly code: string; readonly words: string; readonly waitMs: number | undefined }
  /** Refused for something that stands in this request. */
  | { readonly kind: 'payment'; readonly code: string; readonly words: string; readonly why: string }
  /** Refused for something that the next request would meet too. */
  | { readonly kind: 'account'; readonly code: string; readonly words: string; readonly why: string }
  /** The id was seen before. */
  | { readonly kind: 'duplicate'; readonly code: string; readonly words: string }
  /** Everything else: it may have been taken or not. */
  | { readonly kind: 'doubt'; readonly code: string; readonly words: string; readonly why: string };

export interface DoorReading {
  readonly settings: Settings;
  readonly isB2b: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

export function doorAnswer(answer: WholeAnswer, reading: DoorReading): DoorAnswer {
  const body = parseObject(answer.body);
  const refusal = refusalOf(body);
  if (answer.status === 200) return acknowledgement(body, refusal, reading);
  // Whatever it is about, it was counted and turned away.
  if (answer.status === 429) return busy(answer, '429', refusal.words, reading);
  return refused(answer, refusal, reading);
}

/** `"0"`, `0` and texts of zeros only are one and the same [sdk: KIT, GS]. */
function acknowledgement(body: JsonObject | null, refusal: Refusal, reading: DoorReading): DoorAnswer {
  const response = scalarText(body?.['ResponseCode'])?.trim();
  if (body === null || response === undefined) {
    const why = 'answered something that is no acknowledgement';
    return { kind: 'doubt', code: shortCode(refusal.code, 'unreadable'), words: refusal.words, why };
  }
  const words = scalarText(body['ResponseDescription']) ?? refusal.words;
  const code = shortCode(response, 'unreadable');
  if (/^0+$/.test(response)) {
    if (refusal.code === '') return { kind: 'accepted', body };
    return { kind: 'doubt', code: 'contradiction', words, why: 'answered success and an error at once' };
  }
  const meaning = resultMeaning(response, reading.isB2b);
  switch (meaning.kind) {
    case 'success':
      return { kind: 'accepted', body };
    case 'busy':
      return { kind: 'busy', code, words, waitMs: undefined };
    case 'duplicate':
      return { kind: 'duplicate', code, words };
    case 'payment':
    case 'account':
    case 'doubt':
      return { kind: meaning.kind, code, words, why: `says that ${meaning.words}` };
  }
}

function refused(answer: WholeAnswer, refusal: Refusal, reading: DoorReading): DoorAnswer {
  const { status } = answer;
  const { code, words } = refusal;
  const own = ownCode(code, status);
  switch (own) {
    case '400.002.02':
    case '400.002.05':
    case '400.003.02':
      return { kind: 'payment', code, words, why: 'refused the request' };

    // Wherever the token is checked, it is before anything else is done.
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
      return busy(answer, code, words, reading);

    case '500.003.03': {
      const waitMs = waitOf(answer.headers, reading.now) ?? reading.settings.quotaWaitMs;
      return { kind: 'busy', code, words, waitMs };
    }

    case '500.002.1001':
      // One code for two things, told apart by its text only. Neither says what became of the earlier request.
      return /duplicate/i.test(words)
        ? { kind: 'duplicate', code, words }
        : { kind: 'doubt', code, words, why: 'failed inside' };

    default:
      return gatewayRefusal(answer, refusal, reading);
  }
}

/** What the gateway in front says in its own shape, and everything that no list has. */
function gatewayRefusal(answer: WholeAnswer, { code, words }: Refusal, reading: DoorReading): DoorAnswer {
  const { status } = answer;
  const said = `${code} ${words}`;
  if (/SpikeArrestViolation/i.test(said)) return busy(answer, 'spike-arrest', words, reading);
  if (/QuotaViolation/i.test(said)) {
    return { ...busy(answer, 'quota', words, reading), waitMs: reading.settings.quotaWaitMs };
  }
  if (/no ?api ?product ?match/i.test(said)) {
    const why = 'has not enabled this product for the app: enable it on the portal, or ask Safaricom';
    return { kind: 'account', code: 'product', words, why };
  }
  // The gateway's own name for it, where Daraja's code does not get through [assumed].
  if (status === 401 && /access[_ ]token/i.test(said)) return { kind: 'token', code: 'token', words };
  // A page of the firewall: the request never got past it.
  if (status === 403 && code === '' && /^\s*</.test(answer.body)) {
    const why = 'does not let this address in: have it allowed by Safaricom';
    return { kind: 'account', code: '403', words, why };
  }
  return { kind: 'doubt', code: shortCode(code, String(status)), words, why: `answered ${statusText(status)}` };
}

function busy(answer: WholeAnswer, code: string, words: string, { now }: DoorReading): DoorAnswer & { kind: 'busy' } {
  return { kind: 'busy', code, words, waitMs: waitOf(answer.headers, now) };
}

/** A code is believed only where the status is of its class: behind a 502 stands a proxy, whatever its body holds. */
function ownCode(code: string, status: number): string {
  if (status >= 502) return '';
  return code.startsWith(String(Math.floor(status / 100))) ? code : '';
}

function shortCode(code: string, otherwise: string): string {
  return /^[\x21-\x7e]{1,40}$/.test(code) ? code : otherwise;
}

function statusText(status: number): string {
  return status >= 300 && status < 400 ? `${status} (a redirection, which is not followed)` : String(status);
}
