import { createHash } from 'node:crypto';
import type { CallbackResult, ReportResult } from './records.ts';

/**
 * How much is kept of the callbacks that concern no payment of the ledger. Whoever knows a callback address can send any number of
 * them, so that each costs a bounded amount of room and work. Callbacks about payments of the ledger are kept whole, for ever.
 */
export const FOREIGN_CALLBACKS = {
  /** UTF-8 bytes of a body that are kept, beside a digest of all of it. */
  bodyBytes: 1024,
  /** The newest of an account that are kept at all. */
  count: 1000,
  /** Older ones are removed. */
  ageMs: 7 * 86_400_000,
  /** The newest with a segment whose bodies stay whole: an adapter may be waiting for the answer that came to the segment. */
  wholeCount: 20,
  /** Most rows that one callback removes. */
  removedAtOnce: 100,
} as const;

/** The result of a callback whose report did this to its payment. */
export function callbackResultOf({ kind }: ReportResult): CallbackResult['result'] {
  return kind === 'moved' ? 'settled' : kind;
}

/** Whether a callback with this result concerns no payment of the ledger. */
export function isForeign(result: CallbackResult['result']): boolean {
  switch (result) {
    case 'not-ours':
    case 'unrelated':
      return true;
    case 'settled':
    case 'kept':
    case 'contradicted':
    case 'unverified':
      return false;
  }
}

/** Whether the body has to stay whole for a while: an adapter waits for the answer to its query by the segment of the answer's address. */
export function mayBeAwaited(result: CallbackResult['result'], segment: string): boolean {
  return result === 'unrelated' && segment !== '';
}

/** The beginning of a body, cut between two characters, and a digest of the whole. */
export function cutBody(body: string): { readonly body: string; readonly digest: string } {
  const bytes = Buffer.from(body, 'utf8');
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  let end = Math.min(bytes.length, FOREIGN_CALLBACKS.bodyBytes);
  // Bytes of the form 10xxxxxx continue a character.
  while (end < bytes.length && end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return { body: bytes.subarray(0, end).toString('utf8'), digest };
}
