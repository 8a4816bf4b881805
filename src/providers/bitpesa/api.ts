import type { Http, HttpAnswer } from '../kit/http.ts';
import type { Clock } from '../../domain/clock.ts';
import type { CallBudgets } from '../../domain/call-budgets.ts';
import { isPassing } from '../kit/client.ts';
import { REQUESTS } from './budgets.ts';
import { nonceFrom, signatureOf } from './signature.ts';

export interface ApiSetup {
  readonly endpoint: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly http: Http;
  readonly clock: Clock;
  readonly callBudgets: CallBudgets;
  readonly random: () => number;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From `/v1` on, its query encoded. */
  readonly path: string;
  /** Exact text; absent for none. */
  readonly body?: string;
  readonly timeoutMs: number;
}

const TRIES = 3;
const TRY_PAUSE_MS = 500;

/** Signed requests of one account. Every one of them, repeated or not, has a nonce and a signature of its own. */
export class Api {
  private readonly setup: ApiSetup;

  constructor(setup: ApiSetup) {
    this.setup = setup;
  }

  /**
   * One request. A 401 says that nothing was executed, and may be about nonce or moment only: it is signed again once. What is
   * sent then is counted; what is sent first has been counted by the caller.
   */
  async sendCounted(request: ApiRequest): Promise<HttpAnswer> {
    const answer = await this.exchange(request);
    return answer.kind === 'answer' && answer.status === 401 ? this.spend(request) : answer;
  }

  /** As {@link sendCounted}, counted here. */
  async send(request: ApiRequest): Promise<HttpAnswer> {
    const answer = await this.spend(request);
    return answer.kind === 'answer' && answer.status === 401 ? this.spend(request) : answer;
  }

  /** For what moves no money and may be repeated: what failed in passing is asked again. */
  async ask(request: ApiRequest): Promise<HttpAnswer> {
    for (let tries = 1; ; tries++) {
      const answer = await this.send(request);
      if (tries >= TRIES || !isPassing(answer)) return answer;
      await this.setup.clock.sleep(TRY_PAUSE_MS * tries);
    }
  }

  private spend(request: ApiRequest): Promise<HttpAnswer> {
    return this.setup.callBudgets.spend(REQUESTS, () => this.exchange(request));
  }

  private exchange({ method, path, body, timeoutMs }: ApiRequest): Promise<HttpAnswer> {
    const { endpoint, credentials, http, random } = this.setup;
    const { href: url } = new URL(endpoint + path);
    const nonce = nonceFrom(random);
    const signature = signatureOf(credentials['api_secret'] ?? '', { nonce, method, url, body: body ?? '' });
    return http.send({
      method,
      url,
      headers: {
        Accept: 'application/json',
        // Also without a body, as the vendor's own clients do.
        'Content-Type': 'application/json',
        'Authorization-Key': credentials['api_key'] ?? '',
        'Authorization-Nonce': nonce,
        'Authorization-Signature': signature,
      },
      ...(body === undefined ? {} : { body }),
      timeoutMs,
    });
  }
}
