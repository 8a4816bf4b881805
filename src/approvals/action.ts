import type { BatchTotal } from '../domain/batch.ts';
import { currencyDecimals, formatAmount, parseAmount } from '../domain/money.ts';
import { plainDigest, type PlainObject } from '../domain/plain-value.ts';
import { sumsByCurrency } from '../domain/totals.ts';
import type { PaidSum } from './rules.ts';

/** The commands that people approve by themselves, apart from a batch. */
export const ACTION_COMMANDS = ['retry', 'resolve', 'reconcile', 'recover'] as const;
export type ActionCommand = (typeof ACTION_COMMANDS)[number];

/** What a command would do, as it stands in a file that people sign. */
export interface Action {
  readonly version: 1;
  readonly command: ActionCommand;
  readonly organisation: string;
  readonly ledger: string;
  /** Null where it concerns several batches. */
  readonly batch: string | null;
  /** Who prepared the action, and why; whoever does it acts for this person, unless `--by` names another. */
  readonly by: string;
  readonly because: string | null;
  /** ISO 8601, UTC. */
  readonly made_at: string;
  /** What the command was asked for, in its own terms. */
  readonly request: PlainObject;
  readonly payments: readonly ActionPayment[];
  /** What all batches that it concerns pay, by currency: the rules are applied to it, so that no sum is split to come under one. */
  readonly sums: Readonly<Record<string, string>>;
  /** Digest of the policy and the places of the accounts. */
  readonly conditions: string;
  /** Who made the batches; their own signatures do not count. */
  readonly prepared_by: readonly string[];
}

export interface ActionPayment {
  readonly batch: string;
  readonly id: string;
  readonly name: string;
  readonly amount: string;
  readonly currency: string;
  readonly account: string;
  /** Before the action. */
  readonly reference: string;
  readonly generation: number;
  readonly from: string;
  readonly to: string;
}

/** SHA-256 over all of it. */
export function actionDigest(action: Action): string {
  return plainDigest(action as unknown as PlainObject);
}

export function actionSums(totals: readonly Pick<BatchTotal, 'currency' | 'count' | 'sumMinor'>[]): Action['sums'] {
  return Object.fromEntries(
    [...sumsByCurrency(totals)].map(([currency, sum]) => [currency, formatAmount(sum, currency)]),
  );
}

/** As the rules take it. */
export function paidSums({ sums }: Pick<Action, 'sums'>): PaidSum[] {
  return Object.entries(sums).map(([currency, text]) => {
    const reading = parseAmount(text, currencyDecimals(currency) ?? 0);
    return { currency, sumMinor: typeof reading === 'bigint' ? reading : 0n };
  });
}

/**
 * Why an action is not what the command would do now, as a sentence; null where it is exactly that. Who executes it, and when, may differ
 * from who prepared it.
 */
export function actionFault(action: Action, now: Action): string | null {
  if (action.organisation !== now.organisation)
    return `It is of organisation ${action.organisation}, not of ${now.organisation}.`;
  if (action.ledger !== now.ledger) return 'It is of another ledger.';
  if (action.conditions !== now.conditions) {
    return 'The policy, the limits or the places of the accounts have changed since it was written.';
  }
  const current = new Map(now.payments.map((payment) => [payment.reference, payment]));
  for (const payment of action.payments) {
    const is = current.get(payment.reference);
    if (is === undefined) return `${paymentName(payment)} is not ${payment.from} any more, or has another reference.`;
    if (plainDigest({ ...is }) !== plainDigest({ ...payment }))
      return `${paymentName(payment)} has changed since it was written.`;
    current.delete(payment.reference);
  }
  const [more] = current.values();
  if (more !== undefined) return `${paymentName(more)} would be changed too, and it is not in the action.`;
  const { by, because, made_at } = action;
  if (actionDigest({ ...now, by, because, made_at }) === actionDigest(action)) return null;
  return 'Something else than its payments has changed since it was written: what was asked for, or what its batches pay.';
}

function paymentName({ batch, id, reference }: ActionPayment): string {
  return `Payment ${id} of batch ${batch} (${reference})`;
}
