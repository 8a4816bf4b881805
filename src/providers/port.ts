import type { Clock } from '../domain/clock.ts';
import type { DestinationKind } from '../domain/destination.ts';
import type { PollSchedule } from '../domain/query-history.ts';
import type { ResendRule } from '../domain/resend-rule.ts';
import type { StatusReport } from '../domain/status-report.ts';
import type { CallBudgets } from '../domain/call-budgets.ts';
import type { Budget, Rate } from '../domain/limits.ts';
import type { Evidence, Outcome } from '../domain/outcome.ts';
import type { PaymentInstruction } from '../domain/payment.ts';
import type { AccountRules, KnownBank } from '../domain/rules.ts';
import type { Status } from '../domain/status.ts';
import type { CallbackReader, CallbackSetup, CallbackWaiter } from './callback-port.ts';
import type { Http } from './kit/http.ts';
import type { TokenStore } from './kit/token-store.ts';

export type {
  CallbackPayment,
  CallbackReader,
  CallbackReply,
  CallbackRequest,
  CallbackSetup,
  CallbackWaiter,
  ParsedCallback,
  StoredCallback,
} from './callback-port.ts';

/** A payout service, before any account of it is opened. One per folder of `providers/`, listed in `providers/index.ts`. */
export type ProviderDefinition = DefinitionBase & (QueryableDefinition | UnqueryableDefinition);

/** What a provider can pay and how fast: pure data and pure functions. Checking a file needs nothing else. */
interface DefinitionBase {
  /** As the configuration and the reports write it: `sellapay`. */
  readonly name: string;
  /** The provider's own base URLs as its documentation writes them; null where none is published. */
  readonly hosts: { readonly live: string | null; readonly sandbox: string | null };
  /** Names under `credentials:` without which an account cannot be opened. */
  readonly credentials: readonly string[];
  /**
   * What identifies the payer at this provider: the key that requests carry and the merchant or short code that is debited, and no
   * secret that may be renewed. Accounts with the same values are one payer, with one lock and one memory of the rate limits.
   */
  payer(settings: Pick<ProviderSetup, 'currency' | 'credentials' | 'options'>): readonly string[];
  /** What an account with these options can pay. Options have passed the configuration's schema. */
  rules(account: AccountOptions): AccountRules;
  /** The banks that an account with these options is known to pay, in the order of their codes; present where a list is published. */
  banks?(options: Readonly<Record<string, unknown>>): readonly KnownBank[];
  /** Documented limits; `limits` of the configuration replace {@link ProviderLimits.payoutBudget}'s rates and the concurrency. */
  limits(options: Readonly<Record<string, unknown>>): ProviderLimits;

  /**
   * Reads callbacks of an account; present where the provider reports payments by itself. Pure: needs no network and no open
   * provider, so that a listener may serve accounts that another process is paying from.
   */
  callbacks?(setup: CallbackSetup): CallbackReader;

  /**
   * Whether a payout is only taken at first and its result follows by callback, within seconds: then the first payment of a run
   * is waited for until its callback has come, because only the callback says that the account's settings are right.
   */
  readonly decidesByCallback?: true;

  /**
   * Every payout carries an address for its result. An account is not opened without one: {@link ProviderSetup.callbackAddress} is
   * a text then.
   */
  readonly needsCallbackAddress?: true;

  /** What is wrong with an address that this provider would be given, as the end of a sentence; null when nothing is. */
  addressFault?(address: string): string | null;

  /**
   * What a person should look for where no query can decide: the provider's statement and how this payment is recognised in it.
   * Used as `next_action`. Present unless everything of this provider can be queried.
   */
  manualCheck?(
    payment: PaymentInstruction,
    status: Extract<Status, 'unknown' | 'pending'>,
    options: Readonly<Record<string, unknown>>,
  ): string;

  /** The most that one payment of this kind may cost on top of its amount, for the balance warning. */
  feeMaxMinor?(kind: DestinationKind, options: Readonly<Record<string, unknown>>): bigint;
}

/**
 * The schedule of queries and {@link Provider.query} come together, which the compiler checks: by the schedule a command knows
 * whether a provider can settle payments, without opening an account.
 */
interface QueryableDefinition {
  /** When to query open payments. */
  polling(options: Readonly<Record<string, unknown>>): PollSchedule;
  open(setup: ProviderSetup): QueryableProvider;
}

interface UnqueryableDefinition {
  readonly polling?: undefined;
  open(setup: ProviderSetup): Provider & { readonly query?: undefined };
}

type QueryableProvider = Provider & Required<Pick<Provider, 'query'>>;

export interface AccountOptions {
  readonly account: string;
  readonly currency: string;
  readonly environment: Environment | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly maxAmountMinor: bigint | null;
}

/** Null where the configuration names an endpoint and no environment: paths are those of the live one then. */
export type Environment = 'sandbox' | 'live';

export interface ProviderLimits {
  readonly concurrency: number;
  /** Every budget that calls of this provider spend from. */
  readonly budgets: readonly Budget[];
  /** Name of the budget that `submit` spends from. */
  readonly payoutBudget: string;
  /** How many requests of {@link payoutBudget} one payment takes, where that is more than one. */
  readonly requestsPerPayout?: number;
  /** What the provider documents for payouts; a configured rate above it is a warning. Our default may be lower. */
  readonly documentedRates: readonly Rate[];
}

export interface ProviderSetup {
  readonly account: string;
  readonly currency: string;
  /** Base URL, without a trailing slash. */
  readonly endpoint: string;
  readonly environment: Environment | null;
  readonly credentials: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly http: Http;
  readonly clock: Clock;
  readonly callBudgets: CallBudgets;
  /** A number in [0, 1), for nonces and conversation ids. */
  readonly random: () => number;
  /**
   * `<public_url>/callbacks/<callback_token>`, or null where none is configured and the provider needs none. A provider may be
   * given the address as it is or with one more segment behind it (letters, digits, `-` and `_`), and nothing else.
   */
  readonly callbackAddress: string | null;
  /** Callbacks as they are stored, by whichever process receives them; null where there is no address. */
  readonly callbackWaiter: CallbackWaiter | null;
  /** Where the account's token is shared with other accounts and processes; null for the built-in simulator. */
  readonly tokenStore: TokenStore | null;
}

/**
 * An opened account at a provider. Ability is presence: what a provider cannot do it has no method for.
 *
 * Adapters return tagged results and throw only for our own bugs (and let {@link DrainedError} of the call budgets pass).
 */
export interface Provider {
  /** Whether this payment, after a lost answer, may be sent again with the same reference. */
  resend(payment: PaymentInstruction): ResendRule;

  /**
   * Fetches what the next `submit` needs (a fresh token), so that its payout request is the only one. Called before each claim, so
   * that nothing is claimed that cannot be sent; cheap when there is nothing to do. Concurrent calls share one request.
   */
  prepare(): Promise<Readiness>;

  /**
   * Asks the provider to pay. At most one request that can move money leaves per call; the intent is durable before this is
   * called and a slot of the payout budget was taken for it. Further requests that the documented flow needs (creating before
   * funding) spend from the call budgets. A token that ended is `throttled` with `waitMs: 0`: no money moved, and the next
   * `prepare` renews it.
   *
   * @param isResend an earlier request with this reference was sent and never answered. A refusal as a duplicate proves that the
   *   earlier one arrived, and an answer is `failed` only when it certainly covers the earlier request too.
   */
  submit(payment: PaymentInstruction, isResend?: boolean): Promise<Outcome>;

  /**
   * What the provider says became of a payment that was sent. Moves no money. Spends from the call budgets. An answer that comes
   * by callback is waited for briefly; the result is `unknown` when none has come, and the callback is applied when it comes.
   */
  query?(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult>;

  /**
   * The payment's own callback, where one is stored; null where none has come. Sends nothing. Present where a query may say less
   * than that callback did: settlement compares the two ({@link ReportedResult}).
   */
  reportedResult?(payment: PaymentInstruction, known: KnownPayment): Promise<ReportedResult | null>;

  /**
   * Asks to cancel a payment that is pending, as the account's policy has it ({@link StatusReport} `cancelDue`). The answer is a
   * status report like any other: a cancellation that was only noted is `pending`.
   */
  cancel?(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult>;

  /** What can be paid out now, in the account's currency. Spends from the call budgets. */
  balance?(): Promise<BalanceResult>;
}

/** What the ledger knows of a payment that is queried. */
export interface KnownPayment {
  readonly status: Status;
  /** The provider's own ids, from its answers; '' where they had none. */
  readonly providerReference: string;
  readonly requestId: string;
  /** Unix milliseconds; when its newest attempt was sent. */
  readonly sentAt: number;
  /** How many times the payment was queried before; makes the ids of queries distinct. */
  readonly queries: number;
}

/** The answer to a query: a status report, or why the query could not be made now. */
export type QueryResult = StatusReport | Exclude<Readiness, { readonly kind: 'ready' }>;

/** What the provider reported of a payment by itself, as settlement compares it with a query that found a failure. */
export type ReportedResult =
  /** Reported as paid, verified or not. `contradiction`: the evidence to record when a query says that the payment failed. */
  | { readonly kind: 'paid'; readonly contradiction: Evidence }
  | { readonly kind: 'failed'; readonly report: Extract<StatusReport, { readonly kind: 'failed' }> };

export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'throttled'; readonly evidence: Evidence; readonly waitMs?: number }
  /** The provider cannot be reached or its answer cannot be used; nothing of a payment was sent. */
  | { readonly kind: 'unreachable'; readonly evidence: Evidence }
  /** The account cannot be used: wrong credentials, a locked user. */
  | { readonly kind: 'stop'; readonly evidence: Evidence };

/** Money set aside for some kinds of destination. */
export interface SubBalance {
  readonly kinds: readonly DestinationKind[];
  readonly availableMinor: bigint;
}

export type BalanceResult =
  | {
      readonly kind: 'balance';
      readonly availableMinor: bigint;
      readonly currency: string;
      /** Where kinds of destinations are paid from different balances: each with its kinds. A kind without one is not compared. */
      readonly subBalances?: readonly SubBalance[];
    }
  | Exclude<Readiness, { readonly kind: 'ready' }>;
