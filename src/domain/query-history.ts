import type { StatusReportKind } from './status-report.ts';

/**
 * When to query an open payment: at these rising ages since the payment was sent, then every `everyMs` until `untilMs` of age,
 * then ever more rarely, for as long as the payment is open.
 */
export interface PollSchedule {
  readonly agesMs: readonly number[];
  readonly everyMs: number;
  readonly untilMs: number;
}

/** How often and with what result a payment was queried; {@link PollSchedule} and the re-send rule decide by it. */
export interface QueryHistory {
  readonly queries: number;
  /** Unix milliseconds; null before the first. */
  readonly queriedAt: number | null;
  /** When the present row of answers `not-found` began, and how many there are; null and 0 when the newest answer was another. */
  readonly notFoundSince: number | null;
  readonly notFoundCount: number;
  /** When the newest of them came. Like its beginning by the provider's clock, as its answers' `Date` show it: ours may jump. */
  readonly notFoundUntil: number | null;
  /** When a request with the reference first left; `withinMs` of the re-send rule counts from it. Null when none has left. */
  readonly firstSentAt: number | null;
  /** A callback reported something that only a query can confirm: to be queried before all other payments. */
  readonly needsQuery: boolean;
  /** Unverified callbacks about the present reference. Above zero, "not found" never allows a re-send. */
  readonly unverifiedCallbacks: number;
  /**
   * The payment ended without payment on no verified word of the provider: a person decided it, or a callback without a signature
   * reported it. A retry queries the provider first.
   */
  readonly restsOnPerson: boolean;
}

/**
 * A reference before the current one, whose request may have left. Queries about it never end: a payment that was paid twice must
 * not stay invisible. All times are Unix milliseconds.
 */
export interface EarlierReference {
  readonly reference: string;
  readonly generation: number;
  readonly account: string;
  /** The provider's ids of the request; null where it gave none. */
  readonly providerReference: string | null;
  readonly requestId: string | null;
  readonly sentAt: number | null;
  /** No verified word of the provider says that the reference ended without payment. */
  readonly restsOnPerson: boolean;
  /** When the next reference was given. */
  readonly retiredAt: number;
  /** Key of the place that the reference was sent to; null where none is known. */
  readonly place: string | null;
  readonly queries: number;
  readonly queriedAt: number | null;
  /** The newest answer or report. */
  readonly report: StatusReportKind | null;
  /** When the next query is due; null: the end is known, and nothing is left to learn. */
  readonly dueAt: number | null;
}
