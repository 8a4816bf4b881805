import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import type { Simulator, SimulatorOptions } from '../../../src/simulator/index.ts';
import { openCallbackReceiver, type CallbackReceiver } from '../callback-receiver.ts';
import { startAtFixedTime, type Reply } from '../start.ts';

export const API_KEY = 'k'.repeat(32);

export const fields = (reply: { readonly text: string }): Record<string, unknown> =>
  JSON.parse(reply.text) as Record<string, unknown>;

export const outcomeOf = (reply: Reply): unknown[] => [reply.status, fields(reply)['output_ResponseCode']];

export interface MpesaClient {
  readonly simulator: Simulator;
  readonly clock: { now: number };
  readonly receiver: CallbackReceiver;
  /** A header that the simulator can open, unless another padding is asked for. */
  readonly bearer: (text: string, padding?: number) => string;
  readonly getSession: (authorization: string, market?: string) => Promise<Reply>;
  /** A session that works. */
  readonly session: () => Promise<string>;
  readonly b2c: (more?: object, headers?: Record<string, string>) => Promise<Reply>;
  readonly b2b: (more?: object) => Promise<Reply>;
  readonly query: (reference: string, more?: Record<string, string | undefined>) => Promise<Reply>;
  /** Any call with a session, to a path behind the market. */
  readonly call: (method: string, path: string, body?: string, headers?: Record<string, string>) => Promise<Reply>;
}

/** An organisation with an application at a simulated M-Pesa OpenAPI, without limits and almost without delays. */
export async function openMpesaClient(
  { settings, ...options }: Partial<SimulatorOptions> = {},
  place = 'openapi/ipg/v2/vodacomTZN',
): Promise<MpesaClient> {
  const receiver = await openCallbackReceiver();
  const { simulator, clock } = await startAtFixedTime({
    provider: 'mpesa-openapi',
    limits: null,
    settings: { activationDelayMs: 50, callbackDelayMs: 2, callbackUrl: receiver.url, ...settings },
    ...options,
  });
  const key = createPublicKey({
    key: Buffer.from(simulator.credentials['public_key'] ?? '', 'base64'),
    format: 'der',
    type: 'spki',
  });
  const bearer: MpesaClient['bearer'] = (text, padding = constants.RSA_PKCS1_PADDING) =>
    `Bearer ${publicEncrypt({ key, padding }, Buffer.from(text)).toString('base64')}`;
  const send = async (method: string, path: string, headers: Record<string, string>, body?: string): Promise<Reply> => {
    const allHeaders = { 'Content-Type': 'application/json', ...headers };
    const response = await fetch(`${simulator.endpoint}/${path}`, {
      method,
      headers: allHeaders,
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const getSession: MpesaClient['getSession'] = (Authorization, where = place) =>
    send('GET', `${where}/getSession/`, { Authorization });
  const session: MpesaClient['session'] = async () => {
    const { output_SessionID } = fields(await getSession(bearer(API_KEY)));
    clock.now += 50;
    return String(output_SessionID);
  };
  let authorization: string | null = null;
  const call: MpesaClient['call'] = async (method, path, body, headers = {}) => {
    if (headers['Authorization'] === undefined) authorization ??= bearer(await session());
    const reply = await send(
      method,
      `${place}/${path}`,
      { ...(authorization === null ? {} : { Authorization: authorization }), ...headers },
      body,
    );
    receiver.countAnswer();
    return reply;
  };
  const common = {
    input_Amount: '2500',
    input_Country: 'TZN',
    input_Currency: 'TZS',
    input_TransactionReference: 'PAYJUN0042',
    input_ThirdPartyConversationID: 'CONV1',
  };
  const b2c = {
    ...common,
    input_CustomerMSISDN: '255744000111',
    input_ServiceProviderCode: '900123',
    input_PaymentItemsDesc: 'June wages',
  };
  const b2b = {
    ...common,
    input_PrimaryPartyCode: '900123',
    input_ReceiverPartyCode: '700456',
    input_PurchasedItemsDesc: 'June rent',
  };
  return {
    simulator,
    clock,
    receiver,
    bearer,
    getSession,
    session,
    call,
    b2c: (more, headers) => call('POST', 'b2cPayment/', JSON.stringify({ ...b2c, ...more }), headers),
    b2b: (more) => call('POST', 'b2bPayment/', JSON.stringify({ ...b2b, ...more })),
    query: (reference, more) => {
      const parameters: Record<string, string | undefined> = {
        input_QueryReference: reference,
        input_ServiceProviderCode: '900123',
        input_ThirdPartyConversationID: 'q1',
        input_Country: 'TZN',
        ...more,
      };
      const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
      return call('GET', `queryTransactionStatus/?${new URLSearchParams(given).toString()}`);
    },
  };
}
