import { PAUSES_AFTER_TOKEN_MS, repeatHarmless } from '../kit/client.ts';
import { decimalMinor } from '../kit/json.ts';
import { unreachable } from '../kit/outcomes.ts';
import type { BalanceResult, SubBalance } from '../port.ts';
import type { CallbackAnswer, DarajaClient } from './client.ts';
import type { DarajaSettings } from './settings.ts';
import { darajaBalanceRequest, type ResultMessage } from './wire.ts';

/** Queries the balance, which comes by callback too. A token that ended meanwhile costs one more request. */
export async function queryDarajaBalance(client: DarajaClient): Promise<BalanceResult> {
  const { clock } = client.setup;
  const answer = await repeatHarmless(
    clock,
    () => balanceCall(client),
    isTokenEnded,
    PAUSES_AFTER_TOKEN_MS.slice(0, 1),
  );
  switch (answer.kind) {
    case 'answered':
      return darajaBalanceOf(answer.message, client);
    case 'no-answer':
      return unreachable({
        code: 'no-answer',
        reason: 'Daraja took the question for the balance and has not answered yet.',
      });
    case 'refused':
      return unreachable(answer);
    case 'throttled':
    case 'unreachable':
    case 'stop':
      return answer;
  }
}

function balanceCall(client: DarajaClient): Promise<CallbackAnswer> {
  const { clock, random } = client.setup;
  // The time beside the chance: an answer that was stored for another query must not be taken for this one's.
  const nonce = clock.now().toString(16) + hexDigits(random, 16);
  return client.call({ kind: 'b', nonce }, { kind: 'v', nonce }, (sender) =>
    darajaBalanceRequest(client.settings, sender),
  );
}

function isTokenEnded(answer: CallbackAnswer): boolean {
  return answer.kind === 'throttled' && answer.waitMs === 0;
}

function darajaBalanceOf(message: ResultMessage | null, { settings, redactor }: DarajaClient): BalanceResult {
  if (message?.code !== '0') {
    const words = redactor.clause(message?.description ?? '');
    return unreachable({ code: 'no-balance', reason: `Daraja does not tell the balance${words}.` });
  }
  return (
    availableOf(message.parameters.get('AccountBalance') ?? '', settings) ??
    unreachable({ code: 'unreadable', reason: 'Daraja answered the question for the balance with something else.' })
  );
}

/** Accounts joined by `&`, their fields by `|`: name, currency, current, available, and two more [assumed]. */
function availableOf(text: string, { balanceAccount }: DarajaSettings): BalanceResult | null {
  const available = new Map<string, bigint>();
  for (const account of text.split('&')) {
    const [name = '', currency = '', , amount = ''] = account.split('|').map((field) => field.trim());
    const minor = decimalMinor(amount, 2);
    if (minor !== null && currency === 'KES') available.set(name.toLowerCase(), minor);
  }
  const utility = available.get('utility account');
  const working = available.get('working account');
  const availableMinor = balanceAccount === 'utility' ? utility : working;
  if (availableMinor === undefined) return null;
  const subBalances: SubBalance[] = [];
  if (utility !== undefined) subBalances.push({ kinds: ['mobile'], availableMinor: utility });
  if (working !== undefined) subBalances.push({ kinds: ['paybill', 'till'], availableMinor: working });
  return { kind: 'balance', availableMinor, currency: 'KES', subBalances };
}

function hexDigits(random: () => number, count: number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('');
}
