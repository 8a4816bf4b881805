import type { Clock } from '../../domain/clock.ts';
import type { CallBudgets } from '../../domain/call-budgets.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import type { Http, HttpAnswer } from '../kit/http.ts';
import type { Environment } from '../port.ts';
import { TokenCache, type TokenAnswer } from '../kit/token-cache.ts';
import { isPassing } from '../kit/client.ts';
import { waitOf } from '../kit/retry-after.ts';
import { REQUESTS } from './budgets.ts';
import { adviceOf, codeMeaning, evidenceCode } from './codes.ts';
import type { Settings } from './settings.ts';
import { bearerOf, platformKey, type PlatformKey } from './signature.ts';
import { sessionRequest, wireAnswer } from './wire.ts';

export interface SessionSetup {
  readonly account: string;
  readonly endpoint: string;
  readonly environment: Environment | null;
  readonly credentials: Readonly<Record<string, string>>;
  readonly http: Http;
  readonly clock: Clock;
  readonly callBudgets: CallBudgets;
}

const TRIES = 3;
const TRY_PAUSE_MS = 500;

/**
 * The sessions of one account; the value of each token is its bearer, encrypted once. A session that works is used on while the
 * next becomes active. Whether a new one ends the old one is not published: if it does, the refusal leads to the new one.
 */
export function mpesaSessions(setup: SessionSetup, settings: Settings, redactor: Redactor): TokenCache {
  const key = platformKey(setup.credentials['public_key'] ?? '');
  return new TokenCache({
    clock: setup.clock,
    renewalMs: settings.sessionRenewalMs,
    fetch: () => authenticate(setup, settings, redactor, key),
  });
}

/** Asking for a session moves no money, so what failed in passing is tried again here. */
async function authenticate(
  setup: SessionSetup,
  settings: Settings,
  redactor: Redactor,
  platform: PlatformKey,
): Promise<TokenAnswer> {
  const { account, credentials, http, callBudgets, clock } = setup;
  if (!platform.ok) {
    const reason = `accounts.${account}.credentials.public_key ${platform.fault}. Copy the platform's public key of this environment from the portal.`;
    return { kind: 'stop', evidence: evidence('public-key', reason) };
  }
  // Stray blanks of a secret file are no part of the key.
  const bearer = bearerOf(credentials['api_key']?.trim() ?? '', platform.key);
  if (bearer === null) {
    const reason = `accounts.${account}.credentials.api_key is too long for a key of M-Pesa. Copy it again from the portal.`;
    return { kind: 'stop', evidence: evidence('api-key', reason) };
  }
  redactor.learn(bearer);
  for (let tries = 1; ; tries++) {
    const answer = await callBudgets.spend(REQUESTS, () => http.send(sessionRequest(setup, settings, bearer)));
    if (tries >= TRIES || !mayPass(answer)) return read(answer, setup, settings, redactor, platform);
    await clock.sleep(TRY_PAUSE_MS * tries);
  }
}

/** Session creation that failed is documented as something to try again. */
function mayPass(answer: HttpAnswer): boolean {
  return isPassing(answer) || (answer.kind === 'answer' && /^INS-(1|9|16|989)$/.test(wireAnswer(answer).code));
}

function read(
  answer: HttpAnswer,
  setup: SessionSetup,
  settings: Settings,
  redactor: Redactor,
  { key }: Extract<PlatformKey, { ok: true }>,
): TokenAnswer {
  if (answer.kind !== 'answer') {
    return answer.code === 'invalid-request'
      ? {
          kind: 'stop',
          evidence: evidence(answer.code, `No request can carry accounts.${setup.account}.options.origin.`),
        }
      : { kind: 'unreachable', evidence: evidence(answer.code, answer.reason) };
  }
  const wire = wireAnswer(answer);
  if (wire.code === '') return codeless(answer.status, answer.headers, setup);
  const requestId = redactor.id(wire.field('output_ConversationID'));
  const said = redactor.clause(wire.words);
  const code = evidenceCode(wire.code);
  if (wire.code === 'INS-0') {
    const session = wire.field('output_SessionID');
    if (session !== null) redactor.learn(session);
    const value = session === null ? null : bearerOf(session, key);
    if (value === null) {
      const reason = 'M-Pesa answered the request for a session with none.';
      return { kind: 'unreachable', evidence: evidence(code, reason, { requestId }) };
    }
    redactor.learn(value);
    const { sessionLifetimeMs: lifetimeMs, activationDelayMs: activationMs } = settings;
    return { kind: 'token', value, lifetimeMs, activationMs };
  }
  if (wire.code === 'INS-989') {
    const reason = `M-Pesa makes no session for account ${setup.account}${said}. Check ${places(setup.account)}`;
    return { kind: 'stop', evidence: evidence(code, reason, { requestId }) };
  }
  const meaning = codeMeaning(wire.code);
  switch (meaning.verdict) {
    case 'stop': {
      const reason = `${meaning.text}${said}.${adviceOf(meaning, setup.account)}`;
      return { kind: 'stop', evidence: evidence(code, reason, { requestId }) };
    }
    case 'failed':
    case 'unknown': {
      const reason = `M-Pesa makes no session for the moment${said}.`;
      return { kind: 'unreachable', evidence: evidence(code, reason, { requestId }) };
    }
  }
}

function codeless(status: number, headers: Headers, { account, clock }: SessionSetup): TokenAnswer {
  const code = String(status);
  if (status === 401 || status === 403) {
    const reason = `M-Pesa does not accept the credentials of account ${account}. Check ${places(account)}`;
    return { kind: 'stop', evidence: evidence(code, reason) };
  }
  if (status === 429) {
    const waitMs = waitOf(headers, clock.now());
    const reason = 'M-Pesa gives out no more sessions for the moment: too many requests.';
    return { kind: 'throttled', evidence: evidence(code, reason), ...(waitMs === undefined ? {} : { waitMs }) };
  }
  if (status >= 500 || status < 300) {
    return { kind: 'unreachable', evidence: evidence(code, `M-Pesa cannot give out sessions now (${status}).`) };
  }
  // Another address, or a closed application: it answers so again and again.
  const reason = `M-Pesa answered the request for a session with ${status}. Check accounts.${account}.endpoint, environment and options.market.`;
  return { kind: 'stop', evidence: evidence(code, reason) };
}

function places(account: string): string {
  return `accounts.${account}.credentials.api_key and public_key (both of this environment), and options.origin.`;
}
