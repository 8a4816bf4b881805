import type { BatchSummary, BatchTotal } from '../domain/batch.ts';
import type { ComparedPayroll } from '../domain/changes.ts';
import type { Destination, DestinationKind } from '../domain/destination.ts';
import type { Hold } from '../domain/hold.ts';
import type { PayingHours } from '../domain/hours.ts';
import type { RefusedReplacement, StatusTally } from '../domain/payment.ts';
import type { Status } from '../domain/status.ts';

/** Everything that decides what a run will do, gathered beforehand. Planning reads nothing else. */
export interface PlanInput {
  readonly summary: BatchSummary;
  /** The ledger's record of this batch id, or null when it is new. */
  readonly registered: { readonly digest: string; readonly tallies: readonly StatusTally[] } | null;
  /** Where payments of the registered batch were sent to. */
  readonly sentTo: readonly SentPayments[];
  /** What each configured account sends to now, by its name. */
  readonly endpoints: ReadonlyMap<string, EndpointKind>;
  /** Where the file's set of payments differs from the registered one. */
  readonly differences: readonly Difference[];
  /** What of the file other batches hold already. */
  readonly copies: CopiedPayments;
  /** Payments that look as if a spreadsheet had damaged the destination that their id was paid to before. */
  readonly destinationChanges?: readonly DestinationChange[];
  /** The file against the payroll before; null or absent where nobody wants to know. */
  readonly compared?: ComparedPayroll | null;
  /** Whether somebody can sign a plan. */
  readonly hasApprovals?: boolean;
  /** Folded ids of which a person says that the changed destination is right. */
  readonly allowDestination?: ReadonlySet<string>;
  /** Rows that name a payment which they may not replace. */
  readonly refusedReplacements?: readonly RefusedReplacement[];
  readonly balances: readonly AccountBalance[];
  /** `planDigest` of what is paid when all of the file is paid; null where it is not known. */
  readonly planDigest?: string | null;
  /** The digest that it has to be; null or absent: any. */
  readonly agreedPlan?: string | null;
  /** Hours of the accounts that have some, by their names. */
  readonly hours?: ReadonlyMap<string, PayingHours>;
  /** What keeps payments back now besides the times of the batch and the hours of its accounts. */
  readonly holds?: readonly Hold[];
  /** Of accounts that pay by priority: what their balances cover. */
  readonly coverage?: readonly Coverage[];
  readonly expect: { readonly count: number | null; readonly sum: string | null };
  readonly amend: boolean;
  readonly allowDuplicate: boolean;
  readonly now: number;
}

/** Payments of one account that were sent to the built-in simulator, or to a provider. */
export interface SentPayments {
  readonly account: string;
  readonly isSimulated: boolean;
  readonly count: number;
}

/** The built-in simulator, which moves no money, or a server. */
export type EndpointKind = 'simulator' | 'provider';

export interface Difference {
  readonly kind: 'added' | 'changed' | 'missing';
  readonly id: string;
  /** The recipient's, for messages; '' where there is none. */
  readonly name: string;
  /** Line in the file now; 0 for a missing one. */
  readonly line: number;
  /** For `changed`: each field with what was registered and what the file says, masked where it names an account. */
  readonly changes: readonly { readonly field: string; readonly was: string; readonly is: string }[];
  /** For `added`: the id under which the batch holds a payment to the same recipient that this one seems to be. */
  readonly repeats?: string;
  /** Whether it was ever sent, so that an amendment cannot touch it. */
  readonly sent: boolean;
}

/** Payments of a new file that were seen before: the same destination, amount and currency, or the same id, amount and currency. */
export interface CopiedPayments {
  readonly count: number;
  /** The batches that hold them, the one with the most first. */
  readonly batches: readonly CopiedBatch[];
  /** The first of them, in the order of their lines: as many as are worth printing. */
  readonly payments: readonly CopiedPayment[];
  /** Other batches that are the same occurrence of the same series. */
  readonly sameOccurrence: readonly string[];
  /** Batches of the same series whose occurrence overlaps the file's, with people of the file. */
  readonly overlapping?: readonly OverlappingBatch[];
  /** The setting `duplicate_window`, milliseconds. */
  readonly windowMs: number;
}

/** A batch that pays for days for which the file pays too: the one for a month, the other for one of its days. */
export interface OverlappingBatch {
  readonly batch: string;
  readonly occurrence: string;
  /** How many payments of the file go to a destination, or have an id, that the batch has too, whatever the amounts. */
  readonly people: number;
}

export interface CopiedBatch {
  readonly batch: string;
  readonly count: number;
  readonly paid: number;
  /** When the newest of them was paid, Unix milliseconds; null where none was. */
  readonly paidAt: number | null;
  readonly failed: number;
}

export interface CopiedPayment {
  readonly line: number;
  readonly id: string;
  /** The recipient's, for messages; '' where there is none. */
  readonly name: string;
  readonly by: 'destination' | 'id';
  readonly batch: string;
  /** Of the earlier payment. */
  readonly earlierId: string;
  readonly earlierLine: number;
  readonly status: Status;
  readonly paidAt: number | null;
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

/** What a balance covers of what is to be paid from it, and what waits for a top-up. */
export interface Shortage {
  readonly account: string;
  readonly currency: string;
  readonly availableMinor: bigint;
  readonly covered: number;
  readonly waiting: number;
  readonly waitingMinor: bigint;
  /** What the account lacks for all of them, with fees at their highest. */
  readonly missingMinor: bigint;
  /** The first ones that wait, in the order in which they are paid. */
  readonly first: readonly string[];
  /** One sentence that says all of it, and what to do. */
  readonly text: string;
}

/** What is sent from an account now. */
export interface Coverage {
  readonly account: string;
  /** Folded ids of the payments that are sent, the first to go first. */
  readonly covered: readonly string[];
  readonly waiting: readonly BatchTotal[];
  readonly shortages: readonly Shortage[];
}

export interface PlannedBalance extends AccountBalance {
  /** Sum of what this run would send from the account. */
  readonly neededMinor: bigint;
  readonly leftMinor: bigint | null;
}

/** A payment whose id was paid to another destination before, from which its own looks like a damaged copy. */
export interface DestinationChange {
  readonly line: number;
  readonly id: string;
  /** The recipient's, for messages; '' where there is none. */
  readonly name: string;
  readonly idKey: string;
  readonly earlier: Destination;
  readonly now: Destination;
  /** The newest batch that was paid to the earlier destination. */
  readonly batch: string;
  readonly damage: DestinationDamage;
}

/** `zeros`: zeros in front or at the end; `tail`: digits in front are missing; `head`: digits at the end are; `rounded`: they are zeros. */
export type DestinationDamage = 'zeros' | 'tail' | 'head' | 'rounded';
