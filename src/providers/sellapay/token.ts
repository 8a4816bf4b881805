import type { Clock } from '../../domain/clock.ts';
import type { Meter } from '../../domain/limits.ts';
import type { Http, HttpAnswer } from '../http.ts';
import type { Readiness } from '../port.ts';
import { AUTHORIZE } from './budgets.ts';
import { evidence, type Redactor } from './evidence.ts';
import { parseObject, scalarText } from './json.ts';
import { tellMeter, waitOf } from './patience.ts';
import type { Settings } from './settings.ts';

export interface TokenSetup {
  readonly account: string;
  readonly endpoint: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly http: Http;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** A bearer token; opaque, although it is a JWT. */
export interface Token {
  readonly value: string;
  /** By the monotonic clock, so that a clock set back cannot make it young again. */
  readonly renewAt: number;
  readonly expiresAt: number;
  /** Fetched because Sellapay had refused the one before. */
  readonly afterRefusal: boolean;
}

const LIFETIME_S_DEFAULT = 3_600;
const LIFETIME_S_MAX = 86_400;

const TRIES = 3;
const TRY_PAUSE_MS = 500;

/** How long an old token that is still good is used on after its renewal did not succeed. */
const RENEWAL_PAUSE_MS = 15_000;

const READY: Readiness = { kind: 'ready' };

/** The token of one account: fetched when needed, by one request however many wait, and dropped when it is refused. */
export class TokenKeeper {
  private readonly setup: TokenSetup;
  private readonly settings: Settings;
  private readonly redactor: Redactor;
  private token: Token | null = null;
  private renewal: Promise<Readiness> | null = null;
  private renewalNotBefore = -Infinity;
  private refused = false;

  constructor(setup: TokenSetup, settings: Settings, redactor: Redactor) {
    this.setup = setup;
    this.settings = settings;
    this.redactor = redactor;
  }

  /** Cheap while the token is young. Rejects only with what the meter rejects with. */
  prepare(): Promise<Readiness> {
    const now = this.setup.clock.monotonic();
    const usable = this.token !== null && now < this.token.expiresAt;
    if (usable && (now < (this.token?.renewAt ?? 0) || now < this.renewalNotBefore)) return Promise.resolve(READY);
    this.renewal ??= this.renew().finally(() => {
      this.renewal = null;
    });
    return this.renewal;
  }

  /** The token to send with, or null when there is none that lives. */
  current(): Token | null {
    return this.token !== null && this.setup.clock.monotonic() < this.token.expiresAt ? this.token : null;
  }

  /** Sellapay accepted the token. */
  proven(token: Token): void {
    if (token === this.token) this.refused = false;
  }

  /**
   * Sellapay refused the token: it is forgotten, unless it is an older one than the current. Returns whether fetching another
   * is hopeless, because this one was fresh from a refusal and never accepted.
   */
  refuse(token: Token): boolean {
    if (token !== this.token) return false;
    const hopeless = token.afterRefusal && this.refused;
    this.token = null;
    this.refused = true;
    return hopeless;
  }

  private async renew(): Promise<Readiness> {
    const readiness = await this.authorize();
    switch (readiness.kind) {
      case 'ready':
      case 'stop':
        return readiness;
      case 'throttled':
      case 'unreachable':
        // The old token still pays; asking again with every claim would only use up the ten requests of a minute.
        this.renewalNotBefore = this.setup.clock.monotonic() + RENEWAL_PAUSE_MS;
        return this.current() === null ? readiness : READY;
    }
  }

  /** Fetching a token moves no money, so what failed in passing is tried again here. */
  private async authorize(): Promise<Readiness> {
    for (let tries = 1; ; tries++) {
      const startedAt = this.setup.clock.monotonic();
      const answer = await this.setup.meter.spend(AUTHORIZE, () => this.request());
      const readiness = this.read(answer, startedAt);
      if (tries >= TRIES || !passing(answer)) return readiness;
      await this.setup.clock.sleep(TRY_PAUSE_MS * tries);
    }
  }

  private request(): Promise<HttpAnswer> {
    const { endpoint, credentials, http } = this.setup;
    return http.send({
      method: 'POST',
      url: `${endpoint}/authorize`,
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        'X-API-KEY': credentials['api_key'] ?? '',
        'X-API-SECRET': credentials['api_secret'] ?? '',
      },
      body: '{}',
      timeoutMs: this.settings.requestTimeoutMs,
    });
  }

  private read(answer: HttpAnswer, startedAt: number): Readiness {
    const { account, clock, meter } = this.setup;
    const where = `accounts.${account}.credentials.api_key and api_secret`;
    if (answer.kind !== 'answer') {
      // Only the credentials of this request are not ours.
      return answer.code === 'invalid-request'
        ? { kind: 'stop', evidence: evidence(answer.code, `No request can carry ${where}: line breaks in them?`) }
        : { kind: 'unreachable', evidence: evidence(answer.code, answer.reason) };
    }
    const { status, headers } = answer;
    tellMeter(meter, AUTHORIZE, headers, clock.now());
    const body = parseObject(answer.body);
    const said = this.redactor.said(body);
    const requestId = this.redactor.id(headers.get('x-request-id'));
    const because = (reason: string): ReturnType<typeof evidence> => evidence(String(status), reason, { requestId });
    if (status === 200) {
      const value = body?.['access_token'];
      if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
        return { kind: 'unreachable', evidence: because('Sellapay answered the request for a token with none.') };
      }
      this.keep(value, scalarText(body?.['expires_in']), startedAt);
      return READY;
    }
    if (status === 400 || status === 401) {
      return {
        kind: 'stop',
        evidence: because(`Sellapay does not accept the credentials of account ${account}${said}. Check ${where}.`),
      };
    }
    if (status === 429) {
      const waitMs = waitOf(headers, clock.now());
      const reason = 'Sellapay gives out no more tokens for the moment: too many requests from this address.';
      return { kind: 'throttled', evidence: because(reason), ...(waitMs === undefined ? {} : { waitMs }) };
    }
    if (status >= 500) {
      return { kind: 'unreachable', evidence: because(`Sellapay cannot give out tokens now (${status})${said}.`) };
    }
    // Neither documented nor passing: another address or a closed account answers so, again and again.
    const reason = `Sellapay answered the request for a token with ${status}${said}. Check accounts.${account}.endpoint.`;
    return { kind: 'stop', evidence: because(reason) };
  }

  private keep(value: string, expiresIn: string | null, startedAt: number): void {
    const seconds = Number(expiresIn ?? LIFETIME_S_DEFAULT);
    const sane = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, LIFETIME_S_MAX) : LIFETIME_S_DEFAULT;
    const lifetimeMs = sane * 1_000;
    this.redactor.learn(value);
    // A short life is halved: renewing for ever would use up the ten requests of a minute.
    const renewalMs = Math.min(this.settings.tokenRenewalMs, lifetimeMs / 2);
    this.token = {
      value,
      renewAt: startedAt + lifetimeMs - renewalMs,
      expiresAt: startedAt + lifetimeMs,
      afterRefusal: this.refused,
    };
  }
}

/** What may be gone a moment later. A refused connection is left to the caller, which may have a whole run to wait with. */
function passing(answer: HttpAnswer): boolean {
  switch (answer.kind) {
    case 'answer':
      return answer.status >= 500;
    case 'lost':
      return true;
    case 'not-sent':
      return false;
  }
}
