/** The last time that this process wrote the reports of a batch. */
export interface LastReport {
  /** When the writing ended, on the monotonic clock, in milliseconds. */
  readonly endedAt: number;
  /** How long it took. */
  readonly tookMs: number;
  /** What the batch was then. */
  readonly stage: BatchStage;
}

/** `sending`: a run is still going to send payments of it, and reports it at its end. `ended`: no payment of it is open. */
export type BatchStage = 'sending' | 'waiting' | 'ended';

/** Shortest time between two reports of one batch. */
const SPACING_MS: Readonly<Record<BatchStage, number>> = { sending: 30_000, waiting: 2_000, ended: 2_000 };
/** At most one part in this many of the time is spent on the reports of a batch. */
const SHARE = 20;
const SPACING_MAX_MS = 300_000;

/**
 * From when a process that goes on writes a report that is behind, on the monotonic clock: at once the first time and when the batch
 * has ended, and otherwise the more seldom the longer the last writing took. A large report would be written after every callback.
 */
export function reportDueAt(last: LastReport | null, stage: BatchStage): number {
  if (last === null || (stage === 'ended' && last.stage !== 'ended')) return Number.NEGATIVE_INFINITY;
  return last.endedAt + Math.max(SPACING_MS[stage], Math.min(SHARE * last.tookMs, SPACING_MAX_MS));
}
