import type { Clock } from '../domain/clock.ts';
import type { CallbackStore } from '../ledger/ledger.ts';
import type { CallbackWaiter } from '../providers/port.ts';

/** How often the ledger is read for a callback that another process may have stored. */
const WAITER_POLL_MS = 100;

export interface WaiterRequest {
  readonly ledger: Pick<CallbackStore, 'callbackTo'>;
  readonly clock: Clock;
  readonly account: string;
  /** Aborted to end every wait: the callback is applied when it comes. */
  readonly ending: AbortSignal;
}

/** Lets an adapter wait for a callback to a segment of its account's address, whichever process receives that callback. */
export function callbackWaiter({ ledger, clock, account, ending }: WaiterRequest): CallbackWaiter {
  return {
    wait: async (segment, timeoutMs) => {
      const deadline = clock.monotonic() + timeoutMs;
      for (;;) {
        const stored = await ledger.callbackTo(account, segment);
        if (stored !== null) return { segment, ...stored };
        const leftMs = deadline - clock.monotonic();
        if (leftMs <= 0 || ending.aborted) return null;
        await clock.sleep(Math.min(WAITER_POLL_MS, leftMs), ending);
      }
    },
  };
}
