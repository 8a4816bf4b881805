/** When to ask about an open payment: at these ages (since it was sent), then regularly, until `untilMs` of age. Rising. */
export interface PollSchedule {
  readonly agesMs: readonly number[];
  readonly everyMs: number;
  readonly untilMs: number;
}

/** How often and with what result a payment was asked about; the memory of {@link ResendRule} and {@link PollSchedule}. */
export interface QueryHistory {
  readonly queries: number;
  /** Unix milliseconds; null before the first. */
  readonly queriedAt: number | null;
  /** Of the findings `absent` in a row that ended with the newest; null and 0 when the newest was another. */
  readonly notFoundSince: number | null;
  readonly notFoundCount: number;
  /** When the reference first left; {@link ResendRule} `withinMs` counts from it. Null for what never did. */
  readonly firstSentAt: number | null;
  /** A callback has said something that only a query can confirm: to be asked about before all others. */
  readonly needsQuery: boolean;
  /** How many callbacks have said such things of the reference that counts now. Once one has, no absence proves anything. */
  readonly unverifiedCallbacks: number;
}
