import type { Rate, RateNotice } from '../domain/limits.ts';

/** The two times compared are read from clocks that tick at least this finely; also decides whether a window's end is in it. */
const GRANULARITY_MS = 1;

/**
 * How many requests may be under way so that a provider which allows `count` in any window never sees one more. Pure: every
 * method is told the time, on one clock that never goes back.
 *
 * The provider counts a request at some moment between its send and its answer, and nobody here knows when. So a slot is taken
 * at the send, is held for as long as there is no answer, and is free again one window after the answer: no earlier moment is
 * safe, and no later one is needed.
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

  /** Remembers calls of an earlier run by when they were answered, in any order. A moment that is yet to come counts as now. */
  seed(answeredAt: readonly number[], at: number): void {
    for (const time of answeredAt.map((moment) => Math.min(moment, at)).sort((a, b) => a - b)) this.answers.push(time);
    this.lowWater.see(this.roomAt(at), at);
  }

  /** Requests that may be sent at `at`. */
  free(at: number): number {
    return at < this.pausedUntil ? 0 : this.roomAt(at);
  }

  /** The first moment from `at` at which a slot may be free; `Infinity` while only an answer can tell. */
  freeAt(at: number): number {
    this.forget(at);
    let moment = Math.max(at, this.pausedUntil);
    this.rates.forEach(({ count, windowMs }, index) => {
      const first = this.oldest[index] ?? 0;
      // So many answers have to leave the window before one more request fits into it.
      const leaving = this.unanswered + (this.answers.end - first) - count + 1;
      if (leaving <= 0) return;
      const last = first + leaving - 1;
      moment = Math.max(moment, last < this.answers.end ? this.answers.at(last) + windowMs + GRANULARITY_MS : Infinity);
    });
    return moment;
  }

  /** Takes up to `most` slots for requests that are sent now; returns how many. */
  take(most: number, at: number): number {
    const taken = Math.max(0, Math.min(most, this.free(at)));
    this.unanswered += taken;
    this.lowWater.see(this.roomAt(at), at);
    return taken;
  }

  /** One of the requests was answered, or its death was noticed. */
  answered(at: number): void {
    this.unanswered -= 1;
    if (this.rates.length > 0) this.answers.push(at);
  }

  /** One of the slots was not used: no byte of its request left. */
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
   * Believes "nothing remains" only where it is news. The answer is as old as the provider's count, so what it says is compared
   * with the least room that our own books had since then: at full pace they were empty too, and nothing slows down.
   */
  notice(said: RateNotice, at: number): void {
    if (said.remaining > 0 || said.resetMs <= 0) return;
    if (Math.min(this.lowWater.least(at), this.roomAt(at)) > 0) this.pause(at + said.resetMs + GRANULARITY_MS);
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

  /** Each answer is passed once per rate: constant work per call in the long run, whatever the rate. */
  private forget(at: number): void {
    let needed = this.answers.end;
    this.rates.forEach(({ windowMs }, index) => {
      let first = this.oldest[index] ?? 0;
      while (first < this.answers.end && this.answers.at(first) + windowMs + GRANULARITY_MS <= at) first += 1;
      this.oldest[index] = first;
      needed = Math.min(needed, first);
    });
    this.answers.dropBefore(needed);
  }
}

/** The least room seen lately: over the last one to two windows. */
class LowWater {
  private readonly spanMs: number;
  private since = -Infinity;
  private current = Infinity;
  private before = Infinity;

  constructor(spanMs: number) {
    this.spanMs = spanMs;
  }

  see(room: number, at: number): void {
    this.turn(at);
    this.current = Math.min(this.current, room);
  }

  least(at: number): number {
    this.turn(at);
    return Math.min(this.current, this.before);
  }

  private turn(at: number): void {
    if (at - this.since < this.spanMs) return;
    this.before = at - this.since < 2 * this.spanMs ? this.current : Infinity;
    this.current = Infinity;
    this.since = at;
  }
}

/** Moments in rising order under consecutive numbers, in a ring that grows to what the rates need. */
class AnswerTimes {
  /** One past the newest number. */
  end = 0;
  private first = 0;
  private ring = new Float64Array(64);

  push(at: number): void {
    if (this.end - this.first === this.ring.length) this.grow();
    const newest = this.end > this.first ? this.at(this.end - 1) : -Infinity;
    this.ring[this.end % this.ring.length] = Math.max(at, newest);
    this.end += 1;
  }

  at(number: number): number {
    return this.ring[number % this.ring.length] ?? 0;
  }

  dropBefore(number: number): void {
    this.first = number;
  }

  private grow(): void {
    const larger = new Float64Array(this.ring.length * 2);
    for (let number = this.first; number < this.end; number++) larger[number % larger.length] = this.at(number);
    this.ring = larger;
  }
}
