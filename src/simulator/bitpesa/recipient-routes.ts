import type { Answer } from '../kit/answer.ts';
import { BitpesaErrors, objectMember } from './json.ts';
import { readMethod } from './methods.ts';
import {
  badRequest,
  simulatedBitpesaNotFound,
  object,
  simulatedBitpesaPage,
  unprocessable,
  type SimulatedBitpesaRequest,
  type BitpesaRoutes,
} from './answers.ts';
import type { BitpesaState } from './state.ts';
import { isEditable, recipientJson, type SimulatedBitpesaBitpesaTransaction } from './transactions.ts';

export function recipientRoutes(state: BitpesaState): BitpesaRoutes {
  const of = (
    request: SimulatedBitpesaRequest,
    then: (transaction: SimulatedBitpesaBitpesaTransaction) => Answer,
  ): Answer => {
    const transaction = state.transactions.ofRecipient(request.payer, request.id);
    return transaction === null ? simulatedBitpesaNotFound() : then(transaction);
  };
  return [
    [
      'GET v1/recipients',
      (request) =>
        simulatedBitpesaPage(simulatedBitpesaListed(state, request), request.query, (transaction) =>
          recipientJson(transaction),
        ),
    ],
    ['GET v1/recipients/:id', (request) => of(request, recipientAnswer)],
    ['PATCH v1/recipients/:id', (request) => of(request, (transaction) => edit(state, request, transaction))],
    ['DELETE v1/recipients/:id', (request) => of(request, (transaction) => cancel(state, transaction))],
  ];
}

/** Cancels at once or later; the state of the recipient shows which. */
function cancel({ lifecycle }: BitpesaState, transaction: SimulatedBitpesaBitpesaTransaction): Answer {
  return lifecycle.cancel(transaction)
    ? recipientAnswer(transaction)
    : simulatedBitpesaRefused(transaction, 'state', 'invalid');
}

/** Changes the details, and tries a failed payout again. */
function edit(
  { settings, lifecycle }: BitpesaState,
  { body }: SimulatedBitpesaRequest,
  transaction: SimulatedBitpesaBitpesaTransaction,
): Answer {
  const recipient = body && objectMember(body.recipient);
  const method = recipient && objectMember(recipient.payout_method);
  if (recipient === null || method === null) return badRequest();
  if (!isEditable(transaction)) return simulatedBitpesaRefused(transaction, 'state', 'not_editable');
  const errors = new BitpesaErrors();
  const details = { ...transaction.method.details, ...objectMember(method.details) };
  const corrected = readMethod({ type: transaction.method.type, details }, transaction.recipientType, settings, errors);
  if (corrected === null) return unprocessable(recipientJson(transaction), errors);
  transaction.method = corrected;
  if (transaction.recipientState === 'error') lifecycle.retry(transaction);
  return recipientAnswer(transaction);
}

function simulatedBitpesaListed(
  { transactions }: BitpesaState,
  { payer, query }: SimulatedBitpesaRequest,
): readonly SimulatedBitpesaBitpesaTransaction[] {
  const states = query.getAll('state[]');
  const from = Date.parse(query.get('created_at_from') ?? '');
  return transactions
    .list(payer)
    .filter((transaction) => states.length === 0 || states.includes(transaction.recipientState))
    .filter((transaction) => Number.isNaN(from) || transaction.createdAt >= from);
}

function simulatedBitpesaRefused(
  transaction: SimulatedBitpesaBitpesaTransaction,
  field: string,
  error: string,
): Answer {
  const errors = new BitpesaErrors();
  errors.add(field, error);
  return unprocessable(recipientJson(transaction), errors);
}

function recipientAnswer(transaction: SimulatedBitpesaBitpesaTransaction): Answer {
  return object(200, recipientJson(transaction));
}
