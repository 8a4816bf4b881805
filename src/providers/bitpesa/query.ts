import type { PaymentInstruction } from '../../domain/payment.ts';
import type { StatusReport } from '../../domain/status-report.ts';
import { isObject, parseObject } from '../kit/json.ts';
import { evidence } from '../kit/outcomes.ts';
import type { KnownPayment, QueryResult } from '../port.ts';
import { unusableAnswer, type Unavailable } from './answers.ts';
import type { BitpesaAccount } from './client.ts';
import { recipientReport, bitpesaTransactionReport, type StateContext } from './states.ts';
import { bitpesaErrorWords, hasNextPage, readRecipient, readTransaction, type BitpesaTransaction } from './wire.ts';

/** What became of a payment, by its reference. */
export async function queryBitpesaPayment(
  bitpesa: BitpesaAccount,
  payment: PaymentInstruction,
  known: KnownPayment,
): Promise<QueryResult> {
  const found = await findByReference(bitpesa, payment.reference);
  switch (found.kind) {
    case 'unavailable':
      return found.because;
    case 'unclear':
      return { kind: 'unknown', evidence: evidence(found.code, `${found.what}. It is asked again.`) };
    case 'none':
      // BitPesa has answered an id of it before: that it holds nothing now is a contradiction and proves nothing.
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
      return bitpesaTransactionReport(found.transaction, contextOf(bitpesa, payment, known));
  }
}

/**
 * Requests the cancellation of a payment (docs/providers/bitpesa.md, section 9). A payment that cannot be stopped any more is
 * cancelled only if the network reports failure; the transaction ends refunded or paid.
 */
export async function cancelPayment(
  bitpesa: BitpesaAccount,
  payment: PaymentInstruction,
  known: KnownPayment,
): Promise<QueryResult> {
  const found = await findByReference(bitpesa, payment.reference);
  if (found.kind !== 'found')
    return found.kind === 'unavailable' ? found.because : queryBitpesaPayment(bitpesa, payment, known);
  const context = contextOf(bitpesa, payment, known);
  const report = bitpesaTransactionReport(found.transaction, context);
  const id = found.transaction.recipients[0]?.id ?? null;
  if (report.kind !== 'pending' || id === null) return report;
  const { client, settings, redactor } = bitpesa;
  const answer = await client.send({
    method: 'DELETE',
    path: `/v1/recipients/${encodeURIComponent(id)}`,
    timeoutMs: settings.requestTimeoutMs,
  });
  const ids = { providerReference: redactor.id(found.transaction.id) };
  if (answer.kind === 'answer' && (answer.status === 422 || answer.status === 404)) {
    const clause = redactor.clause(bitpesaErrorWords(parseObject(answer.body)), payment);
    const reason = `BitPesa does not cancel it now${clause}. It is still with BitPesa.`;
    return { kind: 'pending', evidence: evidence(String(answer.status), reason, ids) };
  }
  const unavailable = unusableAnswer(answer, bitpesa);
  if (unavailable !== null) return unavailable;
  const recipient = answer.kind === 'answer' ? readRecipient(parseObject(answer.body)?.['object']) : null;
  if (recipient === null) return cancelRequested(ids.providerReference);
  const after = recipientReport(recipient, context);
  return after.kind === 'pending' && recipient.state !== 'canceled' ? cancelRequested(ids.providerReference) : after;
}

/** Without `cancelDue`: the cancellation has just been requested. */
function cancelRequested(providerReference: string | undefined): StatusReport {
  const reason = 'BitPesa was asked to cancel it, and will if the network has not paid it. How it ends is seen later.';
  return { kind: 'pending', evidence: evidence('cancel-asked', reason, { providerReference }) };
}

function contextOf(bitpesa: BitpesaAccount, payment: PaymentInstruction, { sentAt }: KnownPayment): StateContext {
  const { settings, redactor, clock } = bitpesa;
  return { payment, settings, redactor, now: clock.now(), sentAt };
}

type Lookup =
  | { readonly kind: 'found'; readonly transaction: BitpesaTransaction }
  | { readonly kind: 'none' }
  /** An answer that says neither. */
  | { readonly kind: 'unclear'; readonly code: string; readonly what: string }
  | { readonly kind: 'unavailable'; readonly because: Unavailable };

/**
 * The transaction that has this reference as its external id. The filter may match by prefix, and only an equal one is ours. The list
 * call has no published limit, unlike the one by id.
 */
export async function findByReference(bitpesa: BitpesaAccount, reference: string): Promise<Lookup> {
  const answer = await bitpesa.client.sendHarmless({
    method: 'GET',
    path: `/v1/transactions?external_id=${encodeURIComponent(reference)}`,
    timeoutMs: bitpesa.settings.requestTimeoutMs,
  });
  const because = unusableAnswer(answer, bitpesa);
  if (because !== null) return { kind: 'unavailable', because };
  const body = answer.kind === 'answer' ? parseObject(answer.body) : null;
  const list = body?.['object'];
  if (!Array.isArray(list)) return UNREADABLE;
  const items: readonly unknown[] = list;
  const ours = items.filter((item) => isObject(item) && item['external_id'] === reference).map(readTransaction);
  const [transaction] = ours;
  if (ours.length > 1)
    return { kind: 'unclear', code: 'several', what: 'BitPesa holds several transactions with this reference' };
  if (transaction === null) return UNREADABLE;
  if (transaction !== undefined) return { kind: 'found', transaction };
  // BitPesa may ignore the filter and show other transactions; ours may be on the next page.
  if (hasNextPage(body)) {
    return {
      kind: 'unclear',
      code: 'more-pages',
      what: 'BitPesa shows many transactions and ours is not on the first page',
    };
  }
  return { kind: 'none' };
}

export async function findById(bitpesa: BitpesaAccount, id: string): Promise<Lookup> {
  const answer = await bitpesa.client.sendHarmless({
    method: 'GET',
    path: `/v1/transactions/${encodeURIComponent(id)}`,
    timeoutMs: bitpesa.settings.requestTimeoutMs,
  });
  const because = unusableAnswer(answer, bitpesa);
  if (because !== null) return { kind: 'unavailable', because };
  const transaction = answer.kind === 'answer' ? readTransaction(parseObject(answer.body)?.['object']) : null;
  return transaction === null ? UNREADABLE : { kind: 'found', transaction };
}

const UNREADABLE: Lookup = {
  kind: 'unclear',
  code: 'unreadable',
  what: 'BitPesa answered something that cannot be read',
};
