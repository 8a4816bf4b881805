import { pesaway } from '../../../src/providers/index.ts';
import { scriptedAccount, type ReceivedRequest, type Reply, type ScriptedAccount } from '../scripted.ts';
import { SENT_AT } from './payments.ts';

/** A PesaWay account whose server answers by route: `token`, `send-payment`, `transaction-query`, … */
export function scripted(
  answer: (route: string, times: number, request: ReceivedRequest) => Reply,
  given: { readonly options?: Record<string, unknown>; readonly callbackAddress?: string | null } = {},
): Promise<ScriptedAccount> {
  const { options = {}, callbackAddress = 'https://pay.example.test/callbacks/token' } = given;
  return scriptedAccount(
    {
      definition: pesaway,
      setup: {
        account: 'wages',
        currency: 'KES',
        environment: 'live',
        credentials: { consumer_key: 'ck_sim_01', consumer_secret: 'cs_sim_01' },
        options,
        callbackAddress,
      },
      routeOf: ({ path }) => path.split('/').at(-2) ?? '',
      answer,
    },
    SENT_AT,
  );
}

export const granted = (token = 'token-1'): Reply => ({ body: { access_token: token, expires_in: 3600 } });

export const refused: Reply = {
  status: 401,
  body: { code: '401.001', description: 'Missing authentication credentials' },
};
