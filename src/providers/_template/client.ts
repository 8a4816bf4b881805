import { isPassing, repeatHarmless } from '../kit/client.ts';
import type { HttpAnswer, HttpRequest } from '../kit/http.ts';
import type { ProviderSetup } from '../port.ts';

/** The budget of every request of an account. Fill in: one budget for each limit that the provider publishes. */
export const TEMPLATE_REQUESTS = 'requests';

/** Requests of one account. Fill in: `TokenClient` of `kit/client.ts` where a token is bought first. */
export class TemplateClient {
  private readonly setup: ProviderSetup;

  constructor(setup: ProviderSetup) {
    this.setup = setup;
  }

  /** Sends a payout once; the caller has taken its slot of the budget. */
  sendPayout(request: Omit<HttpRequest, 'headers'>): Promise<HttpAnswer> {
    return this.exchange(request);
  }

  /** Sends a request that moves no money, and again where its failure may pass. */
  sendHarmless(request: Omit<HttpRequest, 'headers'>): Promise<HttpAnswer> {
    const { clock, callBudgets } = this.setup;
    return repeatHarmless(clock, () => callBudgets.spend(TEMPLATE_REQUESTS, () => this.exchange(request)), isPassing);
  }

  private exchange(request: Omit<HttpRequest, 'headers'>): Promise<HttpAnswer> {
    const { http, endpoint, credentials } = this.setup;
    const headers = {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      Authorization: `Bearer ${credentials['api_key'] ?? ''}`,
    };
    return http.send({ ...request, url: endpoint + request.url, headers });
  }
}
