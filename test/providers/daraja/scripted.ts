import { daraja } from '../../../src/providers/index.ts';
import { scriptedAccount, SCRIPT_START, type Reply, type ReceivedRequest, type ScriptedAccount } from '../scripted.ts';
import { ADDRESS, CREDENTIALS, REFERENCE } from './payments.ts';

export interface DarajaScript {
  /** By path; a token comes by itself where this has none. */
  readonly answer: (path: string, times: number, request: ReceivedRequest) => Reply | null | Promise<Reply>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly callbackAddress?: string | null;
  /** What comes to a segment that is waited for; null for nothing. */
  readonly callback?: (segment: string) => unknown;
}

export interface DarajaAccount extends ScriptedAccount {
  /** Segments that a callback was waited for at. */
  readonly waited: string[];
}

/** A Daraja account in front of a server that answers what the test says. */
export async function scripted(script: DarajaScript): Promise<DarajaAccount> {
  const waited: string[] = [];
  const wait = (segment: string) => {
    waited.push(segment);
    const body = script.callback?.(segment) ?? null;
    if (body === null) return Promise.resolve(null);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return Promise.resolve({ segment, body: text, receivedAt: SCRIPT_START });
  };
  const account = await scriptedAccount({
    definition: daraja,
    setup: {
      account: 'salaries',
      currency: 'KES',
      credentials: script.credentials ?? CREDENTIALS,
      options: { shortcode: '600981', ...script.options },
      callbackAddress: script.callbackAddress === undefined ? ADDRESS : script.callbackAddress,
      callbackWaiter: { wait },
    },
    routeOf: ({ path }) => path.replace(/\?.*/, ''),
    answer: async (path, times, request) =>
      (await script.answer(path, times, request)) ?? granted(`token-number-${times + 1}`),
  });
  return { ...account, waited };
}

export type RequestFields = Omit<ReceivedRequest, 'body'> & { readonly body: Readonly<Record<string, string>> };

/** The newest request with the fields of its body. */
export function lastOf(received: readonly ReceivedRequest[]): RequestFields {
  const last = received.at(-1);
  if (last === undefined) throw new Error('nothing was sent');
  return { ...last, body: last.body === '' ? {} : (JSON.parse(last.body) as Record<string, string>) };
}

export const granted = (token = 'token-number-1', more: object = {}): Reply => ({
  status: 200,
  body: { access_token: token, expires_in: '3599', ...more },
});

export const accepted = (more: object = {}): Reply => ({
  status: 200,
  body: {
    ConversationID: 'AG_20250612_2010455ad0b1c7e94f21',
    OriginatorConversationID: REFERENCE,
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
    ...more,
  },
});

export const refused = (status: number, errorCode: string, errorMessage = 'said by Daraja'): Reply => ({
  status,
  body: { requestId: '7d20-4c1e', errorCode, errorMessage },
});
