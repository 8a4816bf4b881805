import type { CallBudgets } from '../../domain/call-budgets.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Evidence } from '../../domain/outcome.ts';
import type { Readiness } from '../port.ts';
import type { Http, HttpAnswer, HttpRequest, WholeAnswer } from './http.ts';
import { throttled, type Throttled } from './outcomes.ts';
import type { Token, TokenCache } from './token-cache.ts';

interface TokenClientSetup {
  readonly clock: Clock;
  readonly http: Http;
  readonly callBudgets: CallBudgets;
  readonly tokens: TokenCache;
  /** What an answer says of the token that its request carried. Called once for each whole answer. */
  readonly tokenCheck: (answer: WholeAnswer) => TokenCheck;
  /** Why a request is not sent when the token ended between `prepare` and now, by age or by another request's refusal. */
  readonly ended: Evidence;
}

/** `unclear`: something in front of the provider may have answered, so that the token proves neither good nor bad. */
export type TokenCheck = 'accepted' | 'refused' | 'unclear';

export interface SentRequest {
  readonly kind: 'sent';
  readonly answer: HttpAnswer;
  readonly token: TokenCheck;
  /** The refused token came fresh after a refusal and was never accepted: another token will not help. */
  readonly isRefusedAgain: boolean;
}

/** Sends the requests of one account with its token, and tells the cache how each token was taken. */
export class TokenClient {
  private readonly setup: TokenClientSetup;

  constructor(setup: TokenClientSetup) {
    this.setup = setup;
  }

  /** Sends a payout, whose slot of the budget the caller has taken; nothing is sent when no token lives. */
  async send(request: (token: string) => HttpRequest): Promise<SentRequest | Throttled> {
    const token = this.setup.tokens.current();
    return token === null ? this.tokenEnded() : this.exchange(token, request);
  }

  /** Sends a request that moves no money: gets a token ready first, and spends from `budget`. */
  async call(
    budget: string,
    request: (token: string) => HttpRequest,
  ): Promise<SentRequest | Exclude<Readiness, { readonly kind: 'ready' }>> {
    const readiness = await this.setup.tokens.prepare();
    if (readiness.kind !== 'ready') return readiness;
    const token = this.setup.tokens.current();
    if (token === null) return this.tokenEnded();
    return this.setup.callBudgets.spend(budget, () => this.exchange(token, request));
  }

  private async exchange(token: Token, request: (token: string) => HttpRequest): Promise<SentRequest> {
    const { http, tokens, tokenCheck } = this.setup;
    const answer = await http.send(request(token.value));
    const check = answer.kind === 'answer' ? tokenCheck(answer) : 'unclear';
    if (check === 'accepted') tokens.accepted(token);
    const isRefusedAgain = check === 'refused' && tokens.refuse(token);
    return { kind: 'sent', answer, token: check, isRefusedAgain };
  }

  private tokenEnded(): Throttled {
    return throttled(this.setup.ended, 0);
  }
}

/** Pauses between three attempts. */
const PAUSES_MS: readonly number[] = [500, 1_000];

/** The same where the first attempt may have failed for a token that ended: another token is fetched at once. */
export const PAUSES_AFTER_TOKEN_MS: readonly number[] = [0, 500];

/**
 * Sends a request that moves no money, and again after a pause while its failure may pass: an error of the server, a lost
 * answer. Never for payouts.
 */
export async function repeatHarmless<Result>(
  clock: Clock,
  send: () => Promise<Result>,
  mayPass: (result: Result) => boolean,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<Result> {
  for (const pauseMs of pausesMs) {
    const result = await send();
    if (!mayPass(result)) return result;
    await clock.sleep(pauseMs);
  }
  return send();
}

/**
 * Whether a request that moves no money may succeed when it is sent again in a moment. A refused connection is left to the caller,
 * which may have a whole run to wait with.
 */
export function isPassing(answer: HttpAnswer): boolean {
  switch (answer.kind) {
    case 'answer':
      return answer.status >= 500;
    case 'lost':
      return true;
    case 'not-sent':
      return false;
  }
}
