import type { BookEntry, BookFile } from './book.ts';
import type { FaultOdds, FaultRule, FaultSource } from './faults.ts';
import type { Magic, MagicValues } from './magic.ts';
import type { WindowRate, WindowStats } from './rate-limit.ts';
import type { CallbackStats, SimulatorRuntime } from './runtime.ts';

/** @typeParam Name the providers that can be simulated. */
export interface AnySimulatorOptions<Name extends string = string> {
  readonly provider: Name;
  /** Port of 127.0.0.1. Default and 0: any free port. */
  readonly port?: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** The time that answers show in their `Date` header, where it is to stand apart. Default: {@link now}. */
  readonly shownNow?: () => number;
  /** In [0, 1): latency, request ids and random faults. */
  readonly random: () => number;
  /** Starting balance of each payer, a decimal text in the provider's currency. Default `10000000.00`. */
  readonly balance?: string;
  /** Accepted credentials, each pair with an account of its own. Default and null: any pair, all with the first account. */
  readonly credentials?: readonly Credential[] | null;
  /** Replaces the documented limits by name (an empty list is no limit); null: no limits at all. */
  readonly limits?: Readonly<Record<string, readonly WindowRate[]>> | null;
  /** Default 3600. */
  readonly tokenSeconds?: number;
  /** How long a request takes, split at random between before and after the booking. Default none. */
  readonly latencyMs?: { readonly min: number; readonly max: number };
  /** Whether a second payout with a reference that was used is refused (`reject`) or paid again (`ignore`). Default `reject`. */
  readonly dedupe?: 'reject' | 'ignore';
  /** Default true. */
  readonly fees?: boolean;
  /** Magic phones, accounts and amounts, as docs/simulators.md describes them. Default `all`. */
  readonly magicValues?: MagicValues;
  /** File of JSON lines. An existing file is read and continued. */
  readonly bookFile?: string;
  /**
   * Keeps the whole state of the provider over restarts and kills: the book in {@link bookFile}, and beside it, as `<bookFile>.journal`,
   * everything that the provider met, credentials included. Only for credentials that are the simulator's own.
   */
  readonly isJournaled?: boolean;
  /** Settings that one provider's simulator has besides; each provider documents its own in its `settings.ts`. */
  readonly settings?: SimulatorSettings;
  /** Callbacks go to this origin, whatever origin a client named: `http://127.0.0.1:8787`. */
  readonly callbackOrigin?: string;
  readonly faults?: FaultSource | readonly FaultRule[] | { readonly odds: FaultOdds };
  /** Called at every step of every request to the provider's routes. Must not throw. */
  readonly observe?: (event: WireEvent) => void;
}

export type SimulatorSettings = Readonly<Record<string, string | number | boolean>>;

export interface Credential {
  readonly key: string;
  readonly secret: string;
}

/** `gone`: the client closed its socket before the answer was sent; `dropped`: the simulator closed it; `cut`: the simulator closed it within the answer. */
export interface WireEvent {
  readonly step: 'received' | 'served' | 'answered' | 'cut' | 'dropped' | 'gone';
  /** The same for all steps of one request. */
  readonly ordinal: number;
  readonly route: string;
  readonly reference: string;
  /** Of the answer; 0 before there is one. */
  readonly status: number;
  readonly at: number;
}

/** {@link AnySimulatorOptions} with every default filled in, for the service of one provider. */
export interface ServiceOptions {
  readonly balanceMinor: bigint;
  readonly credentials: readonly Credential[] | null;
  readonly limits: Readonly<Record<string, readonly WindowRate[]>> | null | undefined;
  readonly tokenSeconds: number;
  readonly dedupe: 'reject' | 'ignore';
  readonly fees: boolean;
  readonly magic: Magic;
  readonly bookFile: BookFile | null;
  readonly settings: SimulatorSettings;
  readonly runtime: SimulatorRuntime;
}

export interface Simulator {
  readonly provider: string;
  /** `http://127.0.0.1:PORT`, the origin of the control endpoints. */
  readonly url: string;
  /** The provider's base URL, for `endpoint:` of an account. */
  readonly endpoint: string;
  /** Accepted credentials, under the names of an account's `credentials:`. */
  readonly credentials: Readonly<Record<string, string>>;
  /** A live list: grows while payouts are booked. */
  book(): readonly BookEntry[];
  stats(): SimulatorStats;
  addFaults(rules: readonly FaultRule[]): void;
  /** Counts of the callbacks that were sent so far. */
  callbacks(): CallbackStats;
  /** Resolves when no payout is being processed and no callback is still to be sent. */
  idle(): Promise<void>;
  /** Closes every connection at once, answered or not. A second call is allowed. */
  close(): Promise<void>;
}

export interface SimulatorStats {
  readonly provider: string;
  /** Requests to the provider's routes. */
  readonly requests: number;
  readonly routes: Readonly<Record<string, number>>;
  /** Answers by status; `cut`, `dropped` and `gone` count answers that were not delivered. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly bookings: number;
  readonly bookedMinor: bigint;
  readonly payoutsInFlight: number;
  readonly mostPayoutsInFlight: number;
  readonly windows: readonly WindowStats[];
}
