import { hash } from 'node:crypto';
import type { Evidence } from '../../domain/outcome.ts';
import { parseObject } from '../kit/json.ts';
import { evidence } from '../kit/outcomes.ts';
import { Redactor } from '../kit/redaction.ts';
import type { CallbackPayment, CallbackReader, ParsedCallback, CallbackReply, CallbackSetup } from '../port.ts';
import { adviceOf, currentMeaning, mpesaOpenapiEvidenceCode } from './answers.ts';
import { mpesaOpenapiTransactionReport } from './query.ts';
import { queriedReference } from './signature.ts';
import { wireTexts, type MpesaOpenapiWireAnswer } from './wire.ts';

/** One callback, read; null members were empty, `N/A` or missing. */
interface MpesaCallback {
  readonly wire: MpesaOpenapiWireAnswer;
  readonly conversation: string | null;
  readonly thirdParty: string;
  readonly deduplicationKey: string;
  readonly reply: CallbackReply;
}

/**
 * Reads what M-Pesa reports of organisations that it answers later (docs/providers/mpesa-openapi.md, section 10). These callbacks
 * are not signed: success and failure alike count only once a query has confirmed them.
 */
export function mpesaCallbacks(setup: CallbackSetup): CallbackReader {
  const redactor = new Redactor(Object.values(setup.credentials));
  const apiKey = setup.credentials['api_key'] ?? '';
  return {
    read: async ({ body }, payment): Promise<ParsedCallback> => {
      const callback = readCallback(new TextDecoder().decode(body));
      if (callback === null) return { kind: 'refused', status: 400, reason: 'Not a callback of M-Pesa.' };
      const queried = queriedReference(callback.thirdParty, apiKey);
      const reference = queried ?? callback.thirdParty;
      const known = await payment(reference);
      if (known === null) {
        const { deduplicationKey, reply } = callback;
        return {
          kind: 'unrelated',
          deduplicationKey,
          reason: 'M-Pesa reports a payment that is not in the ledger.',
          reply,
        };
      }
      return queried === null
        ? paymentCallback(callback, known, redactor, setup.account)
        : queryCallback(callback, known, redactor);
    },
  };
}

/** The end of a payment that was accepted. */
function paymentCallback(
  callback: MpesaCallback,
  known: CallbackPayment,
  redactor: Redactor,
  account: string,
): ParsedCallback {
  const { wire, conversation, deduplicationKey, reply } = callback;
  const { reference } = known;
  const isKnown = conversation !== null && known.requestId !== '' && conversation === known.requestId;
  // Ids of a callback that may be forged must not come into the ledger.
  const receipt = redactor.id(isKnown ? wire.field('input_TransactionID') : null);
  const ids = { requestId: redactor.id(isKnown ? conversation : null), providerReference: receipt, receipt };
  const unverified = (evidence: Evidence): Extract<ParsedCallback, { kind: 'unverified' }> => ({
    kind: 'unverified',
    deduplicationKey,
    reference,
    evidence,
    reply,
  });
  // `0` is how the older version says success.
  if (wire.code === 'INS-0' || wire.code === '0') {
    return unverified(evidence('INS-0', 'M-Pesa reports that it paid; a query has to confirm it.', ids));
  }
  const meaning = currentMeaning(wire.code);
  const code = mpesaOpenapiEvidenceCode(wire.code);
  const reason = `${meaning.text}${redactor.clause(wire.words, known)}.`;
  switch (meaning.kind) {
    case 'unknown':
      return unverified(evidence(code, `${reason} A query has to tell what became of it.`, ids));
    case 'failed':
    case 'stop': {
      // Nothing is signed: whoever knows the address may have sent it, and a retry would pay again.
      const failure = unverified(evidence(code, `${reason} A query has to confirm it.`, ids));
      // Only with the id that M-Pesa gave us itself does it stop the account, which needs no confirmation.
      const isStop = isKnown && meaning.kind === 'stop';
      const stop = isStop ? { accountStop: evidence(code, reason + adviceOf(meaning, account), ids) } : {};
      return { ...failure, reportsFailure: true, ...stop };
    }
  }
}

/** The answer to a query of ours, which the mark in its conversation id proves; `unknown` where M-Pesa leaves out the status. */
function queryCallback(
  { wire, deduplicationKey, reply }: MpesaCallback,
  known: CallbackPayment,
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
    reference: known.reference,
    report: mpesaOpenapiTransactionReport(answer, known, redactor),
    reply,
  };
}

function readCallback(text: string): MpesaCallback | null {
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
    // Repeats have no id of their own: two callbacks that say the same are one.
    deduplicationKey: hash('sha256', JSON.stringify(parts), 'hex').slice(0, 40),
    reply: {
      output_OriginalConversationID: conversation ?? '',
      output_ResponseCode: '0',
      output_ResponseDesc: 'Successfully Accepted Result',
      output_ThirdPartyConversationID: thirdParty,
    },
  };
}
