import { isPassing, repeatHarmless, TokenClient, type SentRequest, type TokenCheck } from '../kit/client.ts';
import type { HttpAnswer, HttpRequest, WholeAnswer } from '../kit/http.ts';
import { parseObject, scalarText } from '../kit/json.ts';
import { evidence, stopped, throttledBy, unreachable, type Throttled } from '../kit/outcomes.ts';
import { Redactor } from '../kit/redaction.ts';
import { noteRateHeaders } from '../kit/retry-after.ts';
import { lifetimeOf, TokenCache, type TokenAnswer } from '../kit/token-cache.ts';
import { tokensOf } from '../kit/token-store.ts';
import type { ProviderSetup, Readiness } from '../port.ts';
import { sellapayErrorWords } from './answers.ts';
import { readSellapaySettings, type SellapaySettings } from './settings.ts';
import type { SellapayRequest } from './wire.ts';

/** Requests for tokens spend from this budget, which is one per IP address. */
export const AUTHORIZE = 'authorize';

/** All other requests, payouts included, spend from this budget. */
export const BUSINESS = 'business';

const SELLAPAY_LIFETIME_MS_DEFAULT = 3_600_000;

/** The requests of one account: settings, token, rate headers. */
export class SellapayClient {
  readonly setup: ProviderSetup;
  readonly settings: SellapaySettings;
  readonly redactor: Redactor;
  private readonly tokens: TokenCache;
  private readonly client: TokenClient;

  constructor(setup: ProviderSetup) {
    const { clock, http, callBudgets } = setup;
    this.setup = setup;
    this.settings = readSellapaySettings(setup.options);
    this.redactor = new Redactor(Object.values(setup.credentials));
    const { api_key: key = '', api_secret: secret = '' } = setup.credentials;
    const shared = tokensOf(setup, ['sellapay', key, secret], this.redactor);
    const { tokenRenewalMs: renewalMs } = this.settings;
    this.tokens = new TokenCache({ clock, renewalMs, shared, fetch: () => this.fetchToken() });
    const tokenCheck = (answer: WholeAnswer): TokenCheck => {
      noteRateHeaders(callBudgets, BUSINESS, answer.headers, clock.now());
      return answer.status === 401 ? 'refused' : 'accepted';
    };
    const ended = evidence('token', 'The token had expired; a new one is fetched.');
    this.client = new TokenClient({ clock, http, callBudgets, tokens: this.tokens, tokenCheck, ended });
  }

  prepare(): Promise<Readiness> {
    return this.tokens.prepare();
  }

  submit({ path, contentType, body }: SellapayRequest): Promise<SentRequest | Throttled> {
    return this.client.send((token) => ({
      method: 'POST',
      url: this.setup.endpoint + path,
      headers: { Accept: 'application/json', 'Content-Type': contentType, Authorization: `Bearer ${token}` },
      body,
      timeoutMs: this.settings.payoutTimeoutMs,
    }));
  }

  /** Sends a request that moves no money. */
  get(path: string): ReturnType<TokenClient['call']> {
    return this.client.call(BUSINESS, (token) => ({
      method: 'GET',
      url: this.setup.endpoint + path,
      headers: { Accept: 'application/json', Authorization: `Bearer ${token}` },
      timeoutMs: this.settings.requestTimeoutMs,
    }));
  }

  private async fetchToken(): Promise<TokenAnswer> {
    const { callBudgets, clock, http } = this.setup;
    const request = this.tokenRequest();
    const send = async (): Promise<HttpAnswer> => {
      const answer = await callBudgets.spend(AUTHORIZE, () => http.send(request));
      if (answer.kind === 'answer') noteRateHeaders(callBudgets, AUTHORIZE, answer.headers, clock.now());
      return answer;
    };
    return this.tokenAnswer(await repeatHarmless(clock, send, isPassing));
  }

  private tokenRequest(): HttpRequest {
    const { endpoint, credentials } = this.setup;
    return {
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
    };
  }

  private tokenAnswer(answer: HttpAnswer): TokenAnswer {
    if (answer.kind === 'answer') return answer.status === 200 ? this.tokenGrant(answer) : this.tokenRefusal(answer);
    // Only the credentials in this request come from the payer.
    return answer.code === 'invalid-request'
      ? stopped(answer.code, `No request can carry ${this.credentialPlaces()}: line breaks in them?`)
      : unreachable(answer);
  }

  private tokenGrant({ body: text, headers }: WholeAnswer): TokenAnswer {
    const body = parseObject(text);
    const value = body?.['access_token'];
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      const requestId = this.redactor.id(headers.get('x-request-id'));
      const reason = 'Sellapay answered the request for a token with none.';
      return { kind: 'unreachable', evidence: evidence('200', reason, { requestId }) };
    }
    this.redactor.learn(value);
    return {
      kind: 'token',
      value,
      lifetimeMs: lifetimeOf(scalarText(body?.['expires_in']), SELLAPAY_LIFETIME_MS_DEFAULT),
    };
  }

  private tokenRefusal(answer: WholeAnswer): TokenAnswer {
    const { account, clock } = this.setup;
    const { status, headers } = answer;
    const words = this.redactor.clause(sellapayErrorWords(parseObject(answer.body)));
    const requestId = this.redactor.id(headers.get('x-request-id'));
    const because = (reason: string): ReturnType<typeof evidence> => evidence(String(status), reason, { requestId });
    if (status === 400 || status === 401) {
      const reason = `Sellapay does not accept the credentials of account ${account}${words}. Check ${this.credentialPlaces()}.`;
      return { kind: 'stop', evidence: because(reason) };
    }
    if (status === 429) {
      const reason = 'Sellapay gives out no more tokens for the moment: too many requests from this address.';
      return throttledBy(answer, clock.now(), because(reason));
    }
    if (status >= 500) {
      return { kind: 'unreachable', evidence: because(`Sellapay cannot give out tokens now (${status})${words}.`) };
    }
    // Not documented, and the same at every attempt: another address or a closed account answers so.
    const reason = `Sellapay answered the request for a token with ${status}${words}. Check accounts.${account}.endpoint.`;
    return { kind: 'stop', evidence: because(reason) };
  }

  private credentialPlaces(): string {
    return `accounts.${this.setup.account}.credentials.api_key and api_secret`;
  }
}
