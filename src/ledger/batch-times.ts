import type { BatchHeader, Override, WaitForMoney } from '../domain/batch.ts';

/** Other times for a registered batch, and what it waits for. Its payments stay as they are. */
export interface TimesChange {
  readonly batch: string;
  /** Unix milliseconds; null: at once. */
  readonly notBefore: number | null;
  /** Unix milliseconds; null: without end. */
  readonly notAfter: number | null;
  /** A person's word that goes with the times, added to those that the batch has; absent: none. */
  readonly override?: Override;
  /** The accounts that lack the money for all payments; absent: as the batch has them. */
  readonly waits?: readonly WaitForMoney[];
  readonly at: number;
  readonly by: string;
}

export interface BatchTimesStore {
  /** Gives a batch other times, with an entry that says what they were, in one transaction. Throws `missing` for an unknown batch. */
  changeTimes(change: TimesChange): Promise<void>;
}

/** The header of a batch with its new times. */
export function headerWithTimes(
  header: BatchHeader,
  { notBefore, notAfter, override, waits }: TimesChange,
): BatchHeader {
  const overrides = [...(header.overrides ?? []), ...(override === undefined ? [] : [override])];
  return { ...header, notBefore, notAfter, ...(waits && { waits }), ...(overrides.length === 0 ? {} : { overrides }) };
}
