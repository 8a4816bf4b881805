import type { Answer } from '../kit/answer.ts';
import { BitpesaErrors, jsonObject } from './json.ts';
import { readMethod } from './methods.ts';
import {
  badRequest,
  notFound,
  object,
  page,
  unprocessable,
  type BitpesaRequest,
  type BitpesaRoutes,
} from './answers.ts';
import type { BitpesaState } from './state.ts';
import { isEditable, recipientJson, type BitpesaTransaction } from './transactions.ts';

export function recipientRoutes(state: BitpesaState): BitpesaRoutes {
  const of = (request: BitpesaRequest, then: (held: BitpesaTransaction) => Answer): Answer => {
    const held = state.transactions.ofRecipient(request.payer, request.id);
    return held === null ? notFound() : then(held);
  };
  return [
    ['GET v1/recipients', (request) => page(listed(state, request), request.query, (held) => recipientJson(held))],
    ['GET v1/recipients/:id', (request) => of(request, shown)],
    ['PATCH v1/recipients/:id', (request) => of(request, (held) => edit(state, request, held))],
    ['DELETE v1/recipients/:id', (request) => of(request, (held) => cancel(state, held))],
  ];
}

/** Cancels at once or later; the state of the recipient shows which. */
function cancel({ lifecycle }: BitpesaState, held: BitpesaTransaction): Answer {
  return lifecycle.cancel(held) ? shown(held) : refused(held, 'state', 'invalid');
}

/** Changes the details, and tries a failed payout again. */
function edit({ settings, lifecycle }: BitpesaState, { body }: BitpesaRequest, held: BitpesaTransaction): Answer {
  const recipient = body && jsonObject(body.recipient);
  const method = recipient && jsonObject(recipient.payout_method);
  if (recipient === null || method === null) return badRequest();
  if (!isEditable(held)) return refused(held, 'state', 'not_editable');
  const errors = new BitpesaErrors();
  const details = { ...held.method.details, ...jsonObject(method.details) };
  const corrected = readMethod({ type: held.method.type, details }, held.recipientType, settings, errors);
  if (corrected === null) return unprocessable(recipientJson(held), errors);
  held.method = corrected;
  if (held.recipientState === 'error') lifecycle.retry(held);
  return shown(held);
}

function listed({ transactions }: BitpesaState, { payer, query }: BitpesaRequest): readonly BitpesaTransaction[] {
  const states = query.getAll('state[]');
  const from = Date.parse(query.get('created_at_from') ?? '');
  return transactions
    .list(payer)
    .filter((held) => states.length === 0 || states.includes(held.recipientState))
    .filter((held) => Number.isNaN(from) || held.createdAt >= from);
}

function refused(held: BitpesaTransaction, field: string, error: string): Answer {
  const errors = new BitpesaErrors();
  errors.add(field, error);
  return unprocessable(recipientJson(held), errors);
}

function shown(held: BitpesaTransaction): Answer {
  return object(200, recipientJson(held));
}
