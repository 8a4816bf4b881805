import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence } from '../kit/redaction.ts';
import { parseObject } from '../kit/json.ts';
import type { QueryResult, KnownPayment } from '../port.ts';
import { lookUpReference, troubleOf } from './lookup.ts';
import type { PayoutSetup } from './payout.ts';
import { recipientFinding, transactionFinding, type StateReading } from './states.ts';
import { errorWords, readRecipient } from './wire.ts';

/** What became of a payment, by its reference. */
export async function askPayment(
  setup: PayoutSetup,
  payment: PaymentInstruction,
  known: KnownPayment,
): Promise<QueryResult> {
  const found = await lookUpReference(setup, payment.reference);
  switch (found.kind) {
    case 'trouble':
      return found.trouble;
    case 'unclear':
      return { kind: 'unknown', evidence: evidence(found.code, `${found.what}. It is asked again.`) };
    case 'none':
      // BitPesa has told an id of it: that it holds nothing now is no evidence but a contradiction.
      return known.providerReference === ''
        ? { kind: 'not-found', evidence: evidence('none', 'BitPesa holds no transaction with this reference.') }
        : {
            kind: 'unknown',
            evidence: evidence(
              'contradiction',
              'BitPesa held it and does not show it any more: another environment or key?',
            ),
          };
    case 'found':
      return transactionFinding(found.transaction, readingOf(setup, payment, known));
  }
}

/**
 * Asks to take a payment back. Where it cannot be stopped any more the wish is noted, and takes effect only if the network reports
 * failure; what it comes to is seen when the transaction is refunded or paid.
 */
export async function cancelPayment(
  setup: PayoutSetup,
  payment: PaymentInstruction,
  known: KnownPayment,
): Promise<QueryResult> {
  const found = await lookUpReference(setup, payment.reference);
  if (found.kind !== 'found') return found.kind === 'trouble' ? found.trouble : askPayment(setup, payment, known);
  const reading = readingOf(setup, payment, known);
  const finding = transactionFinding(found.transaction, reading);
  const id = found.transaction.recipients[0]?.id ?? null;
  if (finding.kind !== 'pending' || id === null) return finding;
  const { api, settings, redactor } = setup;
  const answer = await api.send({
    method: 'DELETE',
    path: `/v1/recipients/${encodeURIComponent(id)}`,
    timeoutMs: settings.requestTimeoutMs,
  });
  const ids = { providerReference: redactor.id(found.transaction.id) };
  if (answer.kind === 'answer' && (answer.status === 422 || answer.status === 404)) {
    const said = redactor.clause(errorWords(parseObject(answer.body)), payment);
    const reason = `BitPesa does not cancel it now${said}. It is still with BitPesa.`;
    return { kind: 'pending', evidence: evidence(String(answer.status), reason, ids) };
  }
  const trouble = troubleOf(answer, setup);
  if (trouble !== null) return trouble;
  const recipient = answer.kind === 'answer' ? readRecipient(parseObject(answer.body)?.['object']) : null;
  if (recipient === null) return asked(ids.providerReference);
  const after = recipientFinding(recipient, reading);
  return after.kind === 'pending' && recipient.state !== 'canceled' ? asked(ids.providerReference) : after;
}

/** Without `cancelDue`: it has just been asked for. */
function asked(providerReference: string | undefined): StatusReport {
  const reason = 'BitPesa was asked to cancel it, and will if the network has not paid it. How it ends is seen later.';
  return { kind: 'pending', evidence: evidence('cancel-asked', reason, { providerReference }) };
}

function readingOf(setup: PayoutSetup, payment: PaymentInstruction, { sentAt }: KnownPayment): StateReading {
  const { settings, redactor, clock } = setup;
  return { payment, settings, redactor, now: clock.now(), sentAt };
}
