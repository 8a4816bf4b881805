import type { AccountConfig } from '../../config/config.ts';
import type { Budget, Rate } from '../../domain/limits.ts';
import { isSamePlace, type Place } from '../../domain/place.ts';
import type { ProviderLimits } from '../../providers/port.ts';
import { providerOf, type Project } from './project.ts';

/** The limits that hold at a place, with what the configuration says already put in. */
export type PlaceLimits = Pick<ProviderLimits, 'concurrency' | 'budgets' | 'payoutBudget'>;

/**
 * What the accounts that send to a place may do together. The provider counts them as one payer, so that every rate of every one
 * of them holds for all.
 */
export function limitsAt(project: Project, place: Place, places: ReadonlyMap<string, Place>): PlaceLimits | null {
  const accounts = [...project.config.accounts.values()].filter(({ name }) => {
    const other = places.get(name);
    return other !== undefined && isSamePlace(other, place);
  });
  const [first, ...others] = accounts.map(limitsOf);
  if (first === undefined) return null;
  return others.reduce<PlaceLimits>(stricter, first);
}

function limitsOf(account: AccountConfig): PlaceLimits {
  const { concurrency, budgets, payoutBudget } = providerOf(account).limits(account.options);
  const { rates, concurrency: configured } = account.limits;
  return {
    concurrency: configured ?? concurrency,
    budgets: budgets.map((budget) => (budget.name === payoutBudget && rates !== null ? { ...budget, rates } : budget)),
    payoutBudget,
  };
}

function stricter(a: PlaceLimits, b: PlaceLimits): PlaceLimits {
  const both = ({ name, scope, rates }: Budget): Budget => {
    const other = b.budgets.find((budget) => budget.name === name)?.rates ?? [];
    return { name, scope, rates: [...rates, ...other.filter((rate) => !rates.some((one) => isSameRate(one, rate)))] };
  };
  return { ...a, concurrency: Math.min(a.concurrency, b.concurrency), budgets: a.budgets.map(both) };
}

function isSameRate(a: Rate, b: Rate): boolean {
  return a.count === b.count && a.windowMs === b.windowMs;
}
