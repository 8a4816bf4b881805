import type { CallBudgets } from '../../domain/call-budgets.ts';
import type { Clock } from '../../domain/clock.ts';
import { isPassing, repeatHarmless } from '../kit/client.ts';
import type { HttpAnswer } from '../kit/http.ts';
import type { Redactor } from '../kit/redaction.ts';
import type { ProviderSetup } from '../port.ts';
import type { BitpesaSettings } from './settings.ts';
import { nonceFrom, signatureOf } from './signature.ts';

/** The budget of every request but balances, payouts included: no limit is published, 5 in a second are assumed. */
export const BITPESA_REQUESTS = 'requests';

/** The budget of balances: one in five minutes and 300 a day are published as soft limits. */
export const BALANCES = 'accounts';

/** One opened account, as the steps of its payments need it. */
export interface BitpesaAccount {
  readonly client: BitpesaClient;
  /** Name of the account in the configuration. */
  readonly account: string;
  readonly settings: BitpesaSettings;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly callBudgets: CallBudgets;
  /** Currency of the balance that pays. */
  readonly inputCurrency: string;
}

export interface BitpesaRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From `/v1` on, its query encoded. */
  readonly path: string;
  /** Exact text; left out for none. */
  readonly body?: string;
  readonly timeoutMs: number;
}

/** Signed requests of one account. Each has a nonce and a signature of its own, a repeated one too. */
export class BitpesaClient {
  private readonly setup: ProviderSetup;

  constructor(setup: ProviderSetup) {
    this.setup = setup;
  }

  /**
   * One request whose slot of the budget the caller has taken. A 401 proves that nothing was executed and may be about the nonce
   * or the moment only, so the request is signed and sent once more; the second one is counted here.
   */
  async sendCounted(request: BitpesaRequest): Promise<HttpAnswer> {
    const answer = await this.exchange(request);
    return isUnauthorised(answer) ? this.spend(request) : answer;
  }

  /** As {@link sendCounted}, with the first request counted here too. */
  async send(request: BitpesaRequest): Promise<HttpAnswer> {
    const answer = await this.spend(request);
    return isUnauthorised(answer) ? this.spend(request) : answer;
  }

  /** For requests that move no money: one that failed in passing is sent again. */
  sendHarmless(request: BitpesaRequest): Promise<HttpAnswer> {
    return repeatHarmless(this.setup.clock, () => this.send(request), isPassing);
  }

  private spend(request: BitpesaRequest): Promise<HttpAnswer> {
    return this.setup.callBudgets.spend(BITPESA_REQUESTS, () => this.exchange(request));
  }

  private exchange({ method, path, body, timeoutMs }: BitpesaRequest): Promise<HttpAnswer> {
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

function isUnauthorised(answer: HttpAnswer): boolean {
  return answer.kind === 'answer' && answer.status === 401;
}
