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
