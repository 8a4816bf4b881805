import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import type { Simulator, SimulatorOptions } from '../../../src/simulator/index.ts';
import { openCallbackReceiver, type CallbackReceiver, type ReceivedCallback } from '../callback-receiver.ts';
import { startAtFixedTime, type Reply } from '../start.ts';

export interface PesawayClient {
  readonly simulator: Simulator;
  readonly clock: { now: number };
  readonly receiver: CallbackReceiver;
  /** POSTs with a token, taking one first when there is none; `send-payment` of mobile money and so on, as the paths have it. */
  readonly call: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Reply>;
  readonly bare: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Reply>;
  /** GET with a body, which `fetch` refuses to send. */
  readonly getWithBody: (path: string, body: unknown) => Promise<{ status: number; text: string }>;
  readonly query: (id: string) => Promise<Record<string, unknown>>;
  readonly balance: () => Promise<unknown>;
  readonly mobile: (more?: object) => object;
  readonly bank: (more?: object) => object;
}

export const MOBILE = 'mobile-money/send-payment';
export const BANK = 'bank/send-payment';

export const outcomeOf = (reply: { readonly status: number; readonly text: string }): unknown[] => [
  reply.status,
  fields(reply)['code'],
];

/** Whether a callback is signed with the secret that a merchant has here unless it says another. */
export const isSigned = ({ body, headers }: Pick<ReceivedCallback, 'body' | 'headers'>): boolean =>
  headers['signature'] === createHmac('sha256', 'pesaway-callback-secret').update(body).digest('base64');

export const fields = (reply: { readonly text: string }): Record<string, unknown> =>
  JSON.parse(reply.text) as Record<string, unknown>;

export const PAIR = { consumer_key: 'ck', consumer_secret: 'cs', grant_type: 'client_credentials' };

/** A merchant of a simulated PesaWay without limits and almost without delays, with an address for results. */
export async function openPesawayClient(
  { settings, ...options }: Partial<SimulatorOptions> = {},
  headers: Record<string, string> = {},
): Promise<PesawayClient> {
  const receiver = await openCallbackReceiver();
  const { simulator, clock, post } = await startAtFixedTime({
    provider: 'pesaway',
    limits: null,
    settings: { callbackDelayMs: 2, repeatDelayMs: 2, ...settings },
    ...options,
  });
  const bare: PesawayClient['bare'] = (path, body, more = {}) => post(`api/v1/${path}/`, body, { ...headers, ...more });
  let token: string | null = null;
  const authorization = async (): Promise<string> => {
    token ??= tokenIn((await bare('token', PAIR)).text);
    return `Bearer ${token}`;
  };
  const call: PesawayClient['call'] = async (path, body, more = {}) => {
    const reply = await bare(path, body, { Authorization: await authorization(), ...more });
    receiver.countAnswer();
    return reply;
  };
  const getWithBody: PesawayClient['getWithBody'] = async (path, body) => {
    const Authorization = await authorization();
    return sendGet(`${simulator.endpoint}/api/v1/${path}/`, JSON.stringify(body), { ...headers, Authorization });
  };
  const results = { Reason: 'March stipend', ResultsUrl: receiver.url };
  return {
    simulator,
    clock,
    receiver,
    call,
    bare,
    getWithBody,
    query: async (id) => fields(await call('mobile-money/transaction-query', { TransactionReference: id })),
    balance: async () => fields(await call('account-balance', {})),
    mobile: (more) => ({
      ExternalReference: 'B7R0012A1',
      Amount: 1500,
      PhoneNumber: '254712345678',
      Channel: 'MPESA',
      ...results,
      ...more,
    }),
    bank: (more) => ({
      ExternalReference: 'B7R0013A1',
      Amount: 42000,
      AccountNumber: '0110000777',
      Channel: 'Bank',
      BankCode: '68',
      Currency: 'KES',
      ...results,
      ...more,
    }),
  };
}

function tokenIn(text: string): string {
  return /"(?:access_token|token)":"([^"]+)"/.exec(text)?.[1] ?? '';
}

function sendGet(
  url: string,
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(body);
    const allHeaders = { ...headers, 'Content-Type': 'application/json', 'Content-Length': length };
    const outgoing = request(url, { method: 'GET', headers: allHeaders, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
