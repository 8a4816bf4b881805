import { DrainedError } from '../../domain/call-budgets.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { StatusReport } from '../../domain/status-report.ts';
import { evidence } from '../kit/outcomes.ts';
import { picoText } from './amounts.ts';
import { createResult, debitResult, mayBePaid, type BitpesaAnswerContext } from './answers.ts';
import type { BitpesaAccount } from './client.ts';
import { bitpesaContradiction } from './comparison.ts';
import { priceCheck } from './price-check.ts';
import { findById, findByReference } from './query.ts';
import { bitpesaTransactionReport } from './states.ts';
import { debitBody, transactionBody, type BitpesaTransaction } from './wire.ts';

/**
 * Creates the transaction, or adopts the one that has the reference already, and funds it if it still waits for funds. Creating
 * moves nothing, and the funding names the transaction, which is funded once: so that however often the same reference is
 * sent, it is paid once.
 */
export async function payOut(
  bitpesa: BitpesaAccount,
  payment: PaymentInstruction,
  senderId: string,
  isResend: boolean,
): Promise<Outcome> {
  const { client, settings, account, redactor, clock, inputCurrency } = bitpesa;
  const answer = await client.sendCounted({
    method: 'POST',
    path: '/v1/transactions',
    body: transactionBody(payment, senderId, inputCurrency, settings),
    timeoutMs: settings.payoutTimeoutMs,
  });
  const context: BitpesaAnswerContext = { payment, account, redactor, now: clock.now(), isResend };
  const created = createResult(answer, context);
  switch (created.kind) {
    case 'done':
      return created.outcome;
    case 'created': {
      const differs = bitpesaContradiction(created.transaction, payment, settings);
      return differs === null
        ? fund(bitpesa, created.transaction, context)
        : otherPayment(differs, created.transaction, bitpesa);
    }
    case 'earlier':
      return adopt(bitpesa, created.transaction, context);
    case 'query': {
      const found = await findByReference(bitpesa, payment.reference);
      switch (found.kind) {
        case 'found':
          return adopt(bitpesa, found.transaction, context);
        case 'none':
          return created.otherwise;
        case 'unclear':
          return { kind: 'unknown', evidence: evidence(found.code, mayBePaid(found.what)) };
        case 'unavailable':
          return {
            kind: 'unknown',
            evidence: evidence(
              found.because.evidence.code,
              mayBePaid('BitPesa refused it and does not say whether it holds an earlier one'),
            ),
          };
      }
    }
  }
}

/** Goes on with an earlier transaction, once it is compared: the same amount to the same recipient. */
async function adopt(
  bitpesa: BitpesaAccount,
  earlier: BitpesaTransaction,
  context: BitpesaAnswerContext,
): Promise<Outcome> {
  const { settings } = bitpesa;
  let transaction = earlier;
  if (earlier.id !== null && bitpesaContradiction(earlier, context.payment, settings, true) !== null) {
    // A refusal may show the transaction in part only.
    const whole = await findById(bitpesa, earlier.id);
    if (whole.kind === 'found') transaction = whole.transaction;
  }
  const differs = bitpesaContradiction(transaction, context.payment, settings, true);
  return differs === null ? fund(bitpesa, transaction, context) : otherPayment(differs, transaction, bitpesa);
}

async function fund(
  bitpesa: BitpesaAccount,
  transaction: BitpesaTransaction,
  context: BitpesaAnswerContext,
): Promise<Outcome> {
  const { client, settings, account, redactor, clock, inputCurrency } = bitpesa;
  const { payment } = context;
  const ids = { providerReference: redactor.id(transaction.id) };
  const report = bitpesaTransactionReport(transaction, { payment, settings, redactor, now: clock.now(), sentAt: null });
  if (report.kind !== 'not-found') return outcomeOf(report);
  if (transaction.state !== 'approved') {
    const reason = `BitPesa has not approved the sender of account ${account} yet. Nothing was funded: ask BitPesa, and run again.`;
    return { kind: 'stop', evidence: evidence('sender-not-approved', reason, ids) };
  }
  if (transaction.expiresAt !== null && clock.now() + settings.expiryMarginMs >= transaction.expiresAt) {
    return {
      kind: 'unknown',
      evidence: evidence(
        'expires',
        'It ends at BitPesa in a moment and is not funded any more. Ask again: payrun settle.',
        ids,
      ),
    };
  }
  const price = priceCheck(transaction, payment, inputCurrency, settings);
  if (!price.ok) {
    const reason = `${price.why}. It was not funded: check accounts.${account}.options, or ask BitPesa.`;
    return { kind: 'stop', evidence: evidence(price.code, reason, ids) };
  }
  try {
    const answer = await client.send({
      method: 'POST',
      path: '/v1/accounts/debits',
      body: debitBody(price.id, price.currency, picoText(price.duePico)),
      timeoutMs: settings.payoutTimeoutMs,
    });
    const debit = debitResult(answer, transaction, { ...context, now: clock.now() });
    return debit.kind === 'done' ? debit.outcome : await bitpesaRefused(bitpesa, price.id, debit, context);
  } catch (error) {
    if (!(error instanceof DrainedError)) throw error;
    // The run ended between creating and funding: the next run finds the transaction and funds it.
    return { kind: 'throttled', evidence: evidence('drained', 'The run ended before this payment was funded.', ids) };
  }
}

/** A refused debit funded nothing; the transaction says whether an earlier debit did. */
async function bitpesaRefused(
  bitpesa: BitpesaAccount,
  id: string,
  { clause, isFunds }: { readonly clause: string; readonly isFunds: boolean },
  { payment, isResend }: BitpesaAnswerContext,
): Promise<Outcome> {
  const { settings, redactor, clock, account } = bitpesa;
  const ids = { providerReference: redactor.id(id) };
  const unknown: Outcome = {
    kind: 'unknown',
    evidence: evidence('422', mayBePaid(`BitPesa refused the funding${clause}, and does not say what it holds`), ids),
  };
  const now = await findById(bitpesa, id).catch((error: unknown) => {
    if (error instanceof DrainedError) return null;
    throw error;
  });
  if (now?.kind !== 'found') return unknown;
  const report = bitpesaTransactionReport(now.transaction, {
    payment,
    settings,
    redactor,
    now: clock.now(),
    sentAt: null,
  });
  if (report.kind !== 'not-found') return outcomeOf(report);
  if (isFunds) {
    const reason = `Account ${account} has too little balance at BitPesa${clause}. Top it up and run again.`;
    return { kind: 'stop', evidence: evidence('insufficient-funds', reason, ids) };
  }
  // Unfunded, and only this account could fund the transaction: BitPesa will cancel it.
  return isResend
    ? unknown
    : { kind: 'failed', evidence: evidence('422', `BitPesa refused the funding${clause}.`, ids) };
}

function otherPayment(differs: string, { id }: BitpesaTransaction, { redactor }: BitpesaAccount): Outcome {
  const reason = `BitPesa holds this reference with another ${differs}, or does not show it`;
  return {
    kind: 'unknown',
    evidence: evidence('contradiction', mayBePaid(reason), { providerReference: redactor.id(id) }),
  };
}

function outcomeOf(report: Exclude<StatusReport, { readonly kind: 'not-found' }>): Outcome {
  switch (report.kind) {
    case 'paid':
    case 'failed':
    case 'pending':
    case 'unknown':
      return { kind: report.kind, evidence: report.evidence };
    case 'cancelled':
    case 'returned':
      return { kind: 'unknown', evidence: report.evidence };
  }
}
