import type { Evidence } from '../../domain/outcome.ts';
import { evidence, Redactor } from '../kit/redaction.ts';
import type { HttpAnswer } from '../kit/http.ts';
import type { ProviderSetup, Readiness } from '../port.ts';
import type { Token, TokenCache } from '../kit/token-cache.ts';
import { Segments, type Segment } from './address.ts';
import { securityCredential } from './credential.ts';
import { doorAnswer, type DoorAnswer } from './door.ts';
import { readSettings, type Settings } from './settings.ts';
import { darajaTokens } from './token.ts';
import type { Sender, WireRequest } from './wire.ts';

/** What all requests of one account share: settings, token, credential, addresses. */
export class Session {
  readonly setup: ProviderSetup;
  readonly settings: Settings;
  readonly redactor: Redactor;
  readonly tokens: TokenCache;
  readonly segments: Segments;
  /** Computed once: the padding is random, and one value may be used for all requests. */
  private readonly securityCredential: string | null;

  constructor(setup: ProviderSetup) {
    const { credentials } = setup;
    this.setup = setup;
    this.settings = readSettings(setup.options);
    this.redactor = new Redactor(Object.values(credentials));
    this.tokens = darajaTokens(setup, this.settings, this.redactor);
    this.segments = new Segments(credentials['consumer_secret'] ?? '');
    this.securityCredential = securityCredential(
      credentials['certificate'] ?? '',
      credentials['initiator_password'] ?? '',
    );
    if (this.securityCredential !== null) this.redactor.learn(this.securityCredential);
  }

  async prepare(): Promise<Readiness> {
    return this.unfit() ?? this.tokens.prepare();
  }

  /** What keeps this account from making any request at all. */
  unfit(): { readonly kind: 'stop'; readonly evidence: Evidence } | null {
    const { account, callbackAddress } = this.setup;
    if (callbackAddress === null) {
      const reason = `Daraja wants an address for its results in every request. Set callbacks.public_url and accounts.${account}.callback_token.`;
      return { kind: 'stop', evidence: evidence('callback-address', reason) };
    }
    if (this.securityCredential !== null) return null;
    const reason = `Nothing can be encrypted under accounts.${account}.credentials.certificate. It is Safaricom's certificate of this environment, in PEM: -----BEGIN CERTIFICATE-----.`;
    return { kind: 'stop', evidence: evidence('certificate', reason) };
  }

  /** Who asks, and where the answer and the notice of a time-out are to come. */
  sender(result: Segment, timeout: Segment): Sender {
    const address = this.setup.callbackAddress ?? '';
    return {
      initiator: this.setup.credentials['initiator_name'] ?? '',
      securityCredential: this.securityCredential ?? '',
      resultUrl: `${address}/${this.segments.write(result)}`,
      timeoutUrl: `${address}/${this.segments.write(timeout)}`,
    };
  }

  send({ path, body }: WireRequest, token: Token, timeoutMs: number): Promise<HttpAnswer> {
    return this.setup.http.send({
      method: 'POST',
      url: this.setup.endpoint + path,
      headers: {
        Accept: 'application/json',
        // Any other is answered as if the initiator's name were wrong.
        'Content-Type': 'application/json',
        Authorization: `Bearer ${token.value}`,
      },
      body,
      timeoutMs,
    });
  }

  /** Reads a whole answer and tells the keeper what it says of the token; whether another token is hopeless comes with it. */
  heard(
    answer: Extract<HttpAnswer, { kind: 'answer' }>,
    token: Token,
    isB2b: boolean,
  ): { readonly door: DoorAnswer; readonly tokenHopeless: boolean } {
    const door = doorAnswer(answer, { settings: this.settings, isB2b, now: this.setup.clock.now() });
    switch (door.kind) {
      case 'token':
        return { door, tokenHopeless: this.tokens.refuse(token) };
      case 'accepted':
      case 'payment':
      case 'duplicate':
        this.tokens.accepted(token);
        return { door, tokenHopeless: false };
      case 'busy':
      case 'account':
      case 'doubt':
        return { door, tokenHopeless: false };
    }
  }
}

/** The token died between `prepare` and now, by another request's refusal or by age. */
export const TOKEN_GONE = {
  kind: 'throttled',
  evidence: evidence('token', 'The token had ended; a new one is fetched.'),
  waitMs: 0,
} as const;
