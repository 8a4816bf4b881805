import type { BatchTotal } from '../domain/batch.ts';
import type { ComparedPayroll } from '../domain/changes.ts';
import type { Hold } from '../domain/hold.ts';
import type { Problem } from '../domain/problem.ts';
import { countOf } from '../domain/totals.ts';
import type { AccountBalance, Coverage, PlanInput, PlannedBalance } from './input.ts';
import { agreedPlanProblems } from './agreed-plan.ts';
import { changesOfPlan } from './changes/problems.ts';
import { copyProblems } from './copies.ts';
import { allowedDestinations, destinationProblems } from './destination-changes.ts';
import { balanceProblems, differenceProblems, expectationProblems, replacementProblems } from './refusals.ts';
import { calendarProblems, heldUntil, holdsAt, type SendingTime } from './holds.ts';
import { plannedTotals } from './planned-totals.ts';
import { keptProblems, simulatedProblems } from './sent-to.ts';

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
  /** Of the blocked ones, those that wait for what {@link holds} says. */
  readonly held: readonly BatchTotal[];
  /** What keeps payments back now; empty where nothing does. */
  readonly holds: readonly Hold[];
  /** When the whole batch may be sent, where all of it waits for a time; else null. */
  readonly heldUntil: number | null;
  readonly balances: readonly PlannedBalance[];
  /** Of accounts that pay by priority: which payments are sent, in their order, and what waits for a top-up. */
  readonly coverage: readonly Coverage[];
  readonly problems: readonly Problem[];
  /** The file against the payroll before; null where nobody wants to know. */
  readonly compared: ComparedPayroll | null;
  /** Changes for which at least one person has to sign. */
  readonly needsApproval: readonly Problem[];
  /** Ids that are paid to a destination which is refused without a person's word. */
  readonly allowedDestinations: readonly string[];
}

export function planBatch(input: PlanInput): Plan {
  const { summary, registered } = input;
  const tallies = registered?.tallies ?? [];
  const times = sendingTimes(input);
  const holds = [...holdsAt(times), ...(input.holds ?? [])];
  const changed = input.differences.length > 0;
  const { fresh, resumed, skipped, blocked, held, kept } = plannedTotals(input, holds);
  const balances = input.balances.map((balance) => plannedBalance(balance, [...fresh, ...resumed]));
  const coverage = input.coverage ?? [];
  // An account that pays by priority sends what its balance covers, fees included.
  const uncovered = balances.filter((balance) => !coverage.some(({ account }) => account === balance.account));
  const started = tallies.some((tally) => tally.status !== 'planned' && tally.count > 0);
  const simulated = simulatedProblems(input);
  // Of an amendment all can still be refused: what was registered goes on by the file as it was.
  const changes = changesOfPlan(input, started && !changed);
  const problems = [
    ...agreedPlanProblems(input),
    ...expectationProblems(summary, input.expect),
    ...simulated,
    ...keptProblems(input, kept),
    // Advice about single rows would lead nowhere in a batch that is not paid under its id at all.
    ...(changed && simulated.length === 0 ? differenceProblems(summary, input.differences, input.amend) : []),
    ...(registered === null ? copyProblems(summary, input.copies, input.allowDuplicate) : []),
    ...destinationProblems(input),
    ...changes.problems,
    ...replacementProblems(summary, input.refusedReplacements ?? []),
    ...(started ? [] : calendarProblems(times)),
    // Of a batch that is partly sent nothing can be "refused, nothing of it sent": its rest is kept back instead.
    ...balanceProblems(summary, uncovered, started ? 'warning' : 'error'),
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
    held,
    holds,
    heldUntil: heldUntil(
      holds,
      times.map(({ account }) => account),
    ),
    balances,
    coverage,
    problems,
    compared: input.compared ?? null,
    needsApproval: changes.needsApproval,
    allowedDestinations: allowedDestinations(input),
  };
}

/** The accounts of which payments may still be sent, each with what decides when. */
function sendingTimes({ summary, registered, hours, now }: PlanInput): readonly SendingTime[] {
  const planned = (registered?.tallies ?? []).filter(({ status, count }) => status === 'planned' && count > 0);
  const names = new Set([...summary.totals, ...planned].map(({ account }) => account));
  return [...names]
    .sort()
    .map((account) => ({ header: summary.header, account, hours: hours?.get(account) ?? null, now }));
}

/** Why the file was compared with nothing; nothing where it was. */
export function comparisonNotes({ compared }: Pick<Plan, 'compared'>): readonly string[] {
  return compared?.note === undefined || compared.note === null ? [] : [compared.note];
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
