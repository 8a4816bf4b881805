import { describe, expect, it } from 'vitest';
import { DrainedError, type CallBudgets } from '../../../src/domain/call-budgets.ts';
import { isPassing, repeatHarmless, TokenClient, type SentRequest } from '../../../src/providers/kit/client.ts';
import type { HttpAnswer, HttpRequest } from '../../../src/providers/kit/http.ts';
import { evidence } from '../../../src/providers/kit/outcomes.ts';
import { TokenCache } from '../../../src/providers/kit/token-cache.ts';

const ENDED = evidence('token', 'The token had ended.');
const LOST: HttpAnswer = { kind: 'lost', code: 'timeout', reason: 'No answer.' };
const NOT_SENT: HttpAnswer = { kind: 'not-sent', code: 'dns', reason: 'No such host.' };

function answered(status: number): HttpAnswer {
  return { kind: 'answer', status, headers: new Headers(), body: '' };
}

function request(token: string): HttpRequest {
  return { method: 'POST', url: 'http://provider.test/', headers: { Authorization: token }, timeoutMs: 1_000 };
}

/** A client whose provider answers what the list says, one after the other; tokens are `token-1`, `token-2`, … */
function clientOf(answers: HttpAnswer[]) {
  const sent: string[] = [];
  const spent: string[] = [];
  const sleeps: number[] = [];
  let fetched = 0;
  let isDrained = false;
  const clock = { now: () => 0, monotonic: () => 0, sleep: (ms: number) => (sleeps.push(ms), Promise.resolve()) };
  const callBudgets: CallBudgets = {
    spend: (budget, call) => {
      if (isDrained) return Promise.reject(new DrainedError());
      spent.push(budget);
      return call();
    },
    isFree: () => true,
    notice: () => undefined,
  };
  const tokens = new TokenCache({
    shared: null,
    clock,
    renewalMs: 0,
    fetch: () => Promise.resolve({ kind: 'token', value: `token-${++fetched}`, lifetimeMs: 60_000 }),
  });
  const client = new TokenClient({
    ...{ clock, callBudgets, tokens },
    ended: ENDED,
    tokenCheck: ({ status }) => (status === 401 ? 'refused' : status < 500 ? 'accepted' : 'unclear'),
    http: {
      send: ({ headers }) => {
        sent.push(headers['Authorization'] ?? '');
        return Promise.resolve(answers.shift() ?? LOST);
      },
      close: () => Promise.resolve(),
    },
  });
  return { client, clock, sent, spent, sleeps, drain: () => (isDrained = true) };
}

function sentOf(result: { readonly kind: string }): SentRequest {
  if (result.kind !== 'sent') throw new Error(result.kind);
  return result as SentRequest;
}

describe('a payout', () => {
  it('is not sent when no token lives', async () => {
    const { client, sent } = clientOf([]);
    expect(await client.send(request)).toEqual({ kind: 'throttled', evidence: ENDED, waitMs: 0 });
    expect(sent).toEqual([]);
  });

  it('is sent once, whatever comes back, and spends from no budget of its own', async () => {
    const { client, sent, spent } = clientOf([answered(200), LOST, answered(500)]);
    await client.call('requests', request);
    expect(sentOf(await client.send(request)).answer).toBe(LOST);
    expect(sentOf(await client.send(request)).answer).toEqual(answered(500));
    expect(sent).toHaveLength(3);
    expect(spent).toEqual(['requests']);
  });
});

describe('a request that moves no money', () => {
  it('gets a token first and spends from its budget', async () => {
    const { client, sent, spent } = clientOf([answered(200)]);
    expect(sentOf(await client.call('queries', request))).toMatchObject({ token: 'accepted', isRefusedAgain: false });
    expect(sent).toEqual(['token-1']);
    expect(spent).toEqual(['queries']);
  });

  it('is not sent once the run ends', async () => {
    const { client, sent, drain } = clientOf([]);
    drain();
    await expect(client.call('queries', request)).rejects.toThrow(DrainedError);
    expect(sent).toEqual([]);
  });

  it('drops a refused token, and says when a fresh one is refused as well', async () => {
    const { client, sent } = clientOf([answered(200), answered(401), answered(401)]);
    const results = [];
    for (let times = 0; times < 3; times++) results.push(sentOf(await client.call('queries', request)));
    expect(results.map(({ token }) => token)).toEqual(['accepted', 'refused', 'refused']);
    expect(results.map(({ isRefusedAgain }) => isRefusedAgain)).toEqual([false, false, true]);
    expect(sent).toEqual(['token-1', 'token-1', 'token-2']);
  });

  it('is repeated up to three times in all while its failure may pass', async () => {
    const answers = [answered(503), LOST, answered(500), answered(200)];
    const { clock, sleeps } = clientOf([]);
    const send = (): Promise<HttpAnswer> => Promise.resolve(answers.shift() ?? LOST);
    expect(await repeatHarmless(clock, send, isPassing)).toEqual(answered(500));
    expect(sleeps).toEqual([500, 1_000]);
    expect(answers).toHaveLength(1);
  });

  it.each([answered(200), answered(429), answered(404), NOT_SENT])(
    'is sent once when repeating cannot help',
    async (answer) => {
      const { clock } = clientOf([]);
      let sends = 0;
      const send = (): Promise<HttpAnswer> => (sends++, Promise.resolve(answer));
      expect(await repeatHarmless(clock, send, isPassing)).toBe(answer);
      expect(sends).toBe(1);
    },
  );
});
