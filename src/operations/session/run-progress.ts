import type { Rate } from '../../domain/limits.ts';

/** How far a command is with what takes its time, at one moment. */
export type RunProgress = PreparingProgress | PayingProgress | OpenProgress;

/** Balances and tokens are asked for before anything of a batch is sent. */
export interface PreparingProgress {
  readonly kind: 'preparing';
  readonly batch: string;
  /** Why nothing is asked now; null while an answer is waited for. */
  readonly wait: ProgressWait | null;
  readonly isEnding: boolean;
}

/** Payments of a batch are being sent. */
export interface PayingProgress {
  readonly kind: 'paying';
  readonly batch: string;
  /** Payments that were sent, whatever became of them, of those that are to be sent. */
  readonly done: number;
  readonly total: number;
  /** What was sent and did not fail, of what is to be sent, per currency. */
  readonly sums: readonly ProgressSum[];
  /** Payments that wait behind a canary; absent as 0. */
  readonly held?: number;
  readonly failed: number;
  readonly unknown: number;
  /** Requests that are not answered yet. */
  readonly underWay: number;
  /** Why nothing is sent now; null while something is. */
  readonly wait: ProgressWait | null;
  /** About how long it takes until all is sent, by the limits of the accounts. */
  readonly leftMs: number;
  /** When that is, as reports write times. */
  readonly endsAt: string;
  /** Nothing new is sent: the command was interrupted, and only waits for what is under way. */
  readonly isEnding: boolean;
}

export interface ProgressSum {
  readonly currency: string;
  readonly sentMinor: bigint;
  readonly totalMinor: bigint;
}

export type ProgressWait =
  /** A rate of the account's limits is used up; `budget` names one that is not that of payouts. */
  | { readonly kind: 'rate'; readonly budget: string | null; readonly rate: Rate; readonly ms: number }
  /** The provider asked to wait, or could not be reached. */
  | { readonly kind: 'pause'; readonly ms: number }
  /** The first payment goes alone until it is answered. */
  | { readonly kind: 'first' };

/** What was sent is waited for: by callback, and by queries where they are due. */
export interface OpenProgress {
  readonly kind: 'open';
  /** Batches whose payments are open. */
  readonly batches: readonly string[];
  readonly open: number;
  /** When they are asked about next; Infinity: only a callback is waited for. */
  readonly nextMs: number;
  /** How long they are still waited for at most. */
  readonly leftMs: number;
  readonly isEnding: boolean;
}

/** How long a plan takes, and the limits that say so. */
export interface PayDuration {
  readonly ms: number;
  /** When it would end if it began now, as reports write times. */
  readonly until: string;
  /** Of the account that takes longest; empty where it has none. */
  readonly rates: readonly Rate[];
}
