import type { Evidence, Outcome } from '../../domain/outcome.ts';
import type { Readiness } from '../port.ts';
import type { MissingAnswer, WholeAnswer } from './http.ts';
import { waitOf } from './retry-after.ts';

export type Throttled = Extract<Readiness, { readonly kind: 'throttled' }>;
type Unreachable = Extract<Readiness, { readonly kind: 'unreachable' }>;
export type Stopped = Extract<Readiness, { readonly kind: 'stop' }>;

interface EvidenceIds {
  readonly requestId?: string | undefined;
  readonly providerReference?: string | undefined;
  readonly receipt?: string | undefined;
}

/** Evidence without members that are not known. */
export function evidence(code: string, reason: string, ids: EvidenceIds = {}): Evidence {
  return {
    code,
    reason,
    ...(ids.requestId === undefined ? {} : { requestId: ids.requestId }),
    ...(ids.providerReference === undefined ? {} : { providerReference: ids.providerReference }),
    ...(ids.receipt === undefined ? {} : { receipt: ids.receipt }),
  };
}

/**
 * What a payout request without a whole answer means for the money. `not-sent`: no byte left, so no money can have moved.
 * `lost`: bytes may have left, and the provider may have paid before the connection ended.
 *
 * @param unclear completes a sentence without its full stop to the reason of an `unknown` payment.
 */
export function unansweredOutcome(answer: MissingAnswer, unclear: (what: string) => string): Outcome {
  switch (answer.kind) {
    case 'not-sent':
      return { kind: 'not-sent', evidence: evidence(answer.code, answer.reason) };
    case 'lost':
      return { kind: 'unknown', evidence: evidence(answer.code, unclear(withoutStop(answer.reason))) };
  }
}

/** What a missing answer to a request that moves no money means: the provider cannot be reached now. */
export function unreachable({ code, reason }: Pick<MissingAnswer, 'code' | 'reason'>): Unreachable {
  return { kind: 'unreachable', evidence: evidence(code, reason) };
}

export function stopped(code: string, reason: string): Stopped {
  return { kind: 'stop', evidence: evidence(code, reason) };
}

/** @param waitMs how long the provider asks to wait; undefined where it does not say. */
export function throttled(because: Evidence, waitMs?: number): Throttled {
  return { kind: 'throttled', evidence: because, ...(waitMs === undefined ? {} : { waitMs }) };
}

/** As {@link throttled}, with the wait that the answer's headers ask for. */
export function throttledBy(answer: Pick<WholeAnswer, 'headers'>, nowMs: number, because: Evidence): Throttled {
  return throttled(because, waitOf(answer.headers, nowMs));
}

/** A sentence as the beginning of a longer one. */
export function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
