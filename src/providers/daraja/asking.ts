import { evidence } from '../kit/redaction.ts';
import { parseObject } from '../kit/json.ts';
import type { Readiness } from '../port.ts';
import type { Evidence } from '../../domain/outcome.ts';
import { REQUESTS } from './budgets.ts';
import { TOKEN_GONE, type Session } from './session.ts';
import type { DoorAnswer } from './door.ts';
import { resultMessage, type ResultMessage } from './envelope.ts';
import { isInitiatorTrouble, resultMeaning } from './result-codes.ts';
import type { WireRequest } from './wire.ts';

/** What became of a question that Daraja answers by callback. Nothing of it moves money. */
export type AskResult =
  /** The body that came to the question's own address; null is one that cannot be read. */
  | { readonly kind: 'heard'; readonly message: ResultMessage | null }
  /** Taken, and no answer within the wait: it may come yet. */
  | { readonly kind: 'silent' }
  /** Refused for what it asks. */
  | { readonly kind: 'refused'; readonly evidence: Evidence }
  | Exclude<Readiness, { readonly kind: 'ready' }>;

/** Sends one question and waits a moment for its answer, which any process of ours may receive. */
export async function askByCallback(session: Session, request: WireRequest, segment: string): Promise<AskResult> {
  const { setup, settings, tokens } = session;
  const unfit = session.unfit();
  if (unfit !== null) return unfit;
  const token = tokens.current();
  if (token === null) return TOKEN_GONE;
  const answer = await setup.callBudgets.spend(REQUESTS, () => session.send(request, token, settings.requestTimeoutMs));
  if (answer.kind !== 'answer') return { kind: 'unreachable', evidence: evidence(answer.code, answer.reason) };
  const { door, tokenHopeless } = session.heard(answer, token, false);
  if (door.kind !== 'accepted') return unasked(door, session, tokenHopeless);
  const stored = (await setup.callbackWaiter?.wait(segment, settings.queryWaitMs)) ?? null;
  if (stored === null) return { kind: 'silent' };
  const message = resultMessage(parseObject(stored.body));
  return initiatorTrouble(session, message) ?? { kind: 'heard', message };
}

function unasked(
  door: Exclude<DoorAnswer, { kind: 'accepted' }>,
  { setup, redactor }: Session,
  tokenHopeless: boolean,
): AskResult {
  const said = redactor.clause(door.words);
  const { account } = setup;
  switch (door.kind) {
    case 'token': {
      if (!tokenHopeless) return TOKEN_GONE;
      const reason = `Daraja refuses fresh tokens of account ${account}${said}. Check accounts.${account}.credentials, and that no other program uses this app: each token ends the one before.`;
      return { kind: 'stop', evidence: evidence(door.code, reason) };
    }
    case 'busy': {
      const pause = evidence(door.code, `Daraja asks for a pause${said}.`);
      return { kind: 'throttled', evidence: pause, ...(door.waitMs === undefined ? {} : { waitMs: door.waitMs }) };
    }
    case 'account':
      return { kind: 'stop', evidence: evidence(door.code, `Account ${account}: Daraja ${door.why}${said}.`) };
    case 'payment':
    case 'duplicate':
      return { kind: 'refused', evidence: evidence(door.code, `Daraja refused the question${said}.`) };
    case 'doubt':
      return { kind: 'unreachable', evidence: evidence(door.code, `Daraja did not take the question${said}.`) };
  }
}

/** Asking on would lock the initiator, with whom everything else of the account goes too. */
function initiatorTrouble({ setup, redactor }: Session, message: ResultMessage | null): AskResult | null {
  const code = message?.code ?? '';
  if (message === null || !isInitiatorTrouble(code)) return null;
  const meaning = resultMeaning(code, false);
  const words = meaning.kind === 'success' ? '' : meaning.words;
  const said = redactor.clause(message.description);
  const reason = `Account ${setup.account} may not ask: Daraja says that ${words}${said}.`;
  return { kind: 'stop', evidence: evidence(code, reason) };
}
