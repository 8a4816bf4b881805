import type { BatchTotal } from '../domain/batch.ts';
import type { Hold } from '../domain/hold.ts';
import type { Problem } from '../domain/problem.ts';
import type { Status } from '../domain/status.ts';
import { addUp, countOf } from '../domain/totals.ts';
import type { AccountBalance, PlanInput, PlannedBalance } from './input.ts';
import { agreedPlanProblems } from './agreed-plan.ts';
import { copyProblems } from './copies.ts';
import { allowedDestinations, destinationProblems } from './destination-changes.ts';
import { balanceProblems, differenceProblems, expectationProblems, replacementProblems } from './refusals.ts';
import { calendarProblems, heldUntil, holdsAt, type SendingTime } from './holds.ts';
import { keptFromSimulator, keptProblems, simulatedProblems } from './sent-to.ts';

/** What `run` will do with a file, as data; `plan` prints it. */
export interface Plan {
  readonly version: 1;
  readonly batch: string;
  readonly file: string;
  readonly digest: string;
  /** Of everything that decides what is paid, see `planDigest`; null where a secret is missing, so that the place is not known. */
  readonly planDigest: string | null;
  readonly action: 'register' | 'amend' | 'resume' | 'nothing' | 'refuse';
  /** Payments that the ledger does not have yet. */
  readonly fresh: readonly BatchTotal[];
  /** Registered and not sent: this run sends them. */
  readonly resumed: readonly BatchTotal[];
  /** Sent already, or final. */
  readonly skipped: readonly BatchTotal[];
  /** Kept back: `unknown` ones wait for evidence, the others for what {@link holds} says. */
  readonly blocked: readonly BatchTotal[];
  /** What keeps payments back now; empty where nothing does. */
  readonly holds: readonly Hold[];
  /** When the whole batch may be sent, where all of it waits for a time; else null. */
  readonly heldUntil: number | null;
  readonly balances: readonly PlannedBalance[];
  readonly problems: readonly Problem[];
  /** Ids that are paid to a destination which is refused without a person's word. */
  readonly allowedDestinations: readonly string[];
}

const RESUMED: readonly Status[] = ['planned'];
const BLOCKED: readonly Status[] = ['unknown', 'submitting'];

export function planBatch(input: PlanInput): Plan {
  const { summary, registered } = input;
  const tallies = registered?.tallies ?? [];
  const times = sendingTimes(input);
  const holds = [...holdsAt(times), ...(input.holds ?? [])];
  const changed = input.differences.length > 0;
  const registeredTotals = (statuses: (status: Status) => boolean): BatchTotal[] =>
    merge(tallies.filter((tally) => statuses(tally.status)));

  let fresh = registered === null ? merge(summary.totals) : [];
  let resumed = registeredTotals((status) => RESUMED.includes(status));
  let blocked = registeredTotals((status) => BLOCKED.includes(status));
  const skipped = registeredTotals((status) => !RESUMED.includes(status) && !BLOCKED.includes(status));
  if (registered !== null && changed && input.amend) {
    // What was sent cannot be amended, so everything else of the file is sent, as the file has it now.
    fresh = subtract(merge(summary.totals), merge(tallies.filter((tally) => !RESUMED.includes(tally.status))));
    resumed = [];
  }
  const isHeld = (total: BatchTotal): boolean =>
    holds.some(({ account }) => account === null || account === total.account);
  const held = [...resumed, ...fresh].filter(isHeld);
  blocked = merge([...blocked, ...held]);
  fresh = fresh.filter((total) => !isHeld(total));
  resumed = resumed.filter((total) => !isHeld(total));

  const keptAccounts = keptFromSimulator(input);
  const kept = [...fresh, ...resumed].filter(({ account }) => keptAccounts.has(account));
  blocked = merge([...blocked, ...kept]);
  fresh = fresh.filter(({ account }) => !keptAccounts.has(account));
  resumed = resumed.filter(({ account }) => !keptAccounts.has(account));

  const balances = input.balances.map((balance) => plannedBalance(balance, [...fresh, ...resumed]));
  const started = tallies.some((tally) => tally.status !== 'planned' && tally.count > 0);
  const simulated = simulatedProblems(input);
  const problems = [
    ...agreedPlanProblems(input),
    ...expectationProblems(summary, input.expect),
    ...simulated,
    ...keptProblems(input, kept),
    // Advice about single rows would lead nowhere in a batch that is not paid under its id at all.
    ...(changed && simulated.length === 0 ? differenceProblems(summary, input.differences, input.amend) : []),
    ...(registered === null ? copyProblems(summary, input.copies, input.allowDuplicate) : []),
    ...destinationProblems(input),
    ...replacementProblems(summary, input.refusedReplacements ?? []),
    ...(started ? [] : calendarProblems(times)),
    // Of a batch that is partly sent nothing can be "refused, nothing of it sent": its rest is kept back instead.
    ...balanceProblems(summary, balances, started ? 'warning' : 'error'),
  ];
  const refused = problems.some((problem) => problem.severity === 'error');
  const nothing = countOf([...fresh, ...resumed, ...held]) === 0 && !changed;
  return {
    version: 1,
    batch: summary.header.id,
    file: summary.header.file,
    digest: summary.digest,
    planDigest: input.planDigest ?? null,
    action: refused ? 'refuse' : registered === null ? 'register' : changed ? 'amend' : nothing ? 'nothing' : 'resume',
    fresh,
    resumed,
    skipped,
    blocked,
    holds,
    heldUntil: heldUntil(
      holds,
      times.map(({ account }) => account),
    ),
    balances,
    problems,
    allowedDestinations: allowedDestinations(input),
  };
}

/** The accounts of which payments may still be sent, each with what decides when. */
function sendingTimes({ summary, registered, hours, now }: PlanInput): readonly SendingTime[] {
  const planned = (registered?.tallies ?? []).filter(({ status, count }) => RESUMED.includes(status) && count > 0);
  const names = new Set([...summary.totals, ...planned].map(({ account }) => account));
  return [...names]
    .sort()
    .map((account) => ({ header: summary.header, account, hours: hours?.get(account) ?? null, now }));
}

/** Whether an account lacks the money for what the plan would send from it. */
export function isShort(balance: PlannedBalance): boolean {
  return balance.leftMinor !== null && balance.leftMinor < 0n;
}

/** A balance with what the payments to send take from it. */
export function plannedBalance(balance: AccountBalance, sent: readonly BatchTotal[]): PlannedBalance {
  const neededMinor = sent
    .filter((total) => total.account === balance.account && total.currency === balance.currency)
    .filter((total) => balance.kinds?.includes(total.kind) ?? true)
    .reduce((sum, total) => sum + total.sumMinor, 0n);
  const leftMinor = balance.availableMinor === null ? null : balance.availableMinor - neededMinor;
  return { ...balance, neededMinor, leftMinor };
}

function merge(totals: readonly BatchTotal[]): BatchTotal[] {
  return addUp(totals, 'account', 'currency', 'kind').filter((total) => total.count > 0);
}

/** What is left of the totals without `less`. */
function subtract(totals: readonly BatchTotal[], less: readonly BatchTotal[]): BatchTotal[] {
  const negative = less.map((total) => ({ ...total, count: -total.count, sumMinor: -total.sumMinor }));
  return addUp([...totals, ...negative], 'account', 'currency', 'kind').filter((total) => {
    return total.count > 0 || total.sumMinor > 0n;
  });
}
