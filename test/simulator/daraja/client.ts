import { constants, publicEncrypt } from 'node:crypto';
import type { Simulator, SimulatorOptions } from '../../../src/simulator/index.ts';
import { openCallbackReceiver, type CallbackReceiver } from '../callback-receiver.ts';
import { startAtFixedTime, type Reply } from '../start.ts';

export const B2C = 'mpesa/b2c/v3/paymentrequest';
export const POCHI = 'mpesa/b2pochi/v1/paymentrequest';
export const B2B = 'mpesa/b2b/v1/paymentrequest';
export const STATUS = 'mpesa/transactionstatus/v1/query';
export const BALANCE = 'mpesa/accountbalance/v1/query';
export const GENERATE = 'oauth/v1/generate?grant_type=client_credentials';

/** A credential made with the simulator's own certificate and the documented padding. */
export function credentialOf(
  { credentials }: Simulator,
  password = credentials['initiator_password'] ?? '',
  padding = constants.RSA_PKCS1_PADDING,
): string {
  return publicEncrypt({ key: credentials['certificate'] ?? '', padding }, Buffer.from(password)).toString('base64');
}

export interface DarajaClient {
  readonly simulator: Simulator;
  readonly clock: { now: number };
  readonly receiver: CallbackReceiver;
  /** Any request with a token, taking one first when there is none. */
  readonly call: (route: string, body: unknown, headers?: Record<string, string>) => Promise<Reply>;
  /** GET without a token. */
  readonly get: (route: string, headers?: Record<string, string>) => Promise<Reply>;
  readonly generate: (key?: string, secret?: string) => Promise<Reply>;
  /** A payment to 254711222333 of 1500 shillings, with changes; a field that is `undefined` is left out. */
  readonly b2c: (more?: object, route?: string) => Promise<Reply>;
  readonly b2b: (more?: object) => Promise<Reply>;
  /** Queries a payment; returns the result code of the callback, and the status where there is one. */
  readonly status: (more: object) => Promise<unknown[]>;
  /** Sends a query; returns the whole result of its callback. */
  readonly query: (route: string, more: object) => Promise<Record<string, unknown>>;
  /** Results that came to the payments' own address, in order. */
  readonly results: () => Record<string, unknown>[];
}

export const body = (reply: { readonly text: string }): Record<string, unknown> =>
  JSON.parse(reply.text) as Record<string, unknown>;

/** Status and `errorCode` of a refusal, or status and `ResponseCode`. */
export const outcomeOf = (reply: Reply): unknown[] => {
  const fields = body(reply);
  return [reply.status, fields['errorCode'] ?? fields['ResponseCode']];
};

export const resultIn = (text: string): Record<string, unknown> =>
  (JSON.parse(text) as { Result: Record<string, unknown> }).Result;

/** The parameters of a result as `[key, value]` pairs. */
export const parametersOf = (result: Record<string, unknown> | undefined): Record<string, unknown> => {
  const { ResultParameter } = result?.['ResultParameters'] as { ResultParameter: { Key: string; Value?: unknown }[] };
  return Object.fromEntries(ResultParameter.map(({ Key, Value }) => [Key, Value]));
};

/** A client with short code 600981 at a simulated Daraja, without limits and almost without delays. */
export async function openDarajaClient({
  settings,
  ...options
}: Partial<SimulatorOptions> = {}): Promise<DarajaClient> {
  const receiver = await openCallbackReceiver();
  const { simulator, clock, post, get } = await startAtFixedTime({
    provider: 'daraja',
    limits: null,
    settings: { callbackDelayMs: 2, ...settings },
    ...options,
  });
  const generate: DarajaClient['generate'] = (key = 'key', secret = 'secret') =>
    get(GENERATE, { Authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` });
  let token: string | null = null;
  const call: DarajaClient['call'] = async (route, content, headers = {}) => {
    if (headers['Authorization'] === undefined) token ??= String(body(await generate())['access_token']);
    const reply = await post(route, content, { Authorization: `Bearer ${token ?? ''}`, ...headers });
    receiver.countAnswer();
    return reply;
  };
  const name = simulator.credentials['initiator_name'];
  const SecurityCredential = credentialOf(simulator);
  const addresses = {
    QueueTimeOutURL: `${receiver.url}/t-1`,
    ResultURL: `${receiver.url}/r-1`,
    Remarks: 'June stipend',
  };
  const b2c = {
    OriginatorConversationID: 'OCID1',
    InitiatorName: name,
    SecurityCredential,
    CommandID: 'BusinessPayment',
    Amount: '1500',
    PartyA: '600981',
    PartyB: '254711222333',
    ...addresses,
  };
  const b2b = {
    Initiator: name,
    SecurityCredential,
    CommandID: 'BusinessPayBill',
    SenderIdentifierType: '4',
    RecieverIdentifierType: '4',
    Amount: '12500',
    PartyA: '600981',
    PartyB: '888880',
    AccountReference: 'INV-2211',
    ...addresses,
  };
  let queries = 0;
  const query: DarajaClient['query'] = async (route, more) => {
    const segment = `q-${++queries}`;
    const CommandID = route === STATUS ? 'TransactionStatusQuery' : 'AccountBalance';
    const common = {
      Initiator: name,
      SecurityCredential,
      CommandID,
      PartyA: '600981',
      IdentifierType: '4',
      Remarks: 'status',
    };
    const reply = await call(route, {
      ...common,
      ResultURL: `${receiver.url}/${segment}`,
      QueueTimeOutURL: `${receiver.url}/${segment}t`,
      ...more,
    });
    if (reply.status !== 200) throw new Error(reply.text);
    await simulator.idle();
    const callback = receiver.callbacks.find(({ path }) => path.endsWith(`/${segment}`));
    if (callback === undefined) throw new Error('no answer came to the query');
    return resultIn(callback.body);
  };
  return {
    simulator,
    clock,
    receiver,
    call,
    get,
    generate,
    b2c: (more, route = B2C) => call(route, { ...b2c, ...more }),
    b2b: (more) => call(B2B, { ...b2b, ...more }),
    query,
    status: async (more) => {
      const result = await query(STATUS, more);
      return [result['ResultCode'], ...(result['ResultCode'] === 0 ? [parametersOf(result)['TransactionStatus']] : [])];
    },
    results: () =>
      receiver.callbacks.filter(({ path }) => path.endsWith('/r-1')).map((callback) => resultIn(callback.body)),
  };
}
