import type { Occurrence, Occurrences } from './occurrences.ts';

/** So many of the newest occurrences are looked at: a daily series for longer than a year. */
const LOOKED_BACK = 400;

export interface DueQuestion {
  readonly now: number;
  /** From when on the series is paid; null: it was never seen. */
  readonly startedAt: number | null;
  /** The first date that may be paid, whenever the series was first seen; null: only what comes after {@link startedAt}. */
  readonly from: string | null;
  /** Whether an occurrence needs no batch any more: it has one, another batch stands in its place, or it was noted as missed. */
  readonly isKnown: (date: string) => boolean;
  /** The moment at which an occurrence is paid: not later than its own, and earlier where its day has no hours. */
  readonly paidAt: (occurrence: Occurrence) => number;
}

export interface DueAnswer {
  /** The newest occurrence that has come, if nothing is known of it. */
  readonly due: Occurrence | null;
  /** Older ones of which nothing is known, the oldest first: the newest alone is caught up. */
  readonly missed: readonly Occurrence[];
  /** The newest occurrence that has come, known or not, and counted or not; null: none has. */
  readonly newest: Occurrence | null;
}

/** Occurrences are paid this much earlier at most. */
const EARLIEST_MS = 14 * 86_400_000;

/**
 * Which occurrence is to be paid now, and which were missed. What is due follows from the dates that are known alone, and never from
 * when the last sweep ran: a clock that goes forward and back makes no second one and loses none.
 */
export function dueOccurrences(occurrences: Occurrences, question: DueQuestion): DueAnswer {
  const { now, startedAt, from, isKnown, paidAt } = question;
  const come = occurrences
    .until(now + EARLIEST_MS, LOOKED_BACK)
    .filter((occurrence) => occurrence.at <= now || paidAt(occurrence) <= now);
  const newest = come.at(-1) ?? null;
  const counted = come.filter(({ date, at }) => (from === null ? startedAt !== null && at > startedAt : date >= from));
  const last = counted.at(-1) ?? null;
  const unknown = counted.filter(({ date }) => !isKnown(date));
  return {
    due: last !== null && !isKnown(last.date) ? last : null,
    missed: unknown.filter((occurrence) => occurrence !== last),
    newest,
  };
}
