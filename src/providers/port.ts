import type { Clock } from '../domain/clock.ts';
import type { DestinationKind } from '../domain/destination.ts';
import type { PollSchedule } from '../domain/query-history.ts';
import type { ResendRule } from '../domain/resend-rule.ts';
import type { StatusReport } from '../domain/status-report.ts';
import type { CallBudgets } from '../domain/call-budgets.ts';
import type { Budget, Rate } from '../domain/limits.ts';
import type { Evidence, Outcome } from '../domain/outcome.ts';
import type { PaymentInstruction } from '../domain/payment.ts';
import type { AccountRules } from '../domain/rules.ts';
import type { Status } from '../domain/status.ts';
import type { Http } from './kit/http.ts';

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
   * When to ask about open payments. Present exactly where the opened provider has {@link Provider.query}: by it a command knows,
   * without opening anything, whether a provider can settle by itself.
   */
  polling?(options: Readonly<Record<string, unknown>>): PollSchedule;

  /**
   * Reads callbacks of an account; present where the provider reports payments by itself. Pure: needs no network and no open
   * provider, so that a listener may serve accounts that another process is paying from.
   */
  callbacks?(setup: CallbackSetup): CallbackReader;

  /**
   * Whether a request of this account cannot be made without an address for callbacks (the sheet makes it a required field).
   */
  needsCallbackAddress?: true;

  /** What is wrong with an address that this provider would be given, as the end of a sentence; null when nothing is. */
  addressFault?(address: string): string | null;

  /**
   * What a person should look for where no machine can be asked: the provider's statement and the marks of this payment in
   * it. Used as `next_action`. Present unless everything of this provider can be queried.
   */
  manualCheck?(
    payment: PaymentInstruction,
    status: Extract<Status, 'unknown' | 'pending'>,
    options: Readonly<Record<string, unknown>>,
  ): string;

  /** The most that one payment of this kind may cost on top of its amount, for the balance warning. */
  feeMaxMinor?(kind: DestinationKind, options: Readonly<Record<string, unknown>>): bigint;
}

export interface AccountOptions {
  readonly account: string;
  readonly currency: string;
  readonly environment: Environment | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly maxAmountMinor: bigint | null;
}

/** Null where the configuration names an endpoint and does not say: then the live form of paths is meant. */
export type Environment = 'sandbox' | 'live';

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
  readonly environment: Environment | null;
  readonly credentials: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly http: Http;
  readonly clock: Clock;
  readonly callBudgets: CallBudgets;
  /** In [0, 1): nonces and conversation ids. */
  readonly random: () => number;
  /**
   * `<public_url>/callbacks/<callback_token>`, or null where none is configured. A provider may be given it as it is or with one
   * more segment behind it (letters, digits, `-` and `_`), and nothing else.
   */
  readonly callbackAddress: string | null;
  /** Callbacks as they are stored, by whichever process receives them; null where there is no address. */
  readonly callbackWaiter: CallbackWaiter | null;
}

/** Where an adapter waits for the answer to a request that is answered by callback. */
export interface CallbackWaiter {
  /** The first stored callback of the account that came to this segment, or null when none has come within `timeoutMs`. */
  wait(segment: string, timeoutMs: number): Promise<StoredCallback | null>;
}

export interface StoredCallback {
  /** The last part of the address, behind the token; '' when there was none. */
  readonly segment: string;
  /** Exact text of the body. */
  readonly body: string;
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

export interface CallbackSetup {
  readonly account: string;
  readonly currency: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** As the provider was given it, for signatures that cover it. */
  readonly callbackAddress: string;
}

/** One request to a callback address whose token was right. */
export interface CallbackRequest {
  readonly segment: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Exact bytes as they came; signatures cover them. */
  readonly body: Uint8Array;
  /** It was verified before it was stored, by a process that died over it: its headers are gone, and it is only read again. */
  readonly isStored?: true;
}

export interface CallbackReader {
  /**
   * Verifies and reads one callback. `payment` looks up what the ledger has under a reference of ours (of any generation), for
   * readers that compare amounts, phones or the provider's own ids. Throws only for our own bugs.
   */
  read(
    request: CallbackRequest,
    payment: (reference: string) => Promise<CallbackPayment | null>,
  ): Promise<ParsedCallback>;
}

/** What a callback is held against. */
export interface CallbackPayment extends PaymentInstruction {
  readonly status: Status;
  readonly providerReference: string;
  readonly requestId: string;
}

export type ParsedCallback =
  /** Not authentic, or nothing that can be read: it is neither stored nor acknowledged. `status` is the HTTP answer. */
  | { readonly kind: 'refused'; readonly status: 400 | 401 | 403; readonly reason: string }
  /** Authentic, and about no payment of ours (another event, the answer to a balance query). Stored and acknowledged. */
  | {
      readonly kind: 'unrelated';
      readonly deduplicationKey: string;
      readonly reason: string;
      readonly reply: CallbackReply;
    }
  /** Says what became of a payment and may be believed. */
  | {
      readonly kind: 'report';
      readonly deduplicationKey: string;
      readonly reference: string;
      readonly report: StatusReport;
      readonly reply: CallbackReply;
    }
  /** Says something that only a query can confirm: the payment is to be asked about at once. `said` is what it says. */
  | {
      readonly kind: 'unverified';
      readonly deduplicationKey: string;
      readonly reference: string;
      readonly evidence: Evidence;
      readonly reply: CallbackReply;
    };

/** What the provider expects as an acknowledgement; always 200. */
export type CallbackReply = Readonly<Record<string, unknown>> | null;

/**
 * An opened account at a provider. Ability is presence: what a provider cannot do it has no method for.
 *
 * Adapters return tagged results and throw only for our own bugs (and let {@link DrainedError} of the call budgets pass).
 */
export interface Provider {
  /** Whether this payment, without an answer, may be presented again with the same reference. */
  resend(payment: PaymentInstruction): ResendRule;

  /**
   * Makes ready so that the next `submit` needs no call but its own (a fresh token). Called before each claim, so that nothing
   * is claimed that cannot be sent; cheap when there is nothing to do. Concurrent calls share one request.
   */
  prepare(): Promise<Readiness>;

  /**
   * Asks the provider to pay. One request that can move money leaves per call at most; the intent is durable before this is
   * called and a slot of the payout budget was taken for it. Further requests that the sheet's flow needs (creating before
   * funding) spend from the call budgets. A token that died is `throttled` with `waitMs: 0`: it moved nothing, and the next `prepare`
   * renews it.
   *
   * @param isResend an earlier request with this reference left and was never answered: a refusal as a duplicate proves that it
   *   arrived, and only what certainly speaks of the earlier request too is `failed`.
   */
  submit(payment: PaymentInstruction, isResend?: boolean): Promise<Outcome>;

  /**
   * What became of a payment that was sent. Moves nothing. Spends from the call budgets. Waits for an answer that comes by callback
   * for a moment only, and says `unknown` then: the callback will tell.
   */
  query?(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult>;

  /**
   * Asks to cancel a payment that is pending, as the account's policy has it ({@link StatusReport} `cancelDue`). What it answers is a
   * finding like any other: a cancellation that was only noted is `pending`.
   */
  cancel?(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult>;

  /** What can be paid out now, in the account's currency. Spends from the call budgets. */
  balance?(): Promise<BalanceResult>;
}

/** What the ledger knows of a payment that is asked about. */
export interface KnownPayment {
  readonly status: Status;
  /** The provider's own ids as its answers told them; '' where they did not. */
  readonly providerReference: string;
  readonly requestId: string;
  /** Unix milliseconds; when its newest attempt was sent. */
  readonly sentAt: number;
  /** How many times it was asked about before; makes the ids of queries distinct. */
  readonly queries: number;
}

/** The answer to a query: a finding, or that asking did not work now. */
export type QueryResult = StatusReport | Exclude<Readiness, { readonly kind: 'ready' }>;

export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'throttled'; readonly evidence: Evidence; readonly waitMs?: number }
  /** The provider cannot be reached or did not answer usefully; nothing of a payment was sent. */
  | { readonly kind: 'unreachable'; readonly evidence: Evidence }
  /** Bad credentials and the like. */
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
      /** Where destinations are paid from different pockets: each with what it pays. What stands in none is not compared. */
      readonly subBalances?: readonly SubBalance[];
    }
  | Exclude<Readiness, { readonly kind: 'ready' }>;
