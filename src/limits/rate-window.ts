import type { Rate, RateNotice } from '../domain/limits.ts';
import { AnswerTimes } from './answer-times.ts';

/** The clocks tick at least this finely. Added to every window, so that a request at the very end of a window is inside it. */
const RATE_WINDOW_GRANULARITY_MS = 1;

/**
 * How many requests may be under way so that a provider which allows `count` in any window never counts one more. Pure: every
 * method takes the time as a parameter, from one clock that never goes back.
 *
 * The provider counts a request at some moment between its send and its answer, and that moment is unknown here. So a slot is
 * taken at the send, stays taken until the answer, and is free again one window after the answer: no earlier moment is safe, and
 * no later one is needed.
 */
export class RateWindow {
  private readonly rates: readonly Rate[];
  private readonly answers = new AnswerTimes();
  /** For each rate: sequence number of its oldest answer that is still inside its window. */
  private readonly oldest: number[];
  private readonly longestMs: number;
  private unanswered = 0;
  private pausedUntil = -Infinity;
  private readonly lowWater: LowWater;

  constructor(rates: readonly Rate[]) {
    this.rates = rates;
    this.oldest = rates.map(() => 0);
    this.longestMs = Math.max(0, ...rates.map((rate) => rate.windowMs));
    this.lowWater = new LowWater(this.longestMs);
  }

  /** Adds calls of an earlier run by when they were answered, in any order. A time in the future counts as now. */
  seed(answeredAt: readonly number[], at: number): void {
    for (const time of answeredAt.map((moment) => Math.min(moment, at)).sort((a, b) => a - b)) this.answers.push(time);
    this.lowWater.note(this.roomAt(at), at);
  }

  /** Requests that may be sent at `at`. */
  free(at: number): number {
    return at < this.pausedUntil ? 0 : this.roomAt(at);
  }

  /** The first moment from `at` at which a slot may be free; `Infinity` while only an answer can free one. */
  freeAt(at: number): number {
    this.forget(at);
    let moment = Math.max(at, this.pausedUntil);
    this.rates.forEach(({ count, windowMs }, index) => {
      const first = this.oldest[index] ?? 0;
      // The number of answers that must leave the window before one more request fits into it.
      const leaving = this.unanswered + (this.answers.end - first) - count + 1;
      if (leaving <= 0) return;
      const last = first + leaving - 1;
      moment = Math.max(
        moment,
        last < this.answers.end ? this.answers.at(last) + windowMs + RATE_WINDOW_GRANULARITY_MS : Infinity,
      );
    });
    return moment;
  }

  /**
   * About when the last of `count` more requests can be sent, from `at`, if nothing else uses the window: what is unanswered counts as
   * answered now.
   */
  lastSentAt(count: number, at: number): number {
    this.forget(at);
    let moment = Math.max(at, this.pausedUntil);
    this.rates.forEach((rate, index) => {
      const first = this.oldest[index] ?? 0;
      const windows = Math.floor((count - 1) / rate.count);
      const rest = count - windows * rate.count;
      const leaving = this.unanswered + (this.answers.end - first) - rate.count + rest;
      const last = first + leaving - 1;
      const freeAt = leaving <= 0 ? at : (last < this.answers.end ? this.answers.at(last) : at) + rate.windowMs;
      moment = Math.max(moment, freeAt + windows * rate.windowMs + this.burstMs(rest, rate));
    });
    return moment;
  }

  /** The rate that lets no request out at `at`, and until when; null where there is room, or where only an answer makes room. */
  binding(at: number): { readonly rate: Rate | null; readonly until: number } | null {
    const until = this.freeAt(at);
    if (until <= at || until === Infinity) return null;
    if (until <= this.pausedUntil) return { rate: null, until };
    // The longest of the rates that are used up is the one that a person has to know.
    const used = this.rates.filter(({ count }, index) => {
      return this.unanswered + (this.answers.end - (this.oldest[index] ?? 0)) >= count;
    });
    return { rate: used.sort((a, b) => b.windowMs - a.windowMs)[0] ?? null, until };
  }

  /** Takes up to `most` slots for requests that are sent now; returns how many. */
  take(most: number, at: number): number {
    const taken = Math.max(0, Math.min(most, this.free(at)));
    this.unanswered += taken;
    this.lowWater.note(this.roomAt(at), at);
    return taken;
  }

  /** One of the requests was answered, or is known to have died. */
  answered(at: number): void {
    this.unanswered -= 1;
    if (this.rates.length > 0) this.answers.push(at);
  }

  /** One of the slots was not used: no byte of a request left. */
  unused(): void {
    this.unanswered -= 1;
  }

  pause(until: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, until);
  }

  isPaused(at: number): boolean {
    return at < this.pausedUntil;
  }

  /**
   * Pauses on "nothing remains" only when our own count had room all the time since the provider counted: then the provider
   * counts requests that this window does not know. At full rate our own count had no room either, and nothing slows down.
   */
  notice({ remaining, resetMs }: RateNotice, at: number): void {
    if (remaining > 0 || resetMs <= 0) return;
    if (Math.min(this.lowWater.least(at), this.roomAt(at)) > 0) this.pause(at + resetMs + RATE_WINDOW_GRANULARITY_MS);
  }

  /** How long `count` requests take within a window of `rate`, by the rates of shorter windows. */
  private burstMs(count: number, rate: Rate): number {
    const shorter = this.rates.filter(({ windowMs }) => windowMs < rate.windowMs);
    return Math.max(0, ...shorter.map((one) => Math.floor((count - 1) / one.count) * one.windowMs));
  }

  /** Room of the rates alone, without pauses; never negative. */
  private roomAt(at: number): number {
    this.forget(at);
    let room = Infinity;
    this.rates.forEach(({ count }, index) => {
      room = Math.min(room, count - this.unanswered - (this.answers.end - (this.oldest[index] ?? 0)));
    });
    return Math.max(0, room);
  }

  /** Drops answers that have left their windows. Each answer is passed once per rate, so a call costs constant work on average. */
  private forget(at: number): void {
    let needed = this.answers.end;
    this.rates.forEach(({ windowMs }, index) => {
      let first = this.oldest[index] ?? 0;
      while (first < this.answers.end && this.answers.at(first) + windowMs + RATE_WINDOW_GRANULARITY_MS <= at)
        first += 1;
      this.oldest[index] = first;
      needed = Math.min(needed, first);
    });
    this.answers.dropBefore(needed);
  }
}

/** The least room of the last one to two windows. */
class LowWater {
  private readonly spanMs: number;
  private since = -Infinity;
  private current = Infinity;
  private before = Infinity;

  constructor(spanMs: number) {
    this.spanMs = spanMs;
  }

  note(room: number, at: number): void {
    this.startSpan(at);
    this.current = Math.min(this.current, room);
  }

  least(at: number): number {
    this.startSpan(at);
    return Math.min(this.current, this.before);
  }

  private startSpan(at: number): void {
    if (at - this.since < this.spanMs) return;
    this.before = at - this.since < 2 * this.spanMs ? this.current : Infinity;
    this.current = Infinity;
    this.since = at;
  }
}
