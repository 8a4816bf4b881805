import type { Evidence } from '../../domain/outcome.ts';
import { isPassing, repeatHarmless, TokenClient, type SentRequest, type TokenCheck } from '../kit/client.ts';
import type { HttpAnswer, HttpRequest, WholeAnswer } from '../kit/http.ts';
import {
  evidence,
  stopped,
  throttled,
  throttledBy,
  unreachable,
  type Stopped,
  type Throttled,
} from '../kit/outcomes.ts';
import { Redactor } from '../kit/redaction.ts';
import { lifetimeOf, TokenCache, type TokenAnswer } from '../kit/token-cache.ts';
import { tokensOf } from '../kit/token-store.ts';
import type { ProviderSetup, Readiness } from '../port.ts';
import { readPesawaySettings, type PesawaySettings } from './settings.ts';
import {
  classOf,
  pesawayEvidenceCode,
  isTokenRefused,
  tokenRequest,
  pesawayWireAnswer,
  type PesawayRequest,
  type PesawayWireAnswer,
} from './wire.ts';

/** Every request of an account spends from this budget; no limit is documented for any of them [assumed]. */
export const PESAWAY_REQUESTS = 'requests';

/** What came of a request that moves no money. */
export type CallAnswer =
  | { readonly kind: 'answer'; readonly wire: PesawayWireAnswer; readonly text: string }
  /** No whole answer; the same request may be answered later. */
  | { readonly kind: 'lost'; readonly evidence: Evidence }
  | Exclude<Readiness, { readonly kind: 'ready' }>;

/** The requests of one account: settings, token, headers. */
export class PesawayClient {
  readonly setup: ProviderSetup;
  readonly settings: PesawaySettings;
  readonly redactor: Redactor;
  private readonly callbackAddress: string;
  private readonly tokens: TokenCache;
  private readonly client: TokenClient;

  constructor(setup: ProviderSetup) {
    const { clock, http, callBudgets, callbackAddress } = setup;
    if (callbackAddress === null) throw new Error('pesaway was opened without an address for callbacks');
    this.setup = setup;
    this.callbackAddress = callbackAddress;
    this.settings = readPesawaySettings(setup.options);
    this.redactor = new Redactor(Object.values(setup.credentials));
    // There is no refresh of a token: a new one is fetched.
    const { consumer_key: key = '', consumer_secret: secret = '' } = setup.credentials;
    const { tokenRenewalMs: renewalMs, generation, region } = this.settings;
    const shared = tokensOf(setup, ['pesaway', key, secret, String(generation), region.name], this.redactor);
    this.tokens = new TokenCache({ clock, renewalMs, shared, fetch: () => this.fetchToken() });
    this.client = new TokenClient({ clock, http, callBudgets, tokens: this.tokens, tokenCheck, ended: TOKEN_ENDED });
  }

  prepare(): Promise<Readiness> {
    return this.tokens.prepare();
  }

  /** Sends a payout; its result comes to the account's address. */
  submit(request: (resultsUrl: string) => PesawayRequest): Promise<SentRequest | Throttled> {
    const built = request(this.callbackAddress);
    return this.client.send((token) => this.httpRequest(built, token, this.settings.payoutTimeoutMs));
  }

  /** Sends a request that moves no money, out of the budget, with a token that is ready. */
  async call(request: PesawayRequest): Promise<CallAnswer> {
    const { account, clock } = this.setup;
    const { requestTimeoutMs } = this.settings;
    const sent = await this.client.call(PESAWAY_REQUESTS, (token) =>
      this.httpRequest(request, token, requestTimeoutMs),
    );
    if (sent.kind !== 'sent') return sent;
    const { answer } = sent;
    switch (answer.kind) {
      case 'not-sent':
        return unreachable(answer);
      case 'lost':
        return { kind: 'lost', evidence: evidence(answer.code, answer.reason) };
      case 'answer':
        break;
    }
    const wire = pesawayWireAnswer(answer);
    if (sent.token === 'refused') return pesawayTokenStop(wire, sent.isRefusedAgain, account);
    if (classOf(wire) === 429) return throttledBy(answer, clock.now(), rateLimited(wire));
    return { kind: 'answer', wire, text: answer.body };
  }

  /** @param token null for the request that fetches one. */
  private httpRequest({ method, path, body }: PesawayRequest, token: string | null, timeoutMs: number): HttpRequest {
    const { generation, region } = this.settings;
    return {
      method,
      url: this.setup.endpoint + path,
      headers: {
        Accept: 'application/json',
        // The guide asks for JSON:API, and none of its samples is in that format.
        ...(body === null ? {} : { 'Content-Type': 'application/json' }),
        ...(generation === 3 ? { 'X-Region': region.name } : {}),
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(body === null ? {} : { body }),
      timeoutMs,
    };
  }

  private async fetchToken(): Promise<TokenAnswer> {
    const { callBudgets, clock, credentials, http } = this.setup;
    const request = this.httpRequest(tokenRequest(credentials), null, this.settings.requestTimeoutMs);
    const mayPass = (answer: HttpAnswer): boolean =>
      isPassing(answer) && this.tokenAnswer(answer).kind === 'unreachable';
    const send = (): Promise<HttpAnswer> => callBudgets.spend(PESAWAY_REQUESTS, () => http.send(request));
    return this.tokenAnswer(await repeatHarmless(clock, send, mayPass));
  }

  private tokenAnswer(answer: HttpAnswer): TokenAnswer {
    if (answer.kind !== 'answer') return unreachable(answer);
    const wire = pesawayWireAnswer(answer);
    const kind = classOf(wire);
    if (kind < 200 || kind >= 300) return this.tokenRefusal(wire, answer);
    const value = tokenIn(wire);
    if (value === null) {
      const reason = 'PesaWay answered the request for a token with none.';
      return unreachable({ code: pesawayEvidenceCode(wire), reason });
    }
    this.redactor.learn(value);
    // The newest generation names an end (`expires_at`) in place of a lifetime; a token that ends sooner is refused and renewed.
    return { kind: 'token', value, lifetimeMs: lifetimeOf(wire.field('expires_in'), this.settings.tokenLifetimeMs) };
  }

  private tokenRefusal(wire: PesawayWireAnswer, answer: WholeAnswer): TokenAnswer {
    const { account, clock } = this.setup;
    const words = this.redactor.clause(wire.words);
    const code = pesawayEvidenceCode(wire);
    const kind = classOf(wire);
    if (kind === 400 || kind === 401 || kind === 403) {
      const where = `accounts.${account}.credentials.consumer_key and consumer_secret`;
      const region = this.settings.generation === 3 ? ', and options.region' : '';
      const reason = `PesaWay does not accept the credentials of account ${account}${words}. Check ${where}, that they are those of this environment${region}.`;
      return stopped(code, reason);
    }
    if (kind === 429) {
      const reason = `PesaWay gives out no tokens for the moment: too many requests${words}.`;
      return throttledBy(answer, clock.now(), evidence(code, reason));
    }
    if (kind >= 300 && kind < 500) {
      // Not documented, and the same at every attempt: another address answers so.
      const reason = `PesaWay answered the request for a token with ${code}${words}. Check accounts.${account}.endpoint: scheme and host, without /api/v1.`;
      return stopped(code, reason);
    }
    return unreachable({ code, reason: `PesaWay cannot give out tokens now (${code})${words}.` });
  }
}

const TOKEN_ENDED = evidence('token', 'The token had expired; a new one is fetched.');

/** The token is checked before everything else: no money moved [assumed]. */
export function pesawayTokenStop(
  wire: PesawayWireAnswer,
  isRefusedAgain: boolean,
  account: string,
): Stopped | Throttled {
  if (!isRefusedAgain) return throttled(TOKEN_ENDED, 0);
  const reason = `PesaWay refuses fresh tokens of account ${account}. Check accounts.${account}.credentials, or ask PesaWay's support.`;
  return stopped(pesawayEvidenceCode(wire), reason);
}

export function rateLimited(wire: PesawayWireAnswer): Evidence {
  return evidence(pesawayEvidenceCode(wire), 'PesaWay asks for a pause: too many requests.');
}

function tokenCheck(answer: WholeAnswer): TokenCheck {
  const wire = pesawayWireAnswer(answer);
  if (isTokenRefused(wire)) return 'refused';
  // A code is PesaWay's own and proves that the token was accepted; an error without one may be a proxy's.
  return wire.code !== '' || classOf(wire) < 300 ? 'accepted' : 'unclear';
}

/** Name and place of the token differ between the generations; the order is that of docs/providers/pesaway.md, section 2. */
function tokenIn(wire: PesawayWireAnswer): string | null {
  const value = wire.field('access_token') ?? wire.inner('token') ?? wire.field('token');
  return value !== null && /^[\x21-\x7e]+$/.test(value) ? value : null;
}
