import type { BookEntry } from './book.ts';
import type { FaultOdds, FaultRule, FaultSource } from './faults.ts';
import type { WindowRate, WindowStats } from './window.ts';
import type { CallbackStats, World } from './world.ts';

/** Providers that can be simulated. */
export const simulatorNames = ['sellapay', 'pesaway', 'bitpesa', 'mpesa-openapi', 'daraja'] as const;

export type SimulatorName = (typeof simulatorNames)[number];

export interface SimulatorOptions {
  readonly provider: SimulatorName;
  /** Of 127.0.0.1; 0 or nothing takes any free one. */
  readonly port?: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** In [0, 1): latency, request ids and random faults. */
  readonly random: () => number;
  /** What each payer has at first, a decimal text in the provider's currency. Default `10000000.00`. */
  readonly balance?: string;
  /** Who may come in, each pair with an account of its own. Default and null: any pair, all with the first account. */
  readonly credentials?: readonly Credential[] | null;
  /** Replaces the documented limits one by one (an empty list is no limit); null: none at all. */
  readonly limits?: Readonly<Record<string, readonly WindowRate[]>> | null;
  /** Default 3600. */
  readonly tokenSeconds?: number;
  /** How long a request takes, split at random between before and after the booking. Default none. */
  readonly latencyMs?: { readonly min: number; readonly max: number };
  /** Whether a reference that was booked is refused when it comes again, or paid again. Default `reject`. */
  readonly dedupe?: 'reject' | 'ignore';
  /** Default true. */
  readonly fees?: boolean;
  /** The sheet's magic phones, accounts and amounts. Default true. */
  readonly magicValues?: boolean;
  /** JSON lines; kept and continued over restarts. */
  readonly bookFile?: string;
  /** What one provider's simulator can be told besides; each names its own in its file. */
  readonly settings?: SimulatorSettings;
  /** Callbacks go to this origin, whatever origin a client named: `http://127.0.0.1:8787`. */
  readonly callbackOrigin?: string;
  readonly faults?: FaultSource | readonly FaultRule[] | { readonly odds: FaultOdds };
  /** Sees every step of every request to the provider's routes. Must not throw. */
  readonly observe?: (event: WireEvent) => void;
}

export type SimulatorSettings = Readonly<Record<string, string | number | boolean>>;

export interface Credential {
  readonly key: string;
  readonly secret: string;
}

/** `gone`: the client's socket was closed before the answer was out; `dropped`: ours was; `cut`: ours was in the middle of it. */
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

/** {@link SimulatorOptions} as one provider's service needs them, complete. */
export interface ServiceOptions {
  readonly balanceMinor: bigint;
  readonly credentials: readonly Credential[] | null;
  readonly limits: Readonly<Record<string, readonly WindowRate[]>> | null | undefined;
  readonly tokenSeconds: number;
  readonly dedupe: 'reject' | 'ignore';
  readonly fees: boolean;
  readonly magicValues: boolean;
  readonly bookFile: string | null;
  readonly settings: SimulatorSettings;
  readonly world: World;
}

export interface Simulator {
  readonly provider: SimulatorName;
  /** `http://127.0.0.1:PORT`; the control endpoints stand here. */
  readonly url: string;
  /** The provider's base URL as its sheet writes it, for `endpoint:` of an account. */
  readonly endpoint: string;
  /** What may come in, under the names that an account's `credentials:` has. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Live: grows while payouts are booked. */
  book(): readonly BookEntry[];
  stats(): SimulatorStats;
  addFaults(rules: readonly FaultRule[]): void;
  /** Callbacks that were sent so far. */
  callbacks(): CallbackStats;
  /** Resolves when nothing is waiting to happen any more: no payout is being worked on and no callback is to come. */
  idle(): Promise<void>;
  /** Ends every connection at once, answered or not. May be called again. */
  close(): Promise<void>;
}

export interface SimulatorStats {
  readonly provider: SimulatorName;
  /** Requests to the provider's routes. */
  readonly requests: number;
  readonly routes: Readonly<Record<string, number>>;
  /** Answers by status; `cut`, `dropped` and `gone` for those that did not get out. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly bookings: number;
  readonly bookedMinor: bigint;
  readonly payoutsInFlight: number;
  readonly mostPayoutsInFlight: number;
  readonly windows: readonly WindowStats[];
}
