import type { BatchHeader } from '../domain/batch.ts';
import { hoursAt } from '../domain/hours.ts';
import type { Evidence } from '../domain/outcome.ts';
import { holdOf } from '../plan/holds.ts';
import type { AccountConfig } from '../config/config.ts';

export interface SendingTimesOptions {
  /** A person has said that payments may be sent although the last moment of the batch is over. */
  readonly isLateAllowed: boolean;
}

/**
 * Answers before each claim whether a payment of the batch may be sent from the account at a moment, and why not. What one look has found
 * holds for the whole stretch of time around it, so that the next looks cost nothing, and a clock that jumps out of it is noticed.
 */
export function heldAtOf(
  header: BatchHeader,
  { name: account, hours }: Pick<AccountConfig, 'name' | 'hours'>,
  { isLateAllowed }: SendingTimesOptions,
): (at: number) => Evidence | null {
  const { id, file, notBefore, notAfter = null } = header;
  const last = isLateAllowed ? null : notAfter;
  const times = { id, file, notBefore, notAfter: last };
  let free = { from: Infinity, until: -Infinity };
  return (now) => {
    if (now >= free.from && now < free.until) return null;
    const hold = holdOf({ header: times, account, hours, now });
    if (hold !== null) return { code: hold.kind, reason: hold.text };
    free = { from: now, until: Math.min(hoursEnd(hours, now), (last ?? Infinity) + 1) };
    return null;
  };
}

/** When open hours end, by a moment of theirs. */
function hoursEnd(hours: AccountConfig['hours'], now: number): number {
  if (hours === null) return Infinity;
  const state = hoursAt(now, hours);
  // Hours without an end in sight are looked at again a day later.
  return state.kind === 'open' ? (state.until ?? now + LOOK_AGAIN_MS) : now;
}

const LOOK_AGAIN_MS = 86_400_000;
