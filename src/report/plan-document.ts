import type { BatchHeader } from '../domain/batch.ts';
import type { Destination, DestinationKind } from '../domain/destination.ts';
import type { Tally } from '../domain/payment.ts';
import type { Problem } from '../domain/problem.ts';
import type { Status } from '../domain/status.ts';

/** A plan as people read and keep it: what would be paid, what needs somebody before, and what they agree to. */
export interface PlanDocument {
  readonly header: BatchHeader;
  readonly organisation: string;
  /** IANA name, for every time of the document. */
  readonly timezone: string;
  /** Unix milliseconds. */
  readonly writtenAt: number;
  readonly isRefused: boolean;
  readonly count: number;
  readonly totals: readonly PlannedTotal[];
  readonly accounts: readonly PlannedAccount[];
  /** About how long sending takes, milliseconds; null where that is not known. */
  readonly durationMs: number | null;
  /** What keeps payments back now, one sentence each. */
  readonly holds: readonly string[];
  /** Errors and warnings, but for the warnings of {@link changes}. */
  readonly problems: readonly Problem[];
  /** What differs from the payroll before; null where nobody wants to know. */
  readonly changes: PlannedChanges | null;
  /** The next dates of series that are paid from the same accounts. */
  readonly upcoming: readonly UpcomingPayroll[];
  /** What people agree to; null where it is not known, or the batch is refused. */
  readonly agreement: { readonly planDigest: string; readonly command: string } | null;
}

export interface PlannedChanges {
  /** The batches that the file was compared with. */
  readonly against: readonly string[];
  /** One sentence where there was nothing to compare with; else null. */
  readonly note: string | null;
  /** Warnings; what refuses the batch stands among the problems. */
  readonly warnings: readonly Problem[];
}

/** `new`, `resumed`: this run sends them; `held`: they wait; `blocked`: their status keeps them back; `skipped`: sent already. */
export type PlannedPart = 'new' | 'resumed' | 'held' | 'blocked' | 'skipped';

export interface PlannedTotal extends Tally {
  readonly part: PlannedPart;
  readonly account: string;
  readonly currency: string;
  readonly kind: DestinationKind;
}

/** An account that the batch is paid from, or one pocket of it. */
export interface PlannedAccount {
  readonly name: string;
  /** Provider and host, for people. */
  readonly place: string;
  readonly currency: string;
  /** Null: the account has one balance for all. */
  readonly kinds: readonly DestinationKind[] | null;
  /** Null where it could not be read; `why` then says so. */
  readonly availableMinor: bigint | null;
  readonly why: string;
  /** What the batch takes from it, held payments included. */
  readonly neededMinor: bigint;
  /** The most that the provider's documentation names; null where it names no fee. */
  readonly feesMinor: bigint | null;
  /** What is missing with the fees; null where nothing is, or the balance is not known. */
  readonly topUpMinor: bigint | null;
  /** When the money has to be there, Unix milliseconds; null: before the run. */
  readonly until: number | null;
}

/** The next occurrence of a series, with what it came to last time. */
export interface UpcomingPayroll {
  readonly series: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly account: string;
  readonly currency: string;
  readonly last: Tally & { readonly batch: string };
  /** What is missing for it after everything before it; null where nothing is, or the balance is not known. */
  readonly topUpMinor: bigint | null;
}

/** One payment of the plan. */
export interface PlannedRow {
  readonly line: number;
  readonly id: string;
  readonly name: string;
  readonly destination: Destination;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly account: string;
  readonly provider: string;
  readonly reference: string;
  /** From the ledger; `planned` where it was never registered. */
  readonly status: Status;
  /** In the order of the header's columns. */
  readonly cells: readonly string[];
}

/** One form of the document. */
export interface PlanFormat {
  /** Ending of its files. */
  readonly ending: '.html' | '.csv';
  /** How every file of it begins: a file that begins so may be written over by another plan. */
  readonly mark: string;
  open(document: PlanDocument): OpenPlan;
}

/** The texts of one file, in the order in which they are written. */
export interface OpenPlan {
  readonly head: string;
  rows(page: readonly PlannedRow[]): string;
  readonly end: string;
}
