/** Why payments of a batch are not sent now, although nothing is wrong with them. They are registered and stay `planned`. */
export interface Hold {
  readonly kind: 'not-before' | 'not-after' | 'hours' | 'series';
  /** The account whose payments wait; null: all payments of the batch. */
  readonly account: string | null;
  /** When they may be sent, Unix milliseconds; null where only a person can let them go on. */
  readonly until: number | null;
  /** One sentence: what waits, why, until when, and what to do. */
  readonly text: string;
}
