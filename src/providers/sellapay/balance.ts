import { currencyDecimals } from '../../domain/money.ts';
import type { HttpAnswer } from '../kit/http.ts';
import type { BalanceResult, ProviderSetup } from '../port.ts';
import { BUSINESS } from './budgets.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import { envelopeWords } from './envelope.ts';
import { decimalMinor, isObject, parseObject, scalarText } from '../kit/json.ts';
import { isPassing } from '../kit/client.ts';
import { noteRateHeaders, waitOf } from '../kit/retry-after.ts';
import type { Settings } from './settings.ts';
import type { Token, TokenCache } from '../kit/token-cache.ts';

const TRIES = 3;
const TRY_PAUSE_MS = 500;

/** Reads the balance. Asking moves nothing, so what failed in passing is asked again. */
export async function askBalance(
  setup: ProviderSetup,
  settings: Settings,
  tokens: TokenCache,
  redactor: Redactor,
): Promise<BalanceResult> {
  const { clock, callBudgets, account } = setup;
  for (let tries = 1; ; tries++) {
    const readiness = await tokens.prepare();
    if (readiness.kind !== 'ready') return readiness;
    const token = tokens.current();
    if (token === null) {
      // Refused to somebody else in this very moment; the next turn fetches another.
      if (tries < TRIES) continue;
      return { kind: 'unreachable', evidence: evidence('token', 'Sellapay refuses its own tokens.') };
    }
    const answer = await callBudgets.spend(BUSINESS, () => request(setup, settings, token));
    if (answer.kind === 'answer') {
      noteRateHeaders(callBudgets, BUSINESS, answer.headers, clock.now());
      if (answer.status !== 401) tokens.accepted(token);
      else if (tokens.refuse(token)) {
        const reason = `Sellapay refuses fresh tokens of account ${account}. Check accounts.${account}.credentials.`;
        return { kind: 'stop', evidence: evidence('401', reason) };
      }
    }
    const isAgain = isPassing(answer) || (answer.kind === 'answer' && answer.status === 401);
    if (tries >= TRIES || !isAgain) return balanceReading(answer, redactor, clock.now());
    await clock.sleep(TRY_PAUSE_MS * (tries - 1));
  }
}

function request(setup: ProviderSetup, settings: Settings, token: Token): Promise<HttpAnswer> {
  return setup.http.send({
    method: 'GET',
    url: `${setup.endpoint}/getBalance`,
    headers: { Accept: 'application/json', Authorization: `Bearer ${token.value}` },
    timeoutMs: settings.requestTimeoutMs,
  });
}

/** What an answer to `/getBalance` says. Nothing here can have moved money. */
function balanceReading(answer: HttpAnswer, redactor: Redactor, now: number): BalanceResult {
  if (answer.kind !== 'answer') return { kind: 'unreachable', evidence: evidence(answer.code, answer.reason) };
  const body = parseObject(answer.body);
  const requestId = redactor.id(answer.headers.get('x-request-id'));
  const because = (reason: string): ReturnType<typeof evidence> =>
    evidence(String(answer.status), reason, { requestId });
  if (answer.status === 429) {
    const waitMs = waitOf(answer.headers, now);
    const turnedAway = because('Sellapay asks for a pause: too many requests.');
    return { kind: 'throttled', evidence: turnedAway, ...(waitMs === undefined ? {} : { waitMs }) };
  }
  if (answer.status !== 200) {
    const said = redactor.clause(envelopeWords(body));
    return { kind: 'unreachable', evidence: because(`Sellapay does not tell the balance (${answer.status})${said}.`) };
  }
  // Only the primary currency is money; the others look like conversions of it.
  const currency = body?.['primary_currency'];
  const decimals = typeof currency === 'string' ? currencyDecimals(currency) : undefined;
  if (typeof currency === 'string' && decimals !== undefined && isObject(body?.['balance'])) {
    const availableMinor = floorMinor(scalarText(body['balance'][currency]) ?? '', decimals);
    if (availableMinor !== null) return { kind: 'balance', availableMinor, currency };
  }
  return {
    kind: 'unreachable',
    evidence: because('Sellapay answered the request for the balance with something else.'),
  };
}

/** A fraction of a cent that a balance may have cannot be paid out. */
function floorMinor(text: string, decimals: number): bigint | null {
  return (
    decimalMinor(text, decimals) ?? decimalMinor(text.replace(new RegExp(`(\\.\\d{${decimals}})\\d+$`), '$1'), decimals)
  );
}
