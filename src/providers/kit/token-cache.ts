import type { Clock } from '../../domain/clock.ts';
import { evidence } from './outcomes.ts';
import type { Readiness } from '../port.ts';
import type { SharedToken, SharedTokens } from './token-store.ts';

/** The result of a request for a token. */
export type TokenAnswer =
  | {
      readonly kind: 'token';
      readonly value: string;
      /** From the request on; where the answer names no lifetime, the adapter assumes one. */
      readonly lifetimeMs: number;
      /** How long after the answer the provider begins to accept it; until then an older one is used on. */
      readonly activationMs?: number;
    }
  | Exclude<Readiness, { readonly kind: 'ready' }>;

interface TokenSource {
  readonly clock: Clock;
  /** How long before its end a token is replaced; a short life is halved. */
  readonly renewalMs: number;
  /** Where other processes and accounts share the token; null: nowhere. */
  readonly shared: SharedTokens | null;
  /** Fetches a token, again after failures that may pass; spends from the call budgets, and lets their `DrainedError` pass. */
  fetch(): Promise<TokenAnswer>;
}

/** A bearer token; opaque. */
export interface Token {
  readonly value: string;
  /** By the monotonic clock, so that a clock set back cannot make it young again. */
  readonly activeAt: number;
  readonly renewAt: number;
  readonly expiresAt: number;
  /** Fetched because the provider had refused the token before it. */
  readonly afterRefusal: boolean;
}

/** How long an old token that is still valid is used before its failed renewal is repeated. */
const RENEWAL_PAUSE_MS = 15_000;

const READY: Readiness = { kind: 'ready' };

/** The token of one account, shared with whoever buys the same: fetched when needed, by one request however many wait, and dropped when it is refused. */
export class TokenCache {
  private readonly source: TokenSource;
  private token: Token | null = null;
  /** Fetched and not accepted by the provider yet. */
  private next: Token | null = null;
  private renewal: Promise<Readiness> | null = null;
  private renewalNotBefore = -Infinity;
  private refused = false;
  /** Values that the provider refused: a shared token with one of them is of no use. */
  private readonly refusedValues = new Set<string>();

  constructor(source: TokenSource) {
    this.source = source;
  }

  /** Cheap while the token is young. Rejects only with what the call budgets reject with. */
  prepare(): Promise<Readiness> {
    this.promote();
    const now = this.source.clock.monotonic();
    const isUsable = this.token !== null && now < this.token.expiresAt;
    const isSettled = now < (this.token?.renewAt ?? 0) || this.next !== null || now < this.renewalNotBefore;
    if (isUsable && isSettled) return Promise.resolve(READY);
    this.renewal ??= this.renew().finally(() => {
      this.renewal = null;
    });
    return this.renewal;
  }

  /** The token to send with, or null when there is none that lives. */
  current(): Token | null {
    this.promote();
    return this.token !== null && this.source.clock.monotonic() < this.token.expiresAt ? this.token : null;
  }

  /** The provider accepted the token. */
  accepted(token: Token): void {
    if (token === this.token) this.refused = false;
  }

  /**
   * The provider refused the token: the token is dropped, unless a newer one is current. Returns whether another token will not
   * help, because this one was fetched after a refusal and never accepted.
   */
  refuse(token: Token): boolean {
    if (token !== this.token) return false;
    const isRefusedAgain = token.afterRefusal && this.refused;
    this.refusedValues.add(token.value);
    this.token = null;
    this.refused = true;
    return isRefusedAgain;
  }

  private promote(): void {
    if (this.next === null || this.source.clock.monotonic() < this.next.activeAt) return;
    this.token = this.next;
    this.next = null;
  }

  private async renew(): Promise<Readiness> {
    const readiness = this.next === null ? await this.takeNext() : READY;
    if (readiness.kind === 'stop') return readiness;
    if (readiness.kind !== 'ready') {
      // The old token is still valid; a request with every claim would only use up the provider's rate limit.
      this.renewalNotBefore = this.source.clock.monotonic() + RENEWAL_PAUSE_MS;
      return this.current() === null ? readiness : READY;
    }
    if (this.current() !== null) return READY;
    const { next } = this;
    if (next === null) return READY;
    // No request can be sent until the provider accepts the new token.
    await this.source.clock.sleep(next.activeAt - this.source.clock.monotonic());
    return this.current() === null ? { kind: 'throttled', evidence: WARMING, waitMs: 100 } : READY;
  }

  /**
   * Takes the shared token where another process has fetched a newer one, and fetches one otherwise: a refused token is replaced
   * only if it is still the shared one.
   */
  private async takeNext(): Promise<Readiness> {
    const { shared } = this.source;
    if (shared === null) return this.fetch();
    if (this.takeShared(shared)) return READY;
    return shared.store.alone(shared.key, async () => {
      // Another process may have fetched while this one waited for its turn.
      if (this.takeShared(shared)) return READY;
      const readiness = await this.fetch();
      const fetched = this.next ?? this.token;
      if (readiness.kind === 'ready' && fetched !== null) this.share(shared, fetched);
      return readiness;
    });
  }

  private takeShared({ store, key, learn }: SharedTokens): boolean {
    const { clock } = this.source;
    const now = clock.now();
    // A token of the future was written while a clock stood wrong: how old it is cannot be known.
    const usable = store.read(key).filter(({ value, fetchedAt, expiresAt }) => {
      return !this.refusedValues.has(value) && fetchedAt <= now && now < expiresAt;
    });
    const [newest, before] = usable;
    if (newest === undefined || now >= newest.renewAt || newest.value === this.token?.value) return false;
    for (const { value } of usable) learn(value);
    this.next = this.ownToken(newest);
    // A token that is not accepted yet does not keep the one before it from being used.
    if (this.current() === null && before !== undefined && before.activeAt <= now) this.token = this.ownToken(before);
    this.promote();
    return true;
  }

  private ownToken({ value, activeAt, renewAt, expiresAt }: SharedToken): Token {
    const shift = this.source.clock.monotonic() - this.source.clock.now();
    const times = { activeAt: activeAt + shift, renewAt: renewAt + shift, expiresAt: expiresAt + shift };
    return { value, ...times, afterRefusal: false };
  }

  private share({ store, key }: SharedTokens, fetched: Token): void {
    const { clock } = this.source;
    const shift = clock.now() - clock.monotonic();
    const [old] = store.read(key).filter(({ value }) => !this.refusedValues.has(value));
    const { value, activeAt, renewAt, expiresAt } = fetched;
    const times = { activeAt: activeAt + shift, renewAt: renewAt + shift, expiresAt: expiresAt + shift };
    const newest = { value, fetchedAt: clock.now(), ...times };
    store.write(key, old === undefined ? [newest] : [newest, old]);
  }

  private async fetch(): Promise<Readiness> {
    const { clock, renewalMs } = this.source;
    const startedAt = clock.monotonic();
    const reading = await this.source.fetch();
    if (reading.kind !== 'token') return reading;
    const { lifetimeMs } = reading;
    this.next = {
      value: reading.value,
      activeAt: reading.activationMs === undefined ? startedAt : clock.monotonic() + reading.activationMs,
      // A short life is halved: constant renewals would use up the provider's rate limit.
      renewAt: startedAt + lifetimeMs - Math.min(renewalMs, lifetimeMs / 2),
      expiresAt: startedAt + lifetimeMs,
      afterRefusal: this.refused,
    };
    this.promote();
    return READY;
  }
}

const WARMING = evidence('token', 'The new token is not accepted yet; it is waited for.');

/** A longer lifetime is a mistake, or not in seconds. */
const LIFETIME_MS_MAX = 86_400_000;

/** `3600`, `"3599"` → milliseconds; `otherwiseMs` for what is no sane number of seconds. */
export function lifetimeOf(seconds: string | null, otherwiseMs: number): number {
  const value = Number(seconds ?? Number.NaN);
  return Number.isFinite(value) && value > 0 ? Math.min(value * 1_000, LIFETIME_MS_MAX) : otherwiseMs;
}
