import type { Evidence } from '../../domain/outcome.ts';
import { evidence, Redactor } from '../kit/redaction.ts';
import type { HttpAnswer } from '../kit/http.ts';
import type { ProviderSetup, Readiness } from '../port.ts';
import type { Token, TokenCache } from '../kit/token-cache.ts';
import { waitOf } from '../kit/retry-after.ts';
import { REQUESTS } from './budgets.ts';
import { classOf, evidenceCode, isTokenRefused, wireAnswer, type WholeAnswer, type WireAnswer } from './envelope.ts';
import { readSettings, type Settings } from './settings.ts';
import { pesawayTokens } from './token.ts';
import type { WireRequest } from './wire.ts';

/** What came of a request that moves no money. */
export type Asked =
  | { readonly kind: 'answer'; readonly wire: WireAnswer; readonly text: string }
  /** No whole answer; asking again may bring one. */
  | { readonly kind: 'lost'; readonly evidence: Evidence }
  | Exclude<Readiness, { readonly kind: 'ready' }>;

/** How requests of one account reach PesaWay: settings, token, headers. */
export class Line {
  readonly setup: ProviderSetup;
  readonly settings: Settings;
  readonly redactor: Redactor;
  readonly tokens: TokenCache;

  constructor(setup: ProviderSetup) {
    this.setup = setup;
    this.settings = readSettings(setup.options);
    this.redactor = new Redactor(Object.values(setup.credentials));
    this.tokens = pesawayTokens(this);
  }

  /** @param token null for the request that buys one. */
  send({ method, path, body }: WireRequest, token: Token | null, timeoutMs: number): Promise<HttpAnswer> {
    const { generation, region } = this.settings;
    return this.setup.http.send({
      method,
      url: this.setup.endpoint + path,
      headers: {
        Accept: 'application/json',
        // The guide's JSON:API is a claim that none of its samples keeps.
        ...(body === null ? {} : { 'Content-Type': 'application/json' }),
        ...(generation === 3 ? { 'X-Region': region.name } : {}),
        ...(token === null ? {} : { Authorization: `Bearer ${token.value}` }),
      },
      ...(body === null ? {} : { body }),
      timeoutMs,
    });
  }

  /** Tells the keeper how PesaWay took the token; whether fetching another is hopeless. */
  judge(answer: WholeAnswer, token: Token): boolean {
    const wire = wireAnswer(answer);
    if (isTokenRefused(wire)) return this.tokens.refuse(token);
    // A code comes from behind the door, where no token is refused any more.
    if (wire.code !== '' || classOf(wire) < 300) this.tokens.accepted(token);
    return false;
  }

  /** Sends what moves no money, out of the budget, with a token that is ready. */
  async ask(request: WireRequest): Promise<Asked> {
    const { account, clock, callBudgets } = this.setup;
    const readiness = await this.tokens.prepare();
    if (readiness.kind !== 'ready') return readiness;
    const token = this.tokens.current();
    if (token === null) return { kind: 'throttled', evidence: TOKEN_GONE, waitMs: 0 };
    const answer = await callBudgets.spend(REQUESTS, () => this.send(request, token, this.settings.requestTimeoutMs));
    switch (answer.kind) {
      case 'not-sent':
        return { kind: 'unreachable', evidence: evidence(answer.code, answer.reason) };
      case 'lost':
        return { kind: 'lost', evidence: evidence(answer.code, answer.reason) };
      case 'answer':
        break;
    }
    const isHopeless = this.judge(answer, token);
    const wire = wireAnswer(answer);
    if (isTokenRefused(wire)) {
      return isHopeless
        ? { kind: 'stop', evidence: evidence(evidenceCode(wire), tokenRefused(account)) }
        : { kind: 'throttled', evidence: TOKEN_GONE, waitMs: 0 };
    }
    if (classOf(wire) === 429) {
      const waitMs = waitOf(answer.headers, clock.now());
      return { kind: 'throttled', evidence: turnedAway(wire), ...(waitMs === undefined ? {} : { waitMs }) };
    }
    return { kind: 'answer', wire, text: answer.body };
  }
}

/** It died between `prepare` and now, by another request's refusal or by age. */
export const TOKEN_GONE = evidence('token', 'The token had expired; a new one is fetched.');

export function turnedAway(wire: WireAnswer): Evidence {
  return evidence(evidenceCode(wire), 'PesaWay asks for a pause: too many requests.');
}

export function tokenRefused(account: string): string {
  return `PesaWay refuses fresh tokens of account ${account}. Check accounts.${account}.credentials, or ask PesaWay's support.`;
}
