import { randomUUID } from 'node:crypto';
import { delivered, json, type Answer } from '../kit/answer.ts';
import { decimalTextOf, BitpesaErrors, objectMember, textMember, type JsonFields } from './json.ts';
import { amountJson, nanoOf, nanoOfMinor, usdOf } from './amounts.ts';
import { badRequest, object, type SimulatedBitpesaRequest, type BitpesaRoutes } from './answers.ts';
import type { BitpesaState } from './state.ts';
import { isTooPoor } from './transaction-routes.ts';
import { isUnfunded, type SimulatedBitpesaBitpesaTransaction } from './transactions.ts';

/** One debit per call; a list of debits, which the specification allows, is refused. */
export function debitRoutes(state: BitpesaState): BitpesaRoutes {
  return [['POST v1/accounts/debits', (request) => debit(state, request)]];
}

/** The debit of a body: under `debit` as in the specification, or without as in 2019. */
export function debitFields(body: JsonFields): JsonFields | null {
  return body.debit === undefined ? body : objectMember(body.debit);
}

function debit(state: BitpesaState, { body, payer, callbackFault }: SimulatedBitpesaRequest): Answer {
  const fields = body && debitFields(body);
  if (fields === null) return badRequest();
  const transaction = state.transactions.get(payer, textMember(fields, 'to_id'));
  const errors = simulatedBitpesaProblemsOf(state, fields, transaction);
  if (transaction === null || !errors.isEmpty) return json(422, { object: [{ ...fields, errors }], meta: {} });
  state.lifecycle.fund(transaction, true);
  transaction.callbackFault = callbackFault;
  const answer = object(state.settings.debitStatus, [debitJson(state, transaction)]);
  const done = state.lifecycle.payOut(transaction);
  return done === null ? answer : delivered(answer, { kind: 'after', done });
}

/** A second debit is refused for its amount, because 0 is then still needed [assumed]. */
function simulatedBitpesaProblemsOf(
  state: BitpesaState,
  fields: JsonFields,
  transaction: SimulatedBitpesaBitpesaTransaction | null,
): BitpesaErrors {
  const errors = new BitpesaErrors();
  if (textMember(fields, 'to_type') !== 'Transaction') errors.add('to_type', 'inclusion');
  if (transaction === null) {
    errors.add('to_id', textMember(fields, 'to_id') === '' ? 'blank' : 'not_found');
    return errors;
  }
  const isAmountGiven = fields.amount !== undefined;
  const needed = isUnfunded(transaction) ? transaction.inputAmount : 0n;
  if (isAmountGiven ? nanoOf(decimalTextOf(fields, 'amount')) !== needed : needed === 0n)
    errors.add('amount', 'mismatch');
  if (fields.currency !== undefined && fields.currency !== transaction.inputCurrency.code)
    errors.add('currency', 'mismatch');
  if (transaction.state !== 'approved') errors.add('to_id', 'wrong_state');
  if (errors.isEmpty && isTooPoor(state, transaction.payer, transaction))
    errors.add('amount', state.settings.fundsError);
  return errors;
}

function debitJson(
  { balances, runtime }: BitpesaState,
  transaction: SimulatedBitpesaBitpesaTransaction,
): Record<string, unknown> {
  const { id, payer, inputAmount, inputCurrency } = transaction;
  return {
    id: randomUUID(),
    to_id: id,
    to_type: 'Transaction',
    amount: amountJson(inputAmount),
    currency: inputCurrency.code,
    usd_amount: amountJson(usdOf(inputAmount, inputCurrency)),
    running_balance: amountJson(nanoOfMinor(balances.of(payer, inputCurrency), inputCurrency)),
    created_at: new Date(runtime.now()).toISOString(),
    metadata: {},
  };
}
