import { mpesaOpenapi } from '../../../src/providers/index.ts';
import type { Environment } from '../../../src/providers/port.ts';
import { scriptedAccount, type ReceivedRequest, type Reply, type ScriptedAccount } from '../scripted.ts';
import { opened, platformPair } from './keys.ts';

const PAIR = platformPair(2048);

/** An account whose server answers by route (`getSession`, `b2cPayment`, …) and by how often the route was asked for before. */
export function scripted(
  answer: (route: string, times: number, request: ReceivedRequest) => Reply,
  given: {
    readonly options?: Record<string, unknown>;
    readonly credentials?: Record<string, string>;
    readonly environment?: Environment;
  } = {},
): Promise<ScriptedAccount> {
  return scriptedAccount({
    definition: mpesaOpenapi,
    setup: {
      account: 'wages',
      currency: 'TZS',
      environment: given.environment ?? 'live',
      credentials: { api_key: 'the-api-key', public_key: PAIR.published, ...given.credentials },
      options: { market: 'tanzania', service_provider_code: '900123', ...given.options },
    },
    routeOf: ({ path }) => path.split('?')[0]?.split('/').at(-2) ?? '',
    answer,
  });
}

/** What the platform reads out of the bearer of a request; null where the bearer is not encrypted for the platform. */
export function bearerIn({ headers }: ReceivedRequest): string | null {
  return opened(headers.authorization?.replace('Bearer ', '') ?? '', PAIR.privateKey);
}

export const granted = (session = 'session-1'): Reply => ({
  status: 200,
  body: { output_ResponseCode: 'INS-0', output_ResponseDesc: 'Processed', output_SessionID: session },
});

export const refusedSession: Reply = { status: 401, body: { output_error: 'session not valid' } };

export const paid: Reply = {
  status: 201,
  body: { output_ResponseCode: 'INS-0', output_TransactionID: '9QK4T7ZP2M1A', output_ConversationID: 'c-1' },
};
