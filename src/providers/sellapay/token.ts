import type { Clock } from '../../domain/clock.ts';
import type { CallBudgets } from '../../domain/call-budgets.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import type { Http, HttpAnswer } from '../kit/http.ts';
import { parseObject, scalarText } from '../kit/json.ts';
import { lifetimeOf, TokenCache, type TokenAnswer } from '../kit/token-cache.ts';
import { isPassing } from '../kit/client.ts';
import { noteRateHeaders, waitOf } from '../kit/retry-after.ts';
import { AUTHORIZE } from './budgets.ts';
import { envelopeWords } from './envelope.ts';
import type { Settings } from './settings.ts';

export interface TokenSetup {
  readonly account: string;
  readonly endpoint: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly http: Http;
  readonly clock: Clock;
  readonly callBudgets: CallBudgets;
}

const LIFETIME_MS_DEFAULT = 3_600_000;

const TRIES = 3;
const TRY_PAUSE_MS = 500;

export function sellapayTokens(setup: TokenSetup, settings: Settings, redactor: Redactor): TokenCache {
  return new TokenCache({
    clock: setup.clock,
    renewalMs: settings.tokenRenewalMs,
    fetch: () => authorize(setup, settings, redactor),
  });
}

/** Fetching a token moves no money, so what failed in passing is tried again here. */
async function authorize(setup: TokenSetup, settings: Settings, redactor: Redactor): Promise<TokenAnswer> {
  for (let tries = 1; ; tries++) {
    const answer = await setup.callBudgets.spend(AUTHORIZE, () => request(setup, settings));
    const reading = read(answer, setup, redactor);
    if (tries >= TRIES || !isPassing(answer)) return reading;
    await setup.clock.sleep(TRY_PAUSE_MS * tries);
  }
}

function request({ endpoint, credentials, http }: TokenSetup, settings: Settings): Promise<HttpAnswer> {
  return http.send({
    method: 'POST',
    url: `${endpoint}/authorize`,
    headers: {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'X-API-KEY': credentials['api_key'] ?? '',
      'X-API-SECRET': credentials['api_secret'] ?? '',
    },
    body: '{}',
    timeoutMs: settings.requestTimeoutMs,
  });
}

function read(answer: HttpAnswer, { account, clock, callBudgets }: TokenSetup, redactor: Redactor): TokenAnswer {
  const where = `accounts.${account}.credentials.api_key and api_secret`;
  if (answer.kind !== 'answer') {
    // Only the credentials of this request are not ours.
    return answer.code === 'invalid-request'
      ? { kind: 'stop', evidence: evidence(answer.code, `No request can carry ${where}: line breaks in them?`) }
      : { kind: 'unreachable', evidence: evidence(answer.code, answer.reason) };
  }
  const { status, headers } = answer;
  noteRateHeaders(callBudgets, AUTHORIZE, headers, clock.now());
  const body = parseObject(answer.body);
  const said = redactor.clause(envelopeWords(body));
  const requestId = redactor.id(headers.get('x-request-id'));
  const because = (reason: string): ReturnType<typeof evidence> => evidence(String(status), reason, { requestId });
  if (status === 200) {
    const value = body?.['access_token'];
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      return { kind: 'unreachable', evidence: because('Sellapay answered the request for a token with none.') };
    }
    redactor.learn(value);
    return { kind: 'token', value, lifetimeMs: lifetimeOf(scalarText(body?.['expires_in']), LIFETIME_MS_DEFAULT) };
  }
  if (status === 400 || status === 401) {
    return {
      kind: 'stop',
      evidence: because(`Sellapay does not accept the credentials of account ${account}${said}. Check ${where}.`),
    };
  }
  if (status === 429) {
    const waitMs = waitOf(headers, clock.now());
    const reason = 'Sellapay gives out no more tokens for the moment: too many requests from this address.';
    return { kind: 'throttled', evidence: because(reason), ...(waitMs === undefined ? {} : { waitMs }) };
  }
  if (status >= 500) {
    return { kind: 'unreachable', evidence: because(`Sellapay cannot give out tokens now (${status})${said}.`) };
  }
  // Neither documented nor passing: another address or a closed account answers so, again and again.
  const reason = `Sellapay answered the request for a token with ${status}${said}. Check accounts.${account}.endpoint.`;
  return { kind: 'stop', evidence: because(reason) };
}
