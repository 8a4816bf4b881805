import type { Destination } from '../../src/domain/destination.ts';
import type { OutcomeKind } from '../../src/domain/outcome.ts';
import type { PaymentInstruction } from '../../src/domain/payment.ts';
import type { ProviderDefinition } from '../../src/providers/port.ts';

/** What the suite needs to try an adapter; a new provider brings this and nothing else. */
export interface ProviderHarness {
  readonly definition: ProviderDefinition;
  readonly credentials: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly currency: string;
  /**
   * Ordinary destinations, one of each kind and dialect that matters, what an accepted payout to each is at once, and how it ends
   * where that comes later (by callback or query); without `ends` the first answer is final.
   */
  readonly destinations: readonly {
    readonly destination: Destination;
    readonly accepted: 'paid' | 'pending';
    readonly ends?: 'paid';
    readonly details?: Readonly<Record<string, string>>;
  }[];
  /** A payment that the provider refuses for its own data. */
  readonly refused: Partial<PaymentInstruction>;
  /** A payment that is rate limited once, where the provider has one; else the fault `throttled` does it. */
  readonly throttled?: Partial<PaymentInstruction>;
  /** Amounts of the first destination that exactness is tried with; `step` is the smallest unit that is paid (default 1). */
  readonly amountMinorMin?: bigint;
  readonly amountMinorMax: bigint;
  readonly amountMinorStep?: bigint;
  /** Requests of one payout that goes through; default 1. */
  readonly requestsPerPayout?: number;
  /** Where a fault leads to another outcome than `unknown`, or to another number of bookings than its name says. */
  readonly faults?: Readonly<Partial<Record<SuiteFault, { readonly kind?: OutcomeKind; readonly booked?: number }>>>;
  /** False where requests are signed and there is no token that could end. */
  readonly hasToken?: boolean;
  start(setting: SimulationSetting): Promise<StartedSimulation>;
}

export interface SimulationSetting {
  /** Where the suite listens for callbacks; with the account's token as its last part. */
  readonly callbackAddress: string;
  /** Enough for every case, or for none. */
  readonly balance: 'plenty' | 'none';
  /** Whether the harness's credentials are known there. */
  readonly credentials: 'known' | 'unknown';
}

/** A simulated provider on loopback. */
export interface StartedSimulation {
  readonly endpoint: string;
  /** The money that moved. */
  book(): readonly { readonly reference: string; readonly destination: string; readonly amountMinor: bigint }[];
  /** The fault of the next payout request. */
  injectFault(injectFault: SuiteFault): void;
  /** Resolves when the provider has nothing left to do; absent where everything happens at once. */
  idle?(): Promise<void>;
  close(): Promise<void>;
}

export type SuiteFault =
  | 'dropped-before-booking'
  | 'dropped-after-booking'
  | 'server-error'
  | 'server-error-after-booking'
  | 'unreadable'
  | 'cut-short'
  | 'unlisted-status'
  | 'throttled'
  | 'callback-lost'
  | 'callback-twice'
  | 'callback-early'
  | 'callback-forged'
  | 'token-expired';
