import type { CopyFingerprints } from '../domain/payment.ts';
import type { Status } from '../domain/status.ts';
import type { BatchTime, CopySearch } from './copy-rules.ts';

/** A payment of another batch that one of the searched payments repeats. */
export interface CopyMatch {
  /** Place of the searched payment in the list that was given. */
  readonly index: number;
  readonly by: keyof CopyFingerprints;
  readonly batch: string;
  readonly id: string;
  readonly line: number;
  readonly status: Status;
  readonly sentAt: number | null;
  readonly settledAt: number | null;
}

/** Half or more of the payments stand in these other batches; nothing was written. The batch with the most comes first. */
export interface CopyRefusal {
  readonly kind: 'copy';
  readonly of: readonly string[];
  readonly matches: number;
}

/** The search for copies, and which times it may believe. */
export interface CopyStore {
  /** When the newest entry was written, Unix milliseconds; null where there is none. */
  newestEntryAt(): Promise<number | null>;
  /** Notes that the clock stood wrong while these batches were worked on: their times are not believed any more. */
  distrustTimes(batches: readonly string[]): Promise<void>;
  /** The batches whose payments count in a search for copies: only then can {@link copies} find anything. */
  comparedBatches(search: CopySearch): Promise<readonly BatchTime[]>;
  /** For each of these payments that a batch which counts holds too: the newest such payment, by destination before by id. */
  copies(payments: readonly CopyFingerprints[], search: CopySearch): Promise<readonly CopyMatch[]>;
}
