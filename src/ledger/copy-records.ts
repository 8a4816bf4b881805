import type { CopyFingerprints } from '../domain/payment.ts';
import type { Status } from '../domain/status.ts';

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
