import type { BatchTotal } from '../domain/batch.ts';
import type { Hold } from '../domain/hold.ts';
import type { Status } from '../domain/status.ts';
import { addUp } from '../domain/totals.ts';
import type { PlanInput } from './input.ts';
import { keptFromSimulator } from './sent-to.ts';

const RESUMED: readonly Status[] = ['planned'];
const BLOCKED: readonly Status[] = ['unknown', 'submitting'];

/** The totals of a plan. */
interface PlannedTotals {
  readonly fresh: readonly BatchTotal[];
  readonly resumed: readonly BatchTotal[];
  readonly skipped: readonly BatchTotal[];
  /** With {@link held} and {@link kept}. */
  readonly blocked: readonly BatchTotal[];
  /** What holds keep back, and what waits for a top-up. */
  readonly held: readonly BatchTotal[];
  /** What is kept from the simulator, or from a provider after a simulation. */
  readonly kept: readonly BatchTotal[];
}

/** What of a batch is sent now, what is kept back, and what was sent before. */
export function plannedTotals(input: PlanInput, holds: readonly Hold[]): PlannedTotals {
  const { summary, registered } = input;
  const tallies = registered?.tallies ?? [];
  const registeredTotals = (statuses: (status: Status) => boolean): BatchTotal[] =>
    merge(tallies.filter((tally) => statuses(tally.status)));

  let fresh = registered === null ? merge(summary.totals) : [];
  let resumed = registeredTotals((status) => RESUMED.includes(status));
  const skipped = registeredTotals((status) => !RESUMED.includes(status) && !BLOCKED.includes(status));
  if (registered !== null && input.differences.length > 0 && input.amend) {
    // What was sent cannot be amended, so everything else of the file is sent, as the file has it now.
    fresh = subtract(merge(summary.totals), merge(tallies.filter((tally) => !RESUMED.includes(tally.status))));
    resumed = [];
  }
  const isHeld = (total: BatchTotal): boolean =>
    holds.some(({ account }) => account === null || account === total.account);
  const keptAccounts = keptFromSimulator(input);
  const isKept = (total: BatchTotal): boolean => !isHeld(total) && keptAccounts.has(total.account);
  const isSent = (total: BatchTotal): boolean => !isHeld(total) && !isKept(total);
  const held = [...fresh, ...resumed].filter(isHeld);
  const kept = [...fresh, ...resumed].filter(isKept);
  // What the balance does not cover waits, as what is held does.
  const waiting = (input.coverage ?? []).flatMap((coverage) => coverage.waiting);
  const blocked = merge([...registeredTotals((status) => BLOCKED.includes(status)), ...held, ...kept, ...waiting]);
  const sent = (totals: readonly BatchTotal[]): BatchTotal[] => subtract(totals.filter(isSent), waiting);
  return { fresh: sent(fresh), resumed: sent(resumed), skipped, blocked, held: [...held, ...waiting], kept };
}

function merge(totals: readonly BatchTotal[]): BatchTotal[] {
  return addUp(totals, 'account', 'currency', 'kind').filter((total) => total.count > 0);
}

/** What is left of the totals without `less`. */
export function subtract(totals: readonly BatchTotal[], less: readonly BatchTotal[]): BatchTotal[] {
  const negative = less.map((total) => ({ ...total, count: -total.count, sumMinor: -total.sumMinor }));
  return addUp([...totals, ...negative], 'account', 'currency', 'kind').filter((total) => {
    return total.count > 0 || total.sumMinor > 0n;
  });
}
