import type { BatchSummary } from '../domain/batch.ts';
import type { DestinationKind } from '../domain/destination.ts';
import type { StatusTally } from '../domain/payment.ts';

/** Everything that decides what a run will do, gathered beforehand. Planning reads nothing else. */
export interface PlanInput {
  readonly summary: BatchSummary;
  /** The ledger's record of this batch id, or null when it is new. */
  readonly registered: { readonly digest: string; readonly tallies: readonly StatusTally[] } | null;
  /** Where the file's set of payments differs from the registered one. */
  readonly differences: readonly Difference[];
  /** Payments of the file that stand in other batches of the duplicate window. */
  readonly copies: readonly CopiedPayment[];
  readonly balances: readonly AccountBalance[];
  readonly expect: { readonly count: number | null; readonly sum: string | null };
  readonly amend: boolean;
  readonly allowDuplicate: boolean;
  readonly now: number;
}

export interface Difference {
  readonly kind: 'added' | 'changed' | 'missing';
  readonly id: string;
  /** Line in the file now; 0 for a missing one. */
  readonly line: number;
  /** For `changed`: each field with what was registered and what the file says, masked where it names an account. */
  readonly changes: readonly { readonly field: string; readonly was: string; readonly is: string }[];
  /** Whether it was ever sent, so that an amendment cannot touch it. */
  readonly sent: boolean;
}

export interface CopiedPayment {
  readonly line: number;
  readonly id: string;
  readonly batch: string;
}

export interface AccountBalance {
  readonly account: string;
  readonly currency: string;
  /** Kinds of destination that it pays; left out: all. */
  readonly kinds?: readonly DestinationKind[];
  /** Null when it could not be read; `why` then says so. */
  readonly availableMinor: bigint | null;
  readonly why: string;
  /** Estimated fees of everything that would be sent, on top of the amounts. */
  readonly feesMinor: bigint;
}

export interface PlannedBalance extends AccountBalance {
  /** Sum of what this run would send from the account. */
  readonly neededMinor: bigint;
  readonly leftMinor: bigint | null;
}
