import type { Status } from '../domain/status.ts';
import type { BatchSummary } from '../domain/batch.ts';
import { isOverlapping } from '../domain/occurrence.ts';

/** What decides whether the payments of a batch count when copies of another batch are searched. */
export interface BatchTime {
  readonly id: string;
  /** Unix milliseconds. */
  readonly registeredAt: number;
  /** False where the clock was known to stand wrong when the batch was registered. */
  readonly isTimeTrusted: boolean;
  readonly series: string | null;
  readonly occurrence: string | null;
}

/** A search for payments that other batches hold already. */
export interface CopySearch {
  /** The batch that is searched for; it is not compared with itself. */
  readonly batch: string;
  readonly series: string | null;
  readonly occurrence: string | null;
  /** Batches registered at or after it count. Unix milliseconds, as all times. */
  readonly since: number;
  readonly now: number;
  /** False where this machine's clock is known to stand wrong. */
  readonly isClockTrusted: boolean;
  /** Whether the built-in simulator pays the whole file: then what it paid before counts as well. */
  readonly isSimulation: boolean;
}

/** What of a registration decides its search for copies. */
interface SearchedRegistration {
  readonly summary: BatchSummary;
  readonly refuseCopiesSince: number | null;
  readonly at: number;
  readonly isClockTrusted: boolean;
  readonly isSimulation: boolean;
}

/** The search for copies that a registration makes; null where a person allowed copies. */
export function copySearchOf(registration: SearchedRegistration): CopySearch | null {
  const { summary, refuseCopiesSince, at, isClockTrusted, isSimulation } = registration;
  if (refuseCopiesSince === null) return null;
  const { id, series, occurrence } = summary.header;
  return { batch: id, series, occurrence, since: refuseCopiesSince, now: at, isClockTrusted, isSimulation };
}

/** So many batches count, whenever they were registered, where times cannot be trusted. */
export const NEWEST_BATCHES = 50;

/** Clocks of machines that work together, and the wait for a lock, put times no further out of order than this. */
export const CLOCK_TOLERANCE_MS = 120_000;

/** No ledger is older: an earlier time comes from a machine whose clock was never set. */
const EARLIEST_TIME = Date.UTC(2025, 0, 1);

/** How payments end without money having moved; they are sent again only when a person names them. */
const NOT_COUNTED: readonly Status[] = ['cancelled', 'replaced'];

/**
 * Whether a payment of another batch counts as seen before. A failed one does: `retry` would send it beside its copy. Never one
 * that is over without payment.
 *
 * @param isLeftOut for a live file: the payment was sent to the built-in simulator, or is planned beside such payments of its batch
 * and account, so that it is never sent live. Money moved for none of them, and a rehearsal must not keep people from their wages.
 */
export function isCountedForCopies(status: Status, isLeftOut: boolean): boolean {
  return !isLeftOut && !NOT_COUNTED.includes(status);
}

/** Whether a payment has arrived at its destination or may arrive there. */
export function mayHaveArrived(status: Status): boolean {
  return status === 'paid' || status === 'pending' || status === 'unknown' || status === 'submitting';
}

/**
 * The batches whose payments count, of all batches in the order of their registration. Two occurrences of one series never count
 * for each other unless they overlap, as a month and one of its days do; those, and two batches of one occurrence, always count. All
 * other batches count when they were registered within the window; where times cannot be trusted, the newest batches count
 * whenever they were registered.
 */
export function comparedBatches<Batch extends BatchTime>(
  batches: readonly Batch[],
  search: CopySearch,
  newestEntryAt: number | null,
): readonly Batch[] {
  const others = batches.filter(({ id }) => id !== search.batch);
  const newest = others.slice(-NEWEST_BATCHES);
  const isTrusted = areTimesTrusted(newest) && isTimeTrusted(search.now, search.isClockTrusted, newestEntryAt);
  const counted = new Set(isTrusted ? [] : newest);
  return others.filter((batch) => {
    if (search.series !== null && batch.series === search.series) {
      return batch.occurrence === search.occurrence || isOverlappingOccurrence(batch, search);
    }
    return batch.registeredAt >= search.since || counted.has(batch);
  });
}

type OccurrenceOfBatch = Pick<BatchTime, 'series' | 'occurrence'>;

/** Whether two batches of one series share days although their occurrences differ. */
export function isOverlappingOccurrence(one: OccurrenceOfBatch, other: OccurrenceOfBatch): boolean {
  return (
    one.series !== null && one.series === other.series && isOverlapping(one.occurrence ?? '', other.occurrence ?? '')
  );
}

/** Whether a time that is taken now is to be believed: the clock never stands behind what it has written already. */
export function isTimeTrusted(now: number, isClockTrusted: boolean, newestEntryAt: number | null): boolean {
  return isClockTrusted && now >= EARLIEST_TIME && !isClockBehind(now, newestEntryAt);
}

/** Whether the clock stands behind the newest entry of the ledger, so that it was set back or the entry's clock stood ahead. */
export function isClockBehind(now: number, newestEntryAt: number | null): boolean {
  return newestEntryAt !== null && now < newestEntryAt - CLOCK_TOLERANCE_MS;
}

/** Whether the batches were registered in the order of their times, as far as clocks of machines that work together agree. */
function areTimesTrusted(batches: readonly BatchTime[]): boolean {
  let before = EARLIEST_TIME;
  for (const { registeredAt, isTimeTrusted: isTrusted } of batches) {
    if (!isTrusted || registeredAt < before - CLOCK_TOLERANCE_MS) return false;
    before = Math.max(before, registeredAt);
  }
  return true;
}
