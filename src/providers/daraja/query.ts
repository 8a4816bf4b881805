import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence } from '../kit/redaction.ts';
import { parseObject } from '../kit/json.ts';
import type { QueryResult, KnownPayment } from '../port.ts';
import { askByCallback } from './asking.ts';
import { resultMessage } from './envelope.ts';
import { payoutResult } from './result.ts';
import type { Session } from './session.ts';
import { statusFinding } from './status.ts';
import { isB2b, statusRequest, type StatusHandle } from './wire.ts';

/** Asks Daraja what became of a payment. The answer comes to an address of this one question and is waited for a moment. */
export async function askStatus(
  session: Session,
  payment: PaymentInstruction,
  known: KnownPayment,
): Promise<QueryResult> {
  const handle = statusHandle(payment, known);
  if (handle === null) {
    const reason = `Daraja never acknowledged this payment, so there is no id to ask by. A callback may tell; else look for ${payment.reference} in the M-PESA portal.`;
    return { kind: 'unknown', evidence: evidence('no-id', reason) };
  }
  const { reference } = payment;
  const ask = known.queries + 1;
  const answerTo = { kind: 'q', reference, ask } as const;
  const sender = session.sender(answerTo, { kind: 'u', reference, ask });
  const result = await askByCallback(
    session,
    statusRequest(handle, session.settings, sender),
    session.segments.write(answerTo),
  );
  switch (result.kind) {
    case 'heard': {
      const finding = statusFinding(result.message, { ...payment, requestId: known.requestId }, session.redactor);
      return finding.kind === 'failed' ? ((await reportedFailure(session, payment, known)) ?? finding) : finding;
    }
    case 'silent':
      return {
        kind: 'unknown',
        evidence: evidence('no-answer', 'Daraja took the status query and has not answered yet.'),
      };
    case 'refused':
      return { kind: 'unknown', evidence: result.evidence };
    case 'throttled':
    case 'unreachable':
    case 'stop':
      return result;
  }
}

/**
 * A failure that a query found, held against the payment's own result where that has come as well: a query only says that it was
 * declined, and not whether the next payment of the account would be too. Null where the result adds nothing.
 */
async function reportedFailure(
  { setup, settings, segments, redactor }: Session,
  payment: PaymentInstruction,
  known: KnownPayment,
): Promise<StatusReport | null> {
  const stored = await setup.callbackWaiter?.wait(segments.write({ kind: 'r', reference: payment.reference }), 0);
  const message = resultMessage(parseObject(stored?.body ?? ''));
  if (message === null || message.isInterim) return null;
  const { confirmByQuery } = settings;
  const reading = payoutResult(message, { ...payment, ...known }, { confirmByQuery, redactor });
  switch (reading.kind) {
    case 'report':
      return reading.report.kind === 'paid' ? contradicted() : reading.report;
    case 'unverified':
      return reading.said.code === '0' ? contradicted() : null;
  }
}

function contradicted(): StatusReport {
  const reason =
    'Daraja reported that the payment was made, and says now that it was not. Ask Safaricom before paying again.';
  return { kind: 'unknown', evidence: evidence('contradiction', reason) };
}

/** Our own id where the request carried it; else the one that Daraja made, or the receipt; null where there is nothing. */
function statusHandle(payment: PaymentInstruction, known: KnownPayment): StatusHandle | null {
  if (!isB2b(payment)) return { originatorConversationId: payment.reference, receipt: '' };
  if (known.requestId !== '') return { originatorConversationId: known.requestId, receipt: '' };
  return known.providerReference === '' ? null : { originatorConversationId: '', receipt: known.providerReference };
}
