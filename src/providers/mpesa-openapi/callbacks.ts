import { hash } from 'node:crypto';
import type { Evidence } from '../../domain/outcome.ts';
import { evidence, Redactor } from '../kit/redaction.ts';
import { parseObject } from '../kit/json.ts';
import type { CallbackPayment, CallbackReader, ParsedCallback, CallbackReply, CallbackSetup } from '../port.ts';
import { adviceOf, currentMeaning, evidenceCode } from './codes.ts';
import { queryFinding } from './query.ts';
import { queriedReference } from './signature.ts';
import { wireTexts, type WireAnswer } from './wire.ts';

/** One callback, read; null members were empty, `N/A` or absent. */
interface Called {
  readonly wire: WireAnswer;
  readonly conversation: string | null;
  readonly thirdParty: string;
  readonly replayKey: string;
  readonly reply: CallbackReply;
}

/**
 * Reads what M-Pesa reports of organisations that it answers later (fact sheet, section 10). Nothing signs these callbacks: what
 * only M-Pesa can know, the ids it gave us itself, is what makes one believable, and a success is confirmed by query besides.
 */
export function mpesaCallbacks(setup: CallbackSetup): CallbackReader {
  const redactor = new Redactor(Object.values(setup.credentials));
  const apiKey = setup.credentials['api_key'] ?? '';
  return {
    read: async ({ body }, payment): Promise<ParsedCallback> => {
      const called = readCalled(new TextDecoder().decode(body));
      if (called === null) return { kind: 'refused', status: 400, reason: 'Not a callback of M-Pesa.' };
      const queried = queriedReference(called.thirdParty, apiKey);
      const reference = queried ?? called.thirdParty;
      const held = await payment(reference);
      if (held === null) {
        const { replayKey: deduplicationKey, reply } = called;
        return {
          kind: 'unrelated',
          deduplicationKey,
          reason: 'M-Pesa reports a payment that is not in the ledger.',
          reply,
        };
      }
      return queried === null
        ? paymentReading(called, held, redactor, setup.account)
        : answerReading(called, held, redactor);
    },
  };
}

/** The end of a payment that was accepted. */
function paymentReading(called: Called, held: CallbackPayment, redactor: Redactor, account: string): ParsedCallback {
  const { wire, conversation, replayKey: deduplicationKey, reply } = called;
  const { reference } = held;
  const isKnown = conversation !== null && held.requestId !== '' && conversation === held.requestId;
  // A receipt of anybody's invention shall not come into the ledger.
  const receipt = redactor.id(isKnown ? wire.field('input_TransactionID') : null);
  const ids = { requestId: redactor.id(isKnown ? conversation : null), providerReference: receipt, receipt };
  const hint = (evidence: Evidence): ParsedCallback => ({
    kind: 'unverified',
    deduplicationKey,
    reference,
    evidence,
    reply,
  });
  // `0` is the older version's.
  if (wire.code === 'INS-0' || wire.code === '0') {
    return hint(evidence('INS-0', 'M-Pesa reports that it paid; a query has to confirm it.', ids));
  }
  const meaning = currentMeaning(wire.code);
  const code = evidenceCode(wire.code);
  const reason = `${meaning.text}${redactor.clause(wire.words, held)}.`;
  switch (meaning.verdict) {
    case 'unknown':
      return hint(evidence(code, `${reason} A query has to tell what became of it.`, ids));
    case 'failed':
    case 'stop': {
      // One that came before the answer to its request, or knows another conversation, may be anybody's.
      if (!isKnown) return hint(evidence(code, `${reason} A query has to confirm it.`, ids));
      const because = evidence(code, reason + adviceOf(meaning, account), ids);
      return {
        ...{ kind: 'report', deduplicationKey, reference, reply },
        report: { kind: 'failed', evidence: because, ...(meaning.verdict === 'stop' ? { stopsAccount: true } : {}) },
      };
    }
  }
}

/** The answer to a query of ours, by the mark in its conversation id. It says `unknown` where M-Pesa leaves out the status. */
function answerReading(
  { wire, replayKey: deduplicationKey, reply }: Called,
  held: CallbackPayment,
  redactor: Redactor,
): ParsedCallback {
  const answer = {
    code: wire.code === '0' ? 'INS-0' : wire.code,
    words: wire.words,
    // Not among the fields that are published; without it a receipt alone does not say that the payment was completed.
    status: wire.field('input_ResponseTransactionStatus'),
    transactionId: wire.field('input_OriginalTransactionID'),
    reversed: wire.field('input_Reversed'),
  };
  return {
    kind: 'report',
    deduplicationKey,
    reference: held.reference,
    report: queryFinding(answer, held, redactor),
    reply,
  };
}

function readCalled(text: string): Called | null {
  const body = parseObject(text);
  const wire = wireTexts(body, 'input_ResultCode', 'input_ResultDesc');
  const thirdParty = wire.field('input_ThirdPartyConversationID');
  if (thirdParty === null || wire.code === '') return null;
  const conversation = wire.field('input_OriginalConversationID');
  const parts = [
    ...[thirdParty, conversation, wire.code, wire.field('input_TransactionID')],
    ...[wire.field('input_ResponseTransactionStatus'), wire.field('input_OriginalTransactionID')],
    wire.field('input_Reversed'),
  ];
  return {
    wire,
    conversation,
    thirdParty,
    // Repeats have no id of their own: what says the same is the same.
    replayKey: hash('sha256', JSON.stringify(parts), 'hex').slice(0, 40),
    reply: {
      output_OriginalConversationID: conversation ?? '',
      output_ResponseCode: '0',
      output_ResponseDesc: 'Successfully Accepted Result',
      output_ThirdPartyConversationID: thirdParty,
    },
  };
}
