import type { Place } from '../domain/place.ts';

/** Payments of one account that are open, or need a query, at one place. */
export interface OpenPlace {
  readonly batch: string;
  readonly account: string;
  /** As `LedgerPayment.place`. */
  readonly place: string | null;
  readonly count: number;
}

/** Payments of one account that were sent to one place, under their current reference or an earlier one. */
export interface SentPlace {
  readonly account: string;
  /** Key in `BatchStore.places`. */
  readonly place: string;
  readonly count: number;
}

/** An account, and the place that it sends to now. */
export interface PlacedAccount {
  readonly account: string;
  readonly place: Place;
}
