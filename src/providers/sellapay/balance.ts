import { currencyDecimals } from '../../domain/money.ts';
import { isPassing, PAUSES_AFTER_TOKEN_MS, repeatHarmless } from '../kit/client.ts';
import type { HttpAnswer, WholeAnswer } from '../kit/http.ts';
import { isObject, parseObject, scalarText, wholeMinor } from '../kit/json.ts';
import { evidence, stopped, throttledBy, unreachable } from '../kit/outcomes.ts';
import type { BalanceResult } from '../port.ts';
import { sellapayErrorWords } from './answers.ts';
import type { SellapayClient } from './client.ts';

type Call = Awaited<ReturnType<SellapayClient['get']>>;

/** Queries the balance. The query moves no money, so a failure that may pass is followed by another query. */
export async function querySellapayBalance(client: SellapayClient): Promise<BalanceResult> {
  const { clock, account } = client.setup;
  const call = await repeatHarmless(clock, () => client.get('/getBalance'), sellapayMayPass, PAUSES_AFTER_TOKEN_MS);
  if (call.kind !== 'sent') return call;
  if (call.isRefusedAgain) {
    const reason = `Sellapay refuses fresh tokens of account ${account}. Check accounts.${account}.credentials.`;
    return stopped('401', reason);
  }
  return sellapayBalanceOf(call.answer, client);
}

/** A token that ended, a lost answer, a fault inside Sellapay. */
function sellapayMayPass(call: Call): boolean {
  if (call.kind === 'sent') return isPassing(call.answer) || (call.token === 'refused' && !call.isRefusedAgain);
  return call.kind === 'throttled' && call.waitMs === 0;
}

function sellapayBalanceOf(answer: HttpAnswer, { redactor, setup }: SellapayClient): BalanceResult {
  if (answer.kind !== 'answer') return unreachable(answer);
  const { status, headers } = answer;
  const requestId = redactor.id(headers.get('x-request-id'));
  const because = (reason: string): ReturnType<typeof evidence> => evidence(String(status), reason, { requestId });
  if (status === 429) {
    return throttledBy(answer, setup.clock.now(), because('Sellapay asks for a pause: too many requests.'));
  }
  if (status !== 200) {
    const words = redactor.clause(sellapayErrorWords(parseObject(answer.body)));
    return { kind: 'unreachable', evidence: because(`Sellapay does not tell the balance (${status})${words}.`) };
  }
  return (
    primaryBalance(answer) ?? {
      kind: 'unreachable',
      evidence: because('Sellapay answered the request for the balance with something else.'),
    }
  );
}

/** Only the primary currency is money; amounts in other currencies look like conversions of the balance. */
function primaryBalance(answer: WholeAnswer): BalanceResult | null {
  const body = parseObject(answer.body);
  const currency = body?.['primary_currency'];
  const decimals = typeof currency === 'string' ? currencyDecimals(currency) : undefined;
  if (typeof currency !== 'string' || decimals === undefined || !isObject(body?.['balance'])) return null;
  const availableMinor = wholeMinor(scalarText(body['balance'][currency]) ?? '', decimals);
  return availableMinor === null ? null : { kind: 'balance', availableMinor, currency };
}
