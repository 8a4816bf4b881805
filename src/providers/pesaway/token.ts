import { evidence, type Redactor } from '../kit/redaction.ts';
import type { HttpAnswer } from '../kit/http.ts';
import type { ProviderSetup } from '../port.ts';
import { lifetimeOf, TokenCache, type TokenAnswer } from '../kit/token-cache.ts';
import { isPassing } from '../kit/client.ts';
import { waitOf } from '../kit/retry-after.ts';
import { REQUESTS } from './budgets.ts';
import { classOf, evidenceCode, wireAnswer, type WireAnswer } from './envelope.ts';
import type { Settings } from './settings.ts';
import { tokenRequest, type WireRequest } from './wire.ts';

/** What buying a token needs of the line that it is bought over. */
export interface TokenLine {
  readonly setup: ProviderSetup;
  readonly settings: Settings;
  readonly redactor: Redactor;
  send(request: WireRequest, token: null, timeoutMs: number): Promise<HttpAnswer>;
}

const TRIES = 3;
const TRY_PAUSE_MS = 500;

export function pesawayTokens(line: TokenLine): TokenCache {
  return new TokenCache({
    clock: line.setup.clock,
    renewalMs: line.settings.tokenRenewalMs,
    fetch: () => authorize(line),
  });
}

/** Fetching a token moves no money, so what failed in passing is tried again here. There is no refresh: it is asked for again. */
async function authorize(line: TokenLine): Promise<TokenAnswer> {
  const { callBudgets, clock, credentials } = line.setup;
  const { requestTimeoutMs } = line.settings;
  for (let tries = 1; ; tries++) {
    const answer = await callBudgets.spend(REQUESTS, () =>
      line.send(tokenRequest(credentials), null, requestTimeoutMs),
    );
    const reading = read(answer, line);
    if (tries >= TRIES || reading.kind !== 'unreachable' || !isPassing(answer)) return reading;
    await clock.sleep(TRY_PAUSE_MS * tries);
  }
}

function read(answer: HttpAnswer, line: TokenLine): TokenAnswer {
  if (answer.kind !== 'answer') return { kind: 'unreachable', evidence: evidence(answer.code, answer.reason) };
  const wire = wireAnswer(answer);
  const kind = classOf(wire);
  return kind >= 200 && kind < 300 ? granted(wire, line) : refused(wire, answer.headers, line);
}

function granted(wire: WireAnswer, { settings, redactor }: TokenLine): TokenAnswer {
  // Its name and its place differ between the ages; this order is the sheet's.
  const value = tokenIn(wire);
  if (value === null) {
    const reason = 'PesaWay answered the request for a token with none.';
    return { kind: 'unreachable', evidence: evidence(evidenceCode(wire), reason) };
  }
  redactor.learn(value);
  // The newest answer tells an end (`expires_at`) in place of a lifetime; a token that dies sooner is refused and renewed.
  return { kind: 'token', value, lifetimeMs: lifetimeOf(wire.field('expires_in'), settings.tokenLifetimeMs) };
}

function tokenIn(wire: WireAnswer): string | null {
  const value = wire.field('access_token') ?? wire.inner('token') ?? wire.field('token');
  return value !== null && /^[\x21-\x7e]+$/.test(value) ? value : null;
}

function refused(wire: WireAnswer, headers: Headers, { setup, settings, redactor }: TokenLine): TokenAnswer {
  const { account, clock } = setup;
  const said = redactor.clause(wire.words);
  const code = evidenceCode(wire);
  const where = `accounts.${account}.credentials.consumer_key and consumer_secret`;
  const kind = classOf(wire);
  if (kind === 400 || kind === 401 || kind === 403) {
    const region = settings.generation === 3 ? ', and options.region' : '';
    const reason = `PesaWay does not accept the credentials of account ${account}${said}. Check ${where}, that they are those of this environment${region}.`;
    return { kind: 'stop', evidence: evidence(code, reason) };
  }
  if (kind === 429) {
    const waitMs = waitOf(headers, clock.now());
    const reason = `PesaWay gives out no tokens for the moment: too many requests${said}.`;
    return { kind: 'throttled', evidence: evidence(code, reason), ...(waitMs === undefined ? {} : { waitMs }) };
  }
  if (kind >= 300 && kind < 500) {
    // Neither documented nor passing: another address answers so, again and again.
    const reason = `PesaWay answered the request for a token with ${code}${said}. Check accounts.${account}.endpoint: scheme and host, without /api/v1.`;
    return { kind: 'stop', evidence: evidence(code, reason) };
  }
  const reason = `PesaWay cannot give out tokens now (${code})${said}.`;
  return { kind: 'unreachable', evidence: evidence(code, reason) };
}
