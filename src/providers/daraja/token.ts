import type { Evidence } from '../../domain/outcome.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import type { HttpAnswer } from '../kit/http.ts';
import { parseObject, scalarText } from '../kit/json.ts';
import type { ProviderSetup } from '../port.ts';
import { lifetimeOf, TokenCache, type TokenAnswer } from '../kit/token-cache.ts';
import { isPassing } from '../kit/client.ts';
import { REQUESTS } from './budgets.ts';
import { doorAnswer, type WholeAnswer } from './door.ts';
import type { Settings } from './settings.ts';
import { TOKEN_PATH } from './wire.ts';

const LIFETIME_MS_DEFAULT = 3_600_000;

const TRIES = 3;
const TRY_PAUSE_MS = 500;

/**
 * The token of the app. A new one may end the one before, so there is one of it in one place, and an answer that refuses an older
 * one fetches none.
 */
export function darajaTokens(setup: ProviderSetup, settings: Settings, redactor: Redactor): TokenCache {
  return new TokenCache({
    clock: setup.clock,
    renewalMs: settings.tokenRenewalMs,
    fetch: () => authorize(setup, settings, redactor),
  });
}

/** Fetching a token moves no money, so what failed in passing is tried again here. */
async function authorize(setup: ProviderSetup, settings: Settings, redactor: Redactor): Promise<TokenAnswer> {
  for (let tries = 1; ; tries++) {
    const answer = await setup.callBudgets.spend(REQUESTS, () => request(setup, settings));
    const reading = read(answer, setup, settings, redactor);
    if (tries >= TRIES || reading.kind !== 'unreachable' || !isPassing(answer)) return reading;
    await setup.clock.sleep(TRY_PAUSE_MS * tries);
  }
}

function request({ endpoint, credentials, http }: ProviderSetup, settings: Settings): Promise<HttpAnswer> {
  const pair = `${credentials['consumer_key'] ?? ''}:${credentials['consumer_secret'] ?? ''}`;
  return http.send({
    method: 'GET',
    url: endpoint + TOKEN_PATH,
    headers: { Accept: 'application/json', Authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    timeoutMs: settings.requestTimeoutMs,
  });
}

function read(answer: HttpAnswer, setup: ProviderSetup, settings: Settings, redactor: Redactor): TokenAnswer {
  if (answer.kind !== 'answer') return { kind: 'unreachable', evidence: evidence(answer.code, answer.reason) };
  if (answer.status === 200) return granted(answer, redactor);
  return refused(answer, setup, settings, redactor);
}

function granted(answer: WholeAnswer, redactor: Redactor): TokenAnswer {
  const body = parseObject(answer.body);
  const value = body?.['access_token'];
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    return { kind: 'unreachable', evidence: evidence('200', 'Daraja answered the request for a token with none.') };
  }
  redactor.learn(value);
  // A number in current documents, a text in older ones.
  return { kind: 'token', value, lifetimeMs: lifetimeOf(scalarText(body?.['expires_in']), LIFETIME_MS_DEFAULT) };
}

function refused(
  answer: WholeAnswer,
  { account, clock }: ProviderSetup,
  settings: Settings,
  redactor: Redactor,
): TokenAnswer {
  const door = doorAnswer(answer, { settings, isB2b: false, now: clock.now() });
  const said = door.kind === 'accepted' ? '' : redactor.clause(door.words);
  const stop = (code: string, reason: string): TokenAnswer => ({ kind: 'stop', evidence: evidence(code, reason) });
  const where = `accounts.${account}.credentials.consumer_key and consumer_secret`;
  switch (door.kind) {
    case 'busy': {
      const pause: Evidence = evidence(door.code, `Daraja gives out no tokens for the moment${said}.`);
      return { kind: 'throttled', evidence: pause, ...(door.waitMs === undefined ? {} : { waitMs: door.waitMs }) };
    }
    case 'account':
      return stop(door.code, `Daraja gives account ${account} no token: it ${door.why}${said}.`);
    case 'token':
    case 'payment':
    case 'duplicate':
    case 'accepted':
    case 'doubt':
      break;
  }
  const { status } = answer;
  // A wrong key or secret is answered with 400 and nothing else.
  if (status === 400 || status === 401) {
    return stop(
      String(status),
      `Daraja does not accept the credentials of account ${account}${said}. Check ${where}, and that they are those of this environment.`,
    );
  }
  if (status >= 500) {
    const reason = `Daraja cannot give out tokens now (${status})${said}.`;
    return { kind: 'unreachable', evidence: evidence(String(status), reason) };
  }
  // Neither documented nor passing: another address answers so, again and again.
  return stop(
    String(status),
    `Daraja answered the request for a token with ${status}${said}. Check accounts.${account}.endpoint.`,
  );
}
