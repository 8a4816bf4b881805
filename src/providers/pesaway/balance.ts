import { PAUSES_AFTER_TOKEN_MS, repeatHarmless } from '../kit/client.ts';
import { wholeMinor } from '../kit/json.ts';
import { unreachable } from '../kit/outcomes.ts';
import type { BalanceResult } from '../port.ts';
import type { CallAnswer, PesawayClient } from './client.ts';
import { pesawayBalanceRequest, classOf, pesawayEvidenceCode } from './wire.ts';

/** Queries what can be paid out now. The query moves no money, so a failure that may pass is followed by another query. */
export async function queryPesawayBalance(client: PesawayClient): Promise<BalanceResult> {
  const call = (): Promise<CallAnswer> => client.call(pesawayBalanceRequest(client.settings));
  return pesawayBalanceOf(
    await repeatHarmless(client.setup.clock, call, pesawayMayPass, PAUSES_AFTER_TOKEN_MS),
    client,
  );
}

/** A token that ended, a lost answer, a fault inside PesaWay. */
function pesawayMayPass(answer: CallAnswer): boolean {
  switch (answer.kind) {
    case 'throttled':
      return answer.waitMs === 0;
    case 'lost':
      return true;
    case 'answer':
      return answer.wire.status >= 500;
    case 'unreachable':
    case 'stop':
      return false;
  }
}

function pesawayBalanceOf(answer: CallAnswer, { settings, redactor }: PesawayClient): BalanceResult {
  if (answer.kind === 'lost') return unreachable(answer.evidence);
  if (answer.kind !== 'answer') return answer;
  const { wire } = answer;
  const { currency } = settings.region;
  const kind = classOf(wire);
  if (kind >= 200 && kind < 300 && wire.status < 300) {
    // Reserved money leaves with unfinished payments, and uncleared money cannot be used.
    const availableMinor = wholeMinor(wire.field('available') ?? '', settings.decimals);
    if (availableMinor !== null) return { kind: 'balance', availableMinor, currency };
    const reason = 'PesaWay answered the request for the balance with something else.';
    return unreachable({ code: 'unreadable', reason });
  }
  const code = pesawayEvidenceCode(wire);
  return unreachable({ code, reason: `PesaWay does not tell the balance (${code})${redactor.clause(wire.words)}.` });
}
