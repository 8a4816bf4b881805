import type { HttpAnswer, WholeAnswer } from '../kit/http.ts';
import { isPassing, repeatHarmless, TokenClient } from '../kit/client.ts';
import { evidence, stopped, throttledBy, unreachable } from '../kit/outcomes.ts';
import type { Redactor } from '../kit/redaction.ts';
import { TokenCache, type TokenAnswer } from '../kit/token-cache.ts';
import { tokensOf } from '../kit/token-store.ts';
import type { ProviderSetup } from '../port.ts';
import { adviceOf, codeMeaning, mpesaOpenapiEvidenceCode, isSessionRefused } from './answers.ts';
import type { MpesaOpenapiSettings } from './settings.ts';
import { bearerOf, platformKey, type PlatformKey } from './signature.ts';
import { sessionRequest, mpesaOpenapiWireAnswer, type MpesaOpenapiWireAnswer } from './wire.ts';

/** The budget of every request of an account: payouts, queries and sessions. */
export const MPESA_OPENAPI_REQUESTS = 'requests';

/** What the requests for sessions of one account need. */
export interface SessionContext {
  readonly setup: ProviderSetup;
  readonly settings: MpesaOpenapiSettings;
  readonly redactor: Redactor;
}

export const SESSION_ENDED = evidence('session', 'The session had ended; a new one is fetched.');

/**
 * The sessions of one account; the value of each token is its bearer, encrypted once. A session that works is used on while the
 * next becomes active. Whether a new one ends the old one is not published: if it does, the refusal leads to the new one.
 */
export function openSessions(context: SessionContext): TokenCache {
  const { setup, settings } = context;
  const key = platformKey(setup.credentials['public_key'] ?? '');
  const { api_key: apiKey = '', public_key: publicKey = '' } = setup.credentials;
  const { market, origin } = settings;
  const buyer = ['mpesa-openapi', setup.environment ?? 'live', market.path, origin, apiKey, publicKey];
  return new TokenCache({
    clock: setup.clock,
    renewalMs: settings.sessionRenewalMs,
    shared: tokensOf(setup, buyer, context.redactor),
    fetch: () => fetchSession(context, key),
  });
}

export function openClient(setup: ProviderSetup, sessions: TokenCache): TokenClient {
  return new TokenClient({ ...setup, tokens: sessions, tokenCheck: checkSession, ended: SESSION_ENDED });
}

function checkSession(answer: WholeAnswer): 'accepted' | 'refused' | 'unclear' {
  if (isSessionRefused(answer)) return 'refused';
  // An answer with a response code proves that the session was accepted; one without a code may come from a gateway.
  return mpesaOpenapiWireAnswer(answer).code === '' ? 'unclear' : 'accepted';
}

/** A request for a session moves no money, so a failure that may pass is tried again here. */
async function fetchSession(context: SessionContext, platform: PlatformKey): Promise<TokenAnswer> {
  const { setup, settings, redactor } = context;
  const { account, credentials, http, callBudgets, clock } = setup;
  if (!platform.ok) {
    return stopped(
      'public-key',
      `accounts.${account}.credentials.public_key ${platform.fault}. Copy the platform's public key of this environment from the portal.`,
    );
  }
  // Stray blanks of a secret file are no part of the key.
  const bearer = bearerOf(credentials['api_key']?.trim() ?? '', platform.key);
  if (bearer === null) {
    return stopped(
      'api-key',
      `accounts.${account}.credentials.api_key is too long for a key of M-Pesa. Copy it again from the portal.`,
    );
  }
  redactor.learn(bearer);
  const send = (): Promise<HttpAnswer> =>
    callBudgets.spend(MPESA_OPENAPI_REQUESTS, () => http.send(sessionRequest(setup, settings, bearer)));
  return sessionAnswer(await repeatHarmless(clock, send, mpesaOpenapiMayPass), context, platform);
}

/** The documentation says to try the creation of a session again when these codes come. */
function mpesaOpenapiMayPass(answer: HttpAnswer): boolean {
  return (
    isPassing(answer) || (answer.kind === 'answer' && /^INS-(1|9|16|989)$/.test(mpesaOpenapiWireAnswer(answer).code))
  );
}

/** What the answer to `getSession` means (docs/providers/mpesa-openapi.md, section 3.3). */
function sessionAnswer(
  answer: HttpAnswer,
  context: SessionContext,
  platform: Extract<PlatformKey, { ok: true }>,
): TokenAnswer {
  const { account } = context.setup;
  if (answer.kind !== 'answer') {
    return answer.code === 'invalid-request'
      ? stopped(answer.code, `No request can carry accounts.${account}.options.origin.`)
      : unreachable(answer);
  }
  const wire = mpesaOpenapiWireAnswer(answer);
  if (wire.code === '') return codelessAnswer(answer, context);
  return wire.code === 'INS-0' ? grantedSession(wire, context, platform) : refusedSession(wire, context);
}

function grantedSession(
  wire: MpesaOpenapiWireAnswer,
  { settings, redactor }: SessionContext,
  { key }: Extract<PlatformKey, { ok: true }>,
): TokenAnswer {
  const session = wire.field('output_SessionID');
  if (session !== null) redactor.learn(session);
  const value = session === null ? null : bearerOf(session, key);
  if (value === null) {
    const requestId = redactor.id(wire.field('output_ConversationID'));
    const reason = 'M-Pesa answered the request for a session with none.';
    return { kind: 'unreachable', evidence: evidence(mpesaOpenapiEvidenceCode(wire.code), reason, { requestId }) };
  }
  redactor.learn(value);
  return { kind: 'token', value, lifetimeMs: settings.sessionLifetimeMs, activationMs: settings.activationDelayMs };
}

function refusedSession(wire: MpesaOpenapiWireAnswer, { setup: { account }, redactor }: SessionContext): TokenAnswer {
  const ids = { requestId: redactor.id(wire.field('output_ConversationID')) };
  const clause = redactor.clause(wire.words);
  const code = mpesaOpenapiEvidenceCode(wire.code);
  if (wire.code === 'INS-989') {
    const reason = `M-Pesa makes no session for account ${account}${clause}. Check ${settingsOf(account)}`;
    return { kind: 'stop', evidence: evidence(code, reason, ids) };
  }
  const meaning = codeMeaning(wire.code);
  switch (meaning.kind) {
    case 'stop': {
      const reason = `${meaning.text}${clause}.${adviceOf(meaning, account)}`;
      return { kind: 'stop', evidence: evidence(code, reason, ids) };
    }
    case 'failed':
    case 'unknown': {
      const reason = `M-Pesa makes no session for the moment${clause}.`;
      return { kind: 'unreachable', evidence: evidence(code, reason, ids) };
    }
  }
}

function codelessAnswer(answer: WholeAnswer, { setup: { account, clock } }: SessionContext): TokenAnswer {
  const { status } = answer;
  const code = String(status);
  if (status === 401 || status === 403) {
    return stopped(code, `M-Pesa does not accept the credentials of account ${account}. Check ${settingsOf(account)}`);
  }
  if (status === 429) {
    const reason = 'M-Pesa gives out no more sessions for the moment: too many requests.';
    return throttledBy(answer, clock.now(), evidence(code, reason));
  }
  if (status >= 500 || status < 300) {
    return unreachable({ code, reason: `M-Pesa cannot give out sessions now (${status}).` });
  }
  // Another address, or a closed application: the same answer would come again and again.
  return stopped(
    code,
    `M-Pesa answered the request for a session with ${status}. Check accounts.${account}.endpoint, environment and options.market.`,
  );
}

function settingsOf(account: string): string {
  return `accounts.${account}.credentials.api_key and public_key (both of this environment), and options.origin.`;
}
