import { constants, publicEncrypt } from 'node:crypto';
import { isPassing, repeatHarmless, TokenClient, type SentRequest, type TokenCheck } from '../kit/client.ts';
import type { HttpAnswer, HttpRequest, WholeAnswer } from '../kit/http.ts';
import { parseObject, scalarText } from '../kit/json.ts';
import { evidence, stopped, throttled, unreachable, type Stopped, type Throttled } from '../kit/outcomes.ts';
import { Redactor } from '../kit/redaction.ts';
import { lifetimeOf, TokenCache, type TokenAnswer } from '../kit/token-cache.ts';
import { tokensOf } from '../kit/token-store.ts';
import type { ProviderSetup, Readiness } from '../port.ts';
import { gatewayAnswer, darajaTokenStop, type GatewayAnswer, type Refused } from './answers.ts';
import { CallbackAddresses, type AddressEnd } from './callback-address.ts';
import { initiatorFault } from './result-codes.ts';
import { readDarajaSettings, type DarajaSettings } from './settings.ts';
import { resultMessage, DARAJA_TOKEN_PATH, type DarajaRequest, type ResultMessage, type Sender } from './wire.ts';

/** Every request of an account spends from this budget: the limit is one per short code and not published. */
export const DARAJA_REQUESTS = 'requests';

const DARAJA_LIFETIME_MS_DEFAULT = 3_600_000;

/** What came of a request that Daraja answers by callback. None of these requests moves money. */
export type CallbackAnswer =
  /** The body that came to the request's own address; null for one that cannot be read. */
  | { readonly kind: 'answered'; readonly message: ResultMessage | null }
  /** Accepted, and no answer within the wait: the answer may come later. */
  | { readonly kind: 'no-answer' }
  /** Refused for what stands in the request. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }
  | Exclude<Readiness, { readonly kind: 'ready' }>;

/** The requests of one account: settings, token, encrypted credential, callback addresses. */
export class DarajaClient {
  readonly setup: ProviderSetup;
  readonly settings: DarajaSettings;
  readonly redactor: Redactor;
  private readonly addresses: CallbackAddresses;
  private readonly callbackAddress: string;
  private readonly tokens: TokenCache;
  private readonly client: TokenClient;
  /** Computed once: the padding is random, and one value may be used for all requests. */
  private readonly securityCredential: string | null;
  /** Set when Daraja refused the initiator: a few wrong requests lock it, so that none follows the first. */
  private refusal: Stopped | null = null;

  constructor(setup: ProviderSetup) {
    const { clock, callBudgets, http, credentials, callbackAddress } = setup;
    if (callbackAddress === null) throw new Error('daraja was opened without an address for callbacks');
    this.setup = setup;
    this.callbackAddress = callbackAddress;
    this.settings = readDarajaSettings(setup.options);
    this.redactor = new Redactor(Object.values(credentials));
    this.addresses = new CallbackAddresses(credentials['consumer_secret'] ?? '');
    const { tokenRenewalMs } = this.settings;
    const { consumer_key: key = '', consumer_secret: secret = '' } = credentials;
    // Each new token ends the one before: so one is shared, and an answer that refuses an older token fetches none.
    const shared = tokensOf(setup, ['daraja', key, secret], this.redactor);
    this.tokens = new TokenCache({ clock, renewalMs: tokenRenewalMs, shared, fetch: () => this.fetchToken() });
    const { tokens } = this;
    const ended = evidence('token', 'The token had ended; a new one is fetched.');
    const tokenCheck = (answer: WholeAnswer): TokenCheck => tokenCheckOf(this.read(answer, false));
    this.client = new TokenClient({ clock, callBudgets, http, tokens, tokenCheck, ended });
    this.securityCredential = securityCredential(
      credentials['certificate'] ?? '',
      credentials['initiator_password'] ?? '',
    );
    if (this.securityCredential !== null) this.redactor.learn(this.securityCredential);
  }

  async prepare(): Promise<Readiness> {
    return this.credentialFault() ?? this.tokens.prepare();
  }

  /** Sends a payout; its result comes to the payment's own addresses. */
  async submit(
    reference: string,
    request: (sender: Sender) => DarajaRequest,
  ): Promise<SentRequest | Throttled | Stopped> {
    const fault = this.credentialFault();
    if (fault !== null) return fault;
    const built = request(this.sender({ kind: 'r', reference }, { kind: 't', reference }));
    return this.client.send((token) => this.httpRequest(built, token, this.settings.payoutTimeoutMs));
  }

  /** Sends a request that moves no money, and waits a moment for its answer, which any process of ours may receive. */
  async call(
    result: AddressEnd,
    timeout: AddressEnd,
    request: (sender: Sender) => DarajaRequest,
  ): Promise<CallbackAnswer> {
    const stop = this.credentialFault();
    if (stop !== null) return stop;
    const built = request(this.sender(result, timeout));
    const { requestTimeoutMs, queryWaitMs } = this.settings;
    const since = this.setup.clock.now();
    const sent = await this.client.call(DARAJA_REQUESTS, (token) => this.httpRequest(built, token, requestTimeoutMs));
    if (sent.kind !== 'sent') return sent;
    if (sent.answer.kind !== 'answer') return unreachable(sent.answer);
    const response = this.read(sent.answer, false);
    if (response.kind !== 'accepted') return this.notAccepted(response, sent.isRefusedAgain);
    const body = await this.storedCallback(result, queryWaitMs, since);
    if (body === null) return { kind: 'no-answer' };
    const message = resultMessage(parseObject(body));
    const fault = initiatorFault(message, this.setup.account, this.redactor);
    if (fault === null) return { kind: 'answered', message };
    this.refusal = { kind: 'stop', evidence: fault };
    return this.refusal;
  }

  /**
   * The body of the callback that came to an address of ours, or null when none has come within `timeoutMs`. One that came before
   * `since` answers the same query of a process that died, and says nothing about now.
   */
  async storedCallback(end: AddressEnd, timeoutMs: number, since = Number.NEGATIVE_INFINITY): Promise<string | null> {
    const stored = await this.setup.callbackWaiter?.wait(this.addresses.write(end), timeoutMs);
    return stored === null || stored === undefined || stored.receivedAt < since ? null : stored.body;
  }

  /** What Daraja says at once to a request. */
  read(answer: WholeAnswer, isB2b: boolean): GatewayAnswer {
    return gatewayAnswer(answer, { settings: this.settings, isB2b, now: this.setup.clock.now() });
  }

  /** Who asks, and where the answer and the notice of a time-out come. */
  private sender(result: AddressEnd, timeout: AddressEnd): Sender {
    return {
      initiator: this.setup.credentials['initiator_name'] ?? '',
      securityCredential: this.securityCredential ?? '',
      resultUrl: `${this.callbackAddress}/${this.addresses.write(result)}`,
      timeoutUrl: `${this.callbackAddress}/${this.addresses.write(timeout)}`,
    };
  }

  private httpRequest({ path, body }: DarajaRequest, token: string, timeoutMs: number): HttpRequest {
    return {
      method: 'POST',
      url: this.setup.endpoint + path,
      headers: {
        Accept: 'application/json',
        // Any other content type is answered as if the initiator's name were wrong.
        'Content-Type': 'application/json',
        Authorization: `Bearer ${token}`,
      },
      body,
      timeoutMs,
    };
  }

  /** Why no request may carry the initiator's name and password. */
  private credentialFault(): Stopped | null {
    if (this.securityCredential !== null) return this.refusal;
    const reason = `Nothing can be encrypted under accounts.${this.setup.account}.credentials.certificate. It is Safaricom's certificate of this environment, in PEM: -----BEGIN CERTIFICATE-----.`;
    return stopped('certificate', reason);
  }

  private notAccepted(response: Refused, isRefusedAgain: boolean): CallbackAnswer {
    const { account } = this.setup;
    const words = this.redactor.clause(response.words);
    const { code } = response;
    switch (response.kind) {
      case 'token':
        return darajaTokenStop(response, isRefusedAgain, account, words);
      case 'busy':
        return throttled(evidence(code, `Daraja asks for a pause${words}.`), response.waitMs);
      case 'account':
        return stopped(code, `Account ${account}: Daraja ${response.why}${words}.`);
      case 'payment':
      case 'duplicate':
        return { kind: 'refused', code, reason: `Daraja refused the question${words}.` };
      case 'unclear':
        return unreachable({ code, reason: `Daraja did not take the question${words}.` });
    }
  }

  private async fetchToken(): Promise<TokenAnswer> {
    const { callBudgets, clock } = this.setup;
    const send = (): Promise<HttpAnswer> =>
      callBudgets.spend(DARAJA_REQUESTS, () => this.setup.http.send(this.tokenRequest()));
    const mayPass = (answer: HttpAnswer): boolean =>
      isPassing(answer) && this.tokenAnswer(answer).kind === 'unreachable';
    return this.tokenAnswer(await repeatHarmless(clock, send, mayPass));
  }

  private tokenRequest(): HttpRequest {
    const { endpoint, credentials } = this.setup;
    const pair = `${credentials['consumer_key'] ?? ''}:${credentials['consumer_secret'] ?? ''}`;
    return {
      method: 'GET',
      url: endpoint + DARAJA_TOKEN_PATH,
      headers: { Accept: 'application/json', Authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
      timeoutMs: this.settings.requestTimeoutMs,
    };
  }

  private tokenAnswer(answer: HttpAnswer): TokenAnswer {
    if (answer.kind !== 'answer') return unreachable(answer);
    if (answer.status !== 200) return this.tokenRefusal(answer);
    const body = parseObject(answer.body);
    const value = body?.['access_token'];
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      return unreachable({ code: '200', reason: 'Daraja answered the request for a token with none.' });
    }
    this.redactor.learn(value);
    // A number in current documents, a text in older ones.
    return {
      kind: 'token',
      value,
      lifetimeMs: lifetimeOf(scalarText(body?.['expires_in']), DARAJA_LIFETIME_MS_DEFAULT),
    };
  }

  private tokenRefusal(answer: WholeAnswer): TokenAnswer {
    const { account } = this.setup;
    const response = this.read(answer, false);
    const words = response.kind === 'accepted' ? '' : this.redactor.clause(response.words);
    if (response.kind === 'busy') {
      return throttled(evidence(response.code, `Daraja gives out no tokens for the moment${words}.`), response.waitMs);
    }
    if (response.kind === 'account') {
      return stopped(response.code, `Daraja gives account ${account} no token: it ${response.why}${words}.`);
    }
    const { status } = answer;
    const code = String(status);
    // A wrong key or secret is answered with 400 and nothing else.
    if (status === 400 || status === 401) {
      const where = `accounts.${account}.credentials.consumer_key and consumer_secret`;
      return stopped(
        code,
        `Daraja does not accept the credentials of account ${account}${words}. Check ${where}, and that they are those of this environment.`,
      );
    }
    if (status >= 500) return unreachable({ code, reason: `Daraja cannot give out tokens now (${status})${words}.` });
    // Not documented, and the same at every attempt: another address answers so.
    return stopped(
      code,
      `Daraja answered the request for a token with ${status}${words}. Check accounts.${account}.endpoint.`,
    );
  }
}

/** The token is checked before everything else, so an answer about the request itself proves that the token was accepted. */
function tokenCheckOf({ kind }: GatewayAnswer): TokenCheck {
  switch (kind) {
    case 'token':
      return 'refused';
    case 'accepted':
    case 'payment':
    case 'duplicate':
      return 'accepted';
    case 'busy':
    case 'account':
    case 'unclear':
      return 'unclear';
  }
}

/**
 * Base64(RSA-PKCS#1 v1.5(password)) under the key of Safaricom's certificate; null where the certificate is none or its key too
 * short. The bare password [assumed]: docs/providers/daraja.md, section 4. The certificates in circulation have expired and are
 * still the right ones, so their dates are not checked.
 */
export function securityCredential(certificatePem: string, password: string): string | null {
  // An environment variable that was filled from one line has its line ends spelt out.
  const key = certificatePem.replaceAll('\\n', '\n').trim();
  try {
    // Without `padding` Node would use OAEP, which Safaricom answers with 2001 and counts as a wrong password.
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(password, 'utf8')).toString(
      'base64',
    );
  } catch {
    return null;
  }
}
