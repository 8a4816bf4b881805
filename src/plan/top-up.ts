import type { PlannedBalance } from './input.ts';
import { plannedBalance, type Plan } from './plan.ts';

/** An account, or one pocket of it, with all that the batch takes from it: what is sent now and what waits. */
export interface AccountNeed extends PlannedBalance {
  /** What is missing with the fees; null where nothing is, or the balance is not known. */
  readonly topUpMinor: bigint | null;
  /** When the money has to be there, Unix milliseconds; null: before the run, or as soon as a person lets it go on. */
  readonly until: number | null;
}

/** What each account needs for all payments of a plan that are to be sent, now or later. */
export function accountNeeds({ balances, fresh, resumed, held, holds }: Plan): readonly AccountNeed[] {
  return balances.map((read) => {
    const balance = plannedBalance(read, [...fresh, ...resumed, ...held]);
    const { account, leftMinor, feesMinor } = balance;
    const isHeld = held.some((total) => total.account === account);
    const times = holds.flatMap((hold) => ((hold.account ?? account) === account ? [hold.until ?? Infinity] : []));
    const until = Math.max(...times);
    const missingMinor = leftMinor === null ? 0n : feesMinor - leftMinor;
    return {
      ...balance,
      topUpMinor: balance.neededMinor > 0n && missingMinor > 0n ? missingMinor : null,
      until: isHeld && Number.isFinite(until) ? until : null,
    };
  });
}
