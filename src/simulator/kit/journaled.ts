import { setImmediate as turn } from 'node:timers/promises';
import type { CallbackFault } from './faults.ts';
import type { Journal, JournalEvent } from './journal.ts';
import type { Magic, MagicValues } from './magic.ts';
import { seeded } from './random.ts';
import type { Callback, SimulatorRuntime } from './runtime.ts';
import type { Head, Service, ServiceCall } from './service.ts';

interface Timer {
  readonly dueAt: number;
  readonly then: () => void;
}

interface Post {
  readonly callback: Callback;
  resolve(status: number | null): void;
}

/**
 * A runtime whose timers, callbacks and random numbers a journal repeats. While the past is played again, the clock stands at the
 * time of each event, no timer runs and no callback leaves; {@link resume} then sets what is still due.
 */
export class JournaledRuntime implements SimulatorRuntime {
  private readonly live: SimulatorRuntime;
  private readonly journal: Journal;
  private readonly magic: Magic;
  private readonly timers = new Map<number, Timer>();
  private readonly posts = new Map<number, Post>();
  private draw: () => number;
  private events = 0;
  private timerCount = 0;
  private postCount = 0;
  /** Time of the event that is played again; null: the present. */
  private playedAt: number | null;

  constructor(live: SimulatorRuntime, journal: Journal, magic: Magic) {
    this.magic = magic;
    this.live = live;
    this.journal = journal;
    this.draw = seeded(journal.seed);
    this.playedAt = journal.past[0]?.at ?? null;
  }

  now(): number {
    return this.playedAt ?? this.live.now();
  }

  random(): number {
    return this.draw();
  }

  after(delayMs: number, then: () => void): void {
    this.timerCount += 1;
    const timer = { dueAt: this.now() + delayMs, then };
    this.timers.set(this.timerCount, timer);
    if (this.playedAt === null) this.arm(this.timerCount, timer);
  }

  post(callback: Callback): Promise<number | null> {
    this.postCount += 1;
    const number = this.postCount;
    return new Promise((resolve) => {
      const post = { callback, resolve };
      this.posts.set(number, post);
      if (this.playedAt === null) void this.send(number, post);
    });
  }

  /** Writes an event down before it has its effect. */
  met(event: JournalEvent): void {
    this.journal.add(event);
    this.begin();
  }

  /**
   * Plays the past again on the service that was just made, each event with the magic values of its time. The journal then has
   * those of this process: what a payment met once must not change with a later setting.
   */
  async replay(service: Service): Promise<void> {
    const wanted = this.magic.level;
    this.magic.level = this.journal.magic;
    for (const event of this.journal.past) {
      this.playedAt = event.at;
      this.begin();
      this.play(service, event);
      // What waits for an answered callback goes on within the event, as it did at first.
      await turn();
    }
    if (this.magic.level !== wanted) this.set(wanted);
  }

  /** The present: timers that are overdue run now, and callbacks without an answer are sent once more. */
  resume(): void {
    this.playedAt = null;
    for (const [number, timer] of this.timers) this.arm(number, timer);
    for (const [number, post] of this.posts) void this.send(number, post);
  }

  private play(service: Service, event: JournalEvent): void {
    switch (event.kind) {
      case 'request':
        service.read(event.head, event.text).serve(event.fault);
        return;
      case 'timer':
        this.fire(event.timer);
        return;
      case 'posted':
        this.answered(event.callback, event.status);
        return;
      case 'expire-tokens':
        service.expireTokens();
        return;
      case 'magic':
        this.magic.level = event.level;
    }
  }

  private set(level: MagicValues): void {
    this.met({ kind: 'magic', at: this.live.now(), level });
    this.magic.level = level;
  }

  /** Each event has random numbers of its own: what happens between two events cannot move them. */
  private begin(): void {
    this.events += 1;
    this.draw = seeded(this.journal.seed + this.events * 0x9e3779b1);
  }

  private arm(number: number, { dueAt }: Timer): void {
    this.live.after(Math.max(0, dueAt - this.live.now()), () => {
      this.met({ kind: 'timer', at: this.live.now(), timer: number });
      this.fire(number);
    });
  }

  private fire(number: number): void {
    const timer = this.timers.get(number);
    this.timers.delete(number);
    timer?.then();
  }

  private async send(number: number, { callback }: Post): Promise<void> {
    const status = await this.live.post(callback);
    // A simulator that is being closed has not been answered: the callback is sent again by the next one.
    if (!this.posts.has(number) || this.isClosed) return;
    this.met({ kind: 'posted', at: this.live.now(), callback: number, status });
    this.answered(number, status);
  }

  private answered(number: number, status: number | null): void {
    const post = this.posts.get(number);
    this.posts.delete(number);
    post?.resolve(status);
  }

  private isClosed = false;

  close(): void {
    this.isClosed = true;
    this.journal.close();
  }
}

/** A service that writes down every request before it serves it. */
export class JournaledService implements Service {
  readonly basePath: string;
  private readonly service: Service;
  private readonly runtime: JournaledRuntime;

  constructor(service: Service, runtime: JournaledRuntime) {
    this.service = service;
    this.runtime = runtime;
    this.basePath = service.basePath;
  }

  isPayout(head: Head): boolean {
    return this.service.isPayout(head);
  }

  arrive(head: Head): ReturnType<Service['arrive']> {
    return this.service.arrive(head);
  }

  read(head: Head, text: string): ServiceCall {
    const call = this.service.read(head, text);
    return {
      reference: call.reference,
      serve: (fault?: CallbackFault) => {
        const event = { kind: 'request', at: this.runtime.now(), head, text } as const;
        this.runtime.met(fault === undefined ? event : { ...event, fault });
        return call.serve(fault);
      },
    };
  }

  expireTokens(): void {
    this.runtime.met({ kind: 'expire-tokens', at: this.runtime.now() });
    this.service.expireTokens();
  }

  throttled(head: Head): ReturnType<Service['throttled']> {
    return this.service.throttled(head);
  }

  credentials(): Readonly<Record<string, string>> {
    return this.service.credentials();
  }

  entries(): ReturnType<Service['entries']> {
    return this.service.entries();
  }

  windows(): ReturnType<Service['windows']> {
    return this.service.windows();
  }

  close(): void {
    this.runtime.close();
    this.service.close();
  }
}
