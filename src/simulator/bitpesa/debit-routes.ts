import { randomUUID } from 'node:crypto';
import { delivered, json, type Answer } from '../kit/answer.ts';
import { decimalTextOf, Errors, objectOf, textOf, type Fields } from './json.ts';
import { amountJson, nanoOf, nanoOfMinor, usdOf } from './money.ts';
import { badRequest, object, type Request, type Routes } from './requests.ts';
import type { Rooms } from './rooms.ts';
import { isTooPoor } from './transaction-routes.ts';
import { isUnfunded, type Transaction } from './transactions.ts';

/** One debit a call; the list of several that the specification allows is refused here. */
export function debitRoutes(rooms: Rooms): Routes {
  return [['POST v1/accounts/debits', (request) => debit(rooms, request)]];
}

/** The debit of a body: wrapped as the specification has it, or bare as in 2019. */
export function debitFields(body: Fields): Fields | null {
  return body.debit === undefined ? body : objectOf(body.debit);
}

function debit(rooms: Rooms, { body, payer, callbackFault }: Request): Answer {
  const fields = body && debitFields(body);
  if (fields === null) return badRequest();
  const held = rooms.transactions.get(payer, textOf(fields, 'to_id'));
  const errors = problemsOf(rooms, fields, held);
  if (held === null || !errors.isEmpty) return json(422, { object: [{ ...fields, errors }], meta: {} });
  rooms.lifecycle.fund(held, true);
  held.callbackFault = callbackFault;
  const answer = object(rooms.settings.debitStatus, [debitJson(rooms, held)]);
  const done = rooms.lifecycle.payOut(held);
  return done === null ? answer : delivered(answer, { kind: 'after', done });
}

/** A second debit fails by its amount: what is still needed is then 0 [assumed]. */
function problemsOf(rooms: Rooms, fields: Fields, held: Transaction | null): Errors {
  const errors = new Errors();
  if (textOf(fields, 'to_type') !== 'Transaction') errors.add('to_type', 'inclusion');
  if (held === null) {
    errors.add('to_id', textOf(fields, 'to_id') === '' ? 'blank' : 'not_found');
    return errors;
  }
  const isAmountGiven = fields.amount !== undefined;
  const needed = isUnfunded(held) ? held.inputAmount : 0n;
  if (isAmountGiven ? nanoOf(decimalTextOf(fields, 'amount')) !== needed : needed === 0n)
    errors.add('amount', 'mismatch');
  if (fields.currency !== undefined && fields.currency !== held.inputCurrency.code) errors.add('currency', 'mismatch');
  if (held.state !== 'approved') errors.add('to_id', 'wrong_state');
  if (errors.isEmpty && isTooPoor(rooms, held.payer, held)) errors.add('amount', rooms.settings.fundsError);
  return errors;
}

function debitJson({ balances, world }: Rooms, held: Transaction): Record<string, unknown> {
  const { id, payer, inputAmount, inputCurrency } = held;
  return {
    id: randomUUID(),
    to_id: id,
    to_type: 'Transaction',
    amount: amountJson(inputAmount),
    currency: inputCurrency.code,
    usd_amount: amountJson(usdOf(inputAmount, inputCurrency)),
    running_balance: amountJson(nanoOfMinor(balances.of(payer, inputCurrency), inputCurrency)),
    created_at: new Date(world.now()).toISOString(),
    metadata: {},
  };
}
