import { afterEach } from 'vitest';
import { seeded, startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/index.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Exact text; numbers are never read as floats here. */
  readonly text: string;
}

export interface StartedSimulator {
  readonly simulator: Simulator;
  /** The simulator's clock; a test moves it. */
  readonly clock: { now: number };
  readonly authorize: (key?: string, secret?: string) => Promise<string>;
  readonly post: (route: string, body: unknown, headers?: Record<string, string>) => Promise<Reply>;
  /** A payout with the token of the last `authorize`, authorizing first when there was none. */
  readonly pay: (route: string, body: unknown) => Promise<Reply>;
  readonly get: (route: string, headers?: Record<string, string>) => Promise<Reply>;
}

const open: Simulator[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

export const START = 1_770_727_500_000;

/** Starts a simulator with a clock that only the test moves, and a client of Sellapay's API. */
export async function startAtFixedTime(options: Partial<SimulatorOptions> = {}): Promise<StartedSimulator> {
  const clock = { now: START };
  const simulator = await startSimulator({ provider: 'sellapay', now: () => clock.now, random: seeded(1), ...options });
  open.push(simulator);
  let token: string | null = null;
  const send = async (method: string, route: string, body: string | null, headers: Record<string, string>) => {
    const response = await fetch(`${simulator.endpoint}/${route}`, {
      method,
      headers,
      ...(body === null ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const post: StartedSimulator['post'] = (route, body, headers = {}) => {
    const isForm = body instanceof URLSearchParams;
    const text = typeof body === 'string' || isForm ? body.toString() : JSON.stringify(body);
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    return send('POST', route, text, { 'Content-Type': type, ...headers });
  };
  const authorize: StartedSimulator['authorize'] = async (key = 'key', secret = 'secret') => {
    const reply = await post('authorize', {}, { 'X-API-KEY': key, 'X-API-SECRET': secret });
    token = (JSON.parse(reply.text) as { access_token: string }).access_token;
    return token;
  };
  const pay: StartedSimulator['pay'] = async (route, body) =>
    post(route, body, { Authorization: `Bearer ${token ?? (await authorize())}` });
  return { simulator, clock, authorize, post, pay, get: (route, headers = {}) => send('GET', route, null, headers) };
}

export const mobile = (more: object = {}): object => ({ phone: '712000111', amount: 100, reference: 'R1', ...more });

export const bank = (more: object = {}): object => ({
  bank_code: '015',
  account_number: '0110000777',
  amount: 42000,
  account_name: 'Amina Otieno',
  reference: 'R1',
  ...more,
});
