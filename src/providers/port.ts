import type { Clock } from '../domain/clock.ts';
import type { DestinationKind } from '../domain/destination.ts';
import type { Budget, Meter, Rate } from '../domain/limits.ts';
import type { Evidence, Outcome } from '../domain/outcome.ts';
import type { Presentation } from '../domain/payment.ts';
import type { AccountRules } from '../domain/rules.ts';
import type { Status } from '../domain/status.ts';
import type { Http } from './http.ts';

/**
 * A payout service, before any account of it is opened: what it can pay and how fast. Pure data and pure functions; checking
 * a file needs nothing else. One per folder of `providers/`, listed in `providers/index.ts`.
 */
export interface ProviderDefinition {
  /** As the configuration and the reports write it: `sellapay`. */
  readonly name: string;
  /** The provider's own base URLs as its sheet writes them; null where none is published. */
  readonly hosts: { readonly live: string | null; readonly sandbox: string | null };
  /** Names under `credentials:` without which an account cannot be opened. */
  readonly credentials: readonly string[];
  /** What an account with these options can pay. Options have passed the configuration's schema. */
  rules(account: AccountOptions): AccountRules;
  /** Documented limits; `limits` of the configuration replace {@link ProviderLimits.payoutBudget}'s rates and the concurrency. */
  limits(options: Readonly<Record<string, unknown>>): ProviderLimits;
  open(setup: ProviderSetup): Provider;

  /**
   * What a person should look for where no machine can be asked: the provider's statement and the marks of this payment in
   * it. Used as `next_action`. Present unless everything of this provider can be queried.
   */
  lookFor?(
    payment: Presentation,
    status: Extract<Status, 'unknown' | 'pending'>,
    options: Readonly<Record<string, unknown>>,
  ): string;

  /** The most that one payment of this kind may cost on top of its amount, for the balance warning. */
  feeMaxMinor?(kind: DestinationKind, options: Readonly<Record<string, unknown>>): bigint;
}

export interface AccountOptions {
  readonly account: string;
  readonly currency: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly maxAmountMinor: bigint | null;
}

export interface ProviderLimits {
  readonly concurrency: number;
  /** Every budget that calls of this provider spend from. */
  readonly budgets: readonly Budget[];
  /** Name of the budget that `submit` spends from. */
  readonly payoutBudget: string;
  /** What the provider documents for payouts, where our default is more careful; a configured rate above it is a warning. */
  readonly documentedRates: readonly Rate[];
}

export interface ProviderSetup {
  readonly account: string;
  readonly currency: string;
  /** Base URL, without a trailing slash. */
  readonly endpoint: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly http: Http;
  readonly clock: Clock;
  readonly meter: Meter;
}

/**
 * An opened account at a provider. Ability is presence: what a provider cannot do it has no method for.
 *
 * Adapters return tagged results and throw only for our own bugs (and let {@link DrainedError} of the meter pass).
 */
export interface Provider {
  /**
   * Whether a payment without an answer may be presented again *with the same reference*: never; after the evidence its sheet
   * asks for; or always. A record of what the provider promises: nothing in this version re-sends by itself.
   */
  readonly resend: 'never' | 'after-evidence' | 'always';

  /**
   * Makes ready so that the next `submit` needs no call but its own (a fresh token). Called before each claim, so that nothing
   * is claimed that cannot be sent; cheap when there is nothing to do. Concurrent calls share one request.
   */
  prepare(): Promise<Readiness>;

  /**
   * Asks the provider to pay. Exactly one request leaves per call, unless none does. The intent is durable before this is
   * called and a slot of the payout budget was taken for it. A token that died is `throttled` with `waitMs: 0`: it moved
   * nothing, and the next `prepare` renews it.
   */
  submit(payment: Presentation): Promise<Outcome>;

  /** What can be paid out now, in the account's currency. Spends from the meter. */
  balance?(): Promise<BalanceReading>;
}

export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'throttled'; readonly evidence: Evidence; readonly waitMs?: number }
  /** The provider cannot be reached or did not answer usefully; nothing of a payment was sent. */
  | { readonly kind: 'unreachable'; readonly evidence: Evidence }
  /** Bad credentials and the like. */
  | { readonly kind: 'stop'; readonly evidence: Evidence };

export type BalanceReading =
  | { readonly kind: 'balance'; readonly availableMinor: bigint; readonly currency: string }
  | Exclude<Readiness, { readonly kind: 'ready' }>;
