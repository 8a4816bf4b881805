import { sellapay } from '../../../src/providers/index.ts';
import { scriptedAccount, type Reply, type ReceivedRequest, type ScriptedAccount } from '../scripted.ts';

/** A Sellapay account whose server answers by route: `authorize`, `getBalance`, `sendFundsToMobile`, … */
export function scripted(
  answer: (route: string, times: number, request: ReceivedRequest) => Reply | Promise<Reply>,
  options: Record<string, unknown> = {},
  credentials: Record<string, string> = { api_key: 'the-api-key', api_secret: 'the-api-secret' },
): Promise<ScriptedAccount> {
  return scriptedAccount({
    definition: sellapay,
    setup: { account: 'salaries', currency: 'KES', credentials, options },
    basePath: '/api/v1',
    routeOf: ({ path }) => path.split('/').at(-1) ?? '',
    answer,
  });
}

export const granted = (token = 'token-one', more: object = {}): Reply => ({
  body: { message: 'User authorized', account: 'acctSIM0001', access_token: token, expires_in: 3600, ...more },
});

export const refusedToken: Reply = {
  status: 401,
  body: { error: 'Invalid or expired access token', message: 'Please re-authorize to get a new token' },
};

export const completed: Reply = { body: { status: 'completed', transaction_id: 'TXN-1' } };
