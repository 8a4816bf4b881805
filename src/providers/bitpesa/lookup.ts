import type { CallBudgets } from '../../domain/call-budgets.ts';
import type { Clock } from '../../domain/clock.ts';
import { evidence } from '../kit/redaction.ts';
import type { HttpAnswer } from '../kit/http.ts';
import { isObject, parseObject } from '../kit/json.ts';
import type { Readiness } from '../port.ts';
import { noteRateHeaders, waitOf } from '../kit/retry-after.ts';
import { signatureRefused, wrongPlace } from './answers.ts';
import type { Api } from './api.ts';
import { REQUESTS } from './budgets.ts';
import { hasNextPage, readTransaction, type Transaction } from './wire.ts';

export interface LookupSetup {
  readonly api: Api;
  readonly account: string;
  readonly clock: Clock;
  readonly callBudgets: CallBudgets;
  readonly timeoutMs: number;
}

export type Trouble = Exclude<Readiness, { readonly kind: 'ready' }>;

export type Lookup =
  | { readonly kind: 'found'; readonly transaction: Transaction }
  | { readonly kind: 'none' }
  /** An answer that says neither. */
  | { readonly kind: 'unclear'; readonly code: string; readonly what: string }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/**
 * The transaction that has this reference as its external id. The filter may match by prefix, and only an equal one is ours. The list
 * call has no published limit, unlike the one by id.
 */
export async function lookUpReference(setup: LookupSetup, reference: string): Promise<Lookup> {
  const answer = await setup.api.ask({
    method: 'GET',
    path: `/v1/transactions?external_id=${encodeURIComponent(reference)}`,
    timeoutMs: setup.timeoutMs,
  });
  const trouble = troubleOf(answer, setup);
  if (trouble !== null) return { kind: 'trouble', trouble };
  const body = answer.kind === 'answer' ? parseObject(answer.body) : null;
  const list = body?.['object'];
  if (!Array.isArray(list)) return UNREADABLE;
  const items: readonly unknown[] = list;
  const ours = items.filter((item) => isObject(item) && item['external_id'] === reference).map(readTransaction);
  const [transaction] = ours;
  if (ours.length > 1)
    return { kind: 'unclear', code: 'several', what: 'BitPesa holds several transactions with this reference' };
  if (transaction === null) return UNREADABLE;
  if (transaction !== undefined) return { kind: 'found', transaction };
  // A filter that is not obeyed shows other people's payments, and ours may stand on the next page.
  if (hasNextPage(body)) {
    return {
      kind: 'unclear',
      code: 'more-pages',
      what: 'BitPesa shows many transactions and ours is not on the first page',
    };
  }
  return { kind: 'none' };
}

export async function lookUpId(setup: LookupSetup, id: string): Promise<Lookup> {
  const answer = await setup.api.ask({
    method: 'GET',
    path: `/v1/transactions/${encodeURIComponent(id)}`,
    timeoutMs: setup.timeoutMs,
  });
  const trouble = troubleOf(answer, setup);
  if (trouble !== null) return { kind: 'trouble', trouble };
  const transaction = answer.kind === 'answer' ? readTransaction(parseObject(answer.body)?.['object']) : null;
  return transaction === null ? UNREADABLE : { kind: 'found', transaction };
}

/** Why a question got no answer; null for 200 and 201, whatever they say. */
export function troubleOf(
  answer: HttpAnswer,
  setup: Pick<LookupSetup, 'account' | 'clock' | 'callBudgets'>,
): Trouble | null {
  if (answer.kind !== 'answer') return { kind: 'unreachable', evidence: evidence(answer.code, answer.reason) };
  const { account, clock, callBudgets } = setup;
  const { status, headers } = answer;
  const code = String(status);
  noteRateHeaders(callBudgets, REQUESTS, headers, clock.now());
  switch (status) {
    case 200:
    case 201:
      return null;
    case 401:
      return { kind: 'stop', evidence: evidence(code, signatureRefused(account)) };
    case 403:
    case 404:
      return { kind: 'stop', evidence: evidence(code, `BitPesa answered ${status}: ${wrongPlace(account)}`) };
    case 429: {
      const waitMs = waitOf(headers, clock.now());
      const turnedAway = evidence(code, 'BitPesa asks for a pause: too many requests.');
      return { kind: 'throttled', evidence: turnedAway, ...(waitMs === undefined ? {} : { waitMs }) };
    }
    default:
      return { kind: 'unreachable', evidence: evidence(code, `BitPesa cannot answer now (${status}).`) };
  }
}

const UNREADABLE: Lookup = {
  kind: 'unclear',
  code: 'unreadable',
  what: 'BitPesa answered something that cannot be read',
};
