import { evidence } from '../kit/redaction.ts';
import { decimalMinor } from '../kit/json.ts';
import type { BalanceResult } from '../port.ts';
import { classOf, evidenceCode } from './envelope.ts';
import type { Asked, Line } from './line.ts';
import { balanceRequest } from './wire.ts';

const TRIES = 3;
const TRY_PAUSE_MS = 500;

/** Reads what can be paid out now. Asking moves nothing, so what failed in passing is asked again. */
export async function askBalance(line: Line): Promise<BalanceResult> {
  for (let tries = 1; ; tries++) {
    const asked = await line.ask(balanceRequest(line.settings));
    if (tries >= TRIES || !mayPass(asked)) return balanceReading(asked, line);
    await line.setup.clock.sleep(TRY_PAUSE_MS * (tries - 1));
  }
}

/** A token that died, a lost answer, an accident at PesaWay's. */
function mayPass(asked: Asked): boolean {
  switch (asked.kind) {
    case 'throttled':
      return asked.waitMs === 0;
    case 'lost':
      return true;
    case 'answer':
      return asked.wire.status >= 500;
    case 'unreachable':
    case 'stop':
      return false;
  }
}

function balanceReading(asked: Asked, { settings, redactor }: Line): BalanceResult {
  if (asked.kind === 'lost') return { kind: 'unreachable', evidence: asked.evidence };
  if (asked.kind !== 'answer') return asked;
  const { wire } = asked;
  const { currency } = settings.region;
  const kind = classOf(wire);
  if (kind >= 200 && kind < 300 && wire.status < 300) {
    // What is reserved leaves with unfinished payments, and what is uncleared cannot be used.
    const availableMinor = floorMinor(wire.field('available') ?? '', settings.decimals);
    if (availableMinor !== null) return { kind: 'balance', availableMinor, currency };
    const reason = 'PesaWay answered the request for the balance with something else.';
    return { kind: 'unreachable', evidence: evidence('unreadable', reason) };
  }
  const code = evidenceCode(wire);
  const reason = `PesaWay does not tell the balance (${code})${redactor.clause(wire.words)}.`;
  return { kind: 'unreachable', evidence: evidence(code, reason) };
}

/** A fraction of the smallest unit cannot be paid out. */
function floorMinor(text: string, decimals: number): bigint | null {
  const [integer = '', fraction = ''] = text.split('.', 2);
  return (
    decimalMinor(text, decimals) ??
    decimalMinor(`${integer}.${fraction.slice(0, decimals)}`.replace(/\.$/, ''), decimals)
  );
}
