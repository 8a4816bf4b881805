import { evidence } from '../kit/redaction.ts';
import { decimalMinor } from '../kit/json.ts';
import type { BalanceResult, SubBalance } from '../port.ts';
import { askByCallback } from './asking.ts';
import type { Session } from './session.ts';
import type { ResultMessage } from './envelope.ts';
import type { Settings } from './settings.ts';
import { balanceRequest } from './wire.ts';

const TRIES = 2;

/** Asks for the balance, which comes by callback too. A token that died meanwhile costs one more question. */
export async function askBalance(session: Session): Promise<BalanceResult> {
  for (let tries = 1; ; tries++) {
    const readiness = await session.prepare();
    if (readiness.kind !== 'ready') return readiness;
    // The time beside the chance: an answer that was stored for another question must not be taken for this one's.
    const nonce = session.setup.clock.now().toString(16) + hexDigits(session.setup.random, 16);
    const answerTo = { kind: 'b', nonce } as const;
    const sender = session.sender(answerTo, { kind: 'v', nonce });
    const result = await askByCallback(
      session,
      balanceRequest(session.settings, sender),
      session.segments.write(answerTo),
    );
    if (result.kind === 'throttled' && result.waitMs === 0 && tries < TRIES) continue;
    switch (result.kind) {
      case 'heard':
        return balanceReading(result.message, session);
      case 'silent':
        return unreachable('no-answer', 'Daraja took the question for the balance and has not answered yet.');
      case 'refused':
        return { kind: 'unreachable', evidence: result.evidence };
      case 'throttled':
      case 'unreachable':
      case 'stop':
        return result;
    }
  }
}

function balanceReading(message: ResultMessage | null, { settings, redactor }: Session): BalanceResult {
  if (message?.code !== '0') {
    const said = redactor.clause(message?.description ?? '');
    return unreachable('no-balance', `Daraja does not tell the balance${said}.`);
  }
  return (
    availableOf(message.parameters.get('AccountBalance') ?? '', settings) ??
    unreachable('unreadable', 'Daraja answered the question for the balance with something else.')
  );
}

/** Accounts joined by `&`, their fields by `|`: name, currency, current, available, and two more [assumed]. */
function availableOf(text: string, { balanceAccount }: Settings): BalanceResult | null {
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

function unreachable(code: string, reason: string): BalanceResult {
  return { kind: 'unreachable', evidence: evidence(code, reason) };
}

function hexDigits(random: () => number, count: number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('');
}
