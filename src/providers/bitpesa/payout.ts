import { DrainedError } from '../../domain/call-budgets.ts';
import type { StatusReport } from '../../domain/status-report.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import { picoText } from './amounts.ts';
import { createReading, debitReading, doubt, type AnswerReading } from './answers.ts';
import { contradiction } from './comparison.ts';
import { fundingOf } from './guard.ts';
import { lookUpId, lookUpReference, type LookupSetup } from './lookup.ts';
import type { Settings } from './settings.ts';
import { transactionFinding } from './states.ts';
import { debitBody, transactionBody, type Transaction } from './wire.ts';

export interface PayoutSetup extends LookupSetup {
  readonly settings: Settings;
  readonly redactor: Redactor;
  readonly inputCurrency: string;
}

/**
 * Creates the transaction, or adopts the one that has the reference already, and funds it if it still waits for funds. Creating
 * moves nothing, and the funding names the transaction, which is funded once: so that however often the same reference is
 * presented, it is paid once.
 */
export async function payOut(
  setup: PayoutSetup,
  payment: PaymentInstruction,
  senderId: string,
  isAgain: boolean,
): Promise<Outcome> {
  const { api, settings, account, redactor, clock, inputCurrency } = setup;
  const answer = await api.sendCounted({
    method: 'POST',
    path: '/v1/transactions',
    body: transactionBody(payment, senderId, inputCurrency, settings),
    timeoutMs: settings.payoutTimeoutMs,
  });
  const reading: AnswerReading = { payment, account, redactor, now: clock.now(), isAgain };
  const created = createReading(answer, reading);
  switch (created.kind) {
    case 'done':
      return created.outcome;
    case 'created': {
      const differs = contradiction(created.transaction, payment, settings);
      return differs === null
        ? fund(setup, created.transaction, reading)
        : otherPayment(differs, created.transaction, setup);
    }
    case 'earlier':
      return adopt(setup, created.transaction, reading);
    case 'look': {
      const found = await lookUpReference(setup, payment.reference);
      switch (found.kind) {
        case 'found':
          return adopt(setup, found.transaction, reading);
        case 'none':
          return created.otherwise;
        case 'unclear':
          return { kind: 'unknown', evidence: evidence(found.code, doubt(found.what)) };
        case 'trouble':
          return {
            kind: 'unknown',
            evidence: evidence(
              found.trouble.evidence.code,
              doubt('BitPesa refused it and does not say whether it holds an earlier one'),
            ),
          };
      }
    }
  }
}

/** Goes on with an earlier transaction, once it is seen to pay the same amount to the same recipient. */
async function adopt(setup: PayoutSetup, earlier: Transaction, reading: AnswerReading): Promise<Outcome> {
  const { settings } = setup;
  let transaction = earlier;
  if (earlier.id !== null && contradiction(earlier, reading.payment, settings, true) !== null) {
    // A refusal may show it in part only.
    const whole = await lookUpId(setup, earlier.id);
    if (whole.kind === 'found') transaction = whole.transaction;
  }
  const differs = contradiction(transaction, reading.payment, settings, true);
  return differs === null ? fund(setup, transaction, reading) : otherPayment(differs, transaction, setup);
}

async function fund(setup: PayoutSetup, transaction: Transaction, reading: AnswerReading): Promise<Outcome> {
  const { api, settings, account, redactor, clock, inputCurrency } = setup;
  const { payment } = reading;
  const ids = { providerReference: redactor.id(transaction.id) };
  const finding = transactionFinding(transaction, { payment, settings, redactor, now: clock.now(), sentAt: null });
  if (finding.kind !== 'not-found') return outcomeOf(finding);
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
  const funding = fundingOf(transaction, payment, inputCurrency, settings);
  if (!funding.ok) {
    const reason = `${funding.why}. It was not funded: check accounts.${account}.options, or ask BitPesa.`;
    return { kind: 'stop', evidence: evidence(funding.code, reason, ids) };
  }
  try {
    const answer = await api.send({
      method: 'POST',
      path: '/v1/accounts/debits',
      body: debitBody(funding.id, funding.currency, picoText(funding.duePico)),
      timeoutMs: settings.payoutTimeoutMs,
    });
    const debit = debitReading(answer, transaction, { ...reading, now: clock.now() });
    return debit.kind === 'done' ? debit.outcome : await refused(setup, funding.id, debit, reading);
  } catch (error) {
    if (!(error instanceof DrainedError)) throw error;
    // Created, and the run ended before its funding had its turn: the next one finds and funds it.
    return { kind: 'throttled', evidence: evidence('drained', 'The run ended before this payment was funded.', ids) };
  }
}

/** A debit that was refused did not fund it; whether an earlier one did is for the transaction to say. */
async function refused(
  setup: PayoutSetup,
  id: string,
  { said, isFunds }: { readonly said: string; readonly isFunds: boolean },
  { payment, isAgain }: AnswerReading,
): Promise<Outcome> {
  const { settings, redactor, clock, account } = setup;
  const ids = { providerReference: redactor.id(id) };
  const inDoubt: Outcome = {
    kind: 'unknown',
    evidence: evidence('422', doubt(`BitPesa refused the funding${said}, and does not say what it holds`), ids),
  };
  const now = await lookUpId(setup, id).catch((error: unknown) => {
    if (error instanceof DrainedError) return null;
    throw error;
  });
  if (now?.kind !== 'found') return inDoubt;
  const finding = transactionFinding(now.transaction, { payment, settings, redactor, now: clock.now(), sentAt: null });
  if (finding.kind !== 'not-found') return outcomeOf(finding);
  if (isFunds) {
    const reason = `Account ${account} has too little balance at BitPesa${said}. Top it up and run again.`;
    return { kind: 'stop', evidence: evidence('insufficient-funds', reason, ids) };
  }
  // It still waits for funds and nobody but us could fund it, now or again: it ends there as cancelled.
  return isAgain ? inDoubt : { kind: 'failed', evidence: evidence('422', `BitPesa refused the funding${said}.`, ids) };
}

function otherPayment(differs: string, { id }: Transaction, { redactor }: PayoutSetup): Outcome {
  const reason = `BitPesa holds this reference with another ${differs}, or does not show it`;
  return {
    kind: 'unknown',
    evidence: evidence('contradiction', doubt(reason), { providerReference: redactor.id(id) }),
  };
}

function outcomeOf(finding: Exclude<StatusReport, { readonly kind: 'not-found' }>): Outcome {
  switch (finding.kind) {
    case 'paid':
    case 'failed':
    case 'pending':
    case 'unknown':
      return { kind: finding.kind, evidence: finding.evidence };
    case 'cancelled':
    case 'returned':
      return { kind: 'unknown', evidence: finding.evidence };
  }
}
