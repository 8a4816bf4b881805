import type { Answer } from '../kit/answer.ts';
import { Errors, objectOf } from './json.ts';
import { readMethod } from './methods.ts';
import { badRequest, notFound, object, page, unprocessable, type Request, type Routes } from './requests.ts';
import type { Rooms } from './rooms.ts';
import { isEditable, recipientJson, type Transaction } from './transactions.ts';

export function recipientRoutes(rooms: Rooms): Routes {
  const of = (request: Request, then: (held: Transaction) => Answer): Answer => {
    const held = rooms.transactions.ofRecipient(request.payer, request.id);
    return held === null ? notFound() : then(held);
  };
  return [
    ['GET v1/recipients', (request) => page(listed(rooms, request), request.query, (held) => recipientJson(held))],
    ['GET v1/recipients/:id', (request) => of(request, shown)],
    ['PATCH v1/recipients/:id', (request) => of(request, (held) => edit(rooms, request, held))],
    ['DELETE v1/recipients/:id', (request) => of(request, (held) => cancel(rooms, held))],
  ];
}

/** Noted or done at once: the recipient tells which. */
function cancel({ lifecycle }: Rooms, held: Transaction): Answer {
  return lifecycle.cancel(held) ? shown(held) : refused(held, 'state', 'invalid');
}

/** New details, and a new try where the last one failed. */
function edit({ settings, lifecycle }: Rooms, { body }: Request, held: Transaction): Answer {
  const recipient = body && objectOf(body.recipient);
  const method = recipient && objectOf(recipient.payout_method);
  if (recipient === null || method === null) return badRequest();
  if (!isEditable(held)) return refused(held, 'state', 'not_editable');
  const errors = new Errors();
  const details = { ...held.method.details, ...objectOf(method.details) };
  const corrected = readMethod({ type: held.method.type, details }, held.recipientType, settings, errors);
  if (corrected === null) return unprocessable(recipientJson(held), errors);
  held.method = corrected;
  if (held.recipientState === 'error') lifecycle.retry(held);
  return shown(held);
}

function listed({ transactions }: Rooms, { payer, query }: Request): readonly Transaction[] {
  const states = query.getAll('state[]');
  const from = Date.parse(query.get('created_at_from') ?? '');
  return transactions
    .list(payer)
    .filter((held) => states.length === 0 || states.includes(held.recipientState))
    .filter((held) => Number.isNaN(from) || held.createdAt >= from);
}

function refused(held: Transaction, field: string, error: string): Answer {
  const errors = new Errors();
  errors.add(field, error);
  return unprocessable(recipientJson(held), errors);
}

function shown(held: Transaction): Answer {
  return object(200, recipientJson(held));
}
