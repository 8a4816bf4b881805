import { randomUUID } from 'node:crypto';
import { delivered, type Answer } from '../kit/answer.ts';
import { Errors, objectOf, textOf, type Fields } from './json.ts';
import { minorOf } from './money.ts';
import { checkSender, readOrder } from './orders.ts';
import { badRequest, notFound, object, page, unprocessable, type Request, type Routes } from './requests.ts';
import { isCleared, type Rooms } from './rooms.ts';
import { senderJson, type SenderPlan } from './senders.ts';
import { orderJson, transactionJson, type Order, type Transaction } from './transactions.ts';

const HOUR_MS = 3_600_000;

export function transactionRoutes(rooms: Rooms): Routes {
  return [
    ['POST v1/transactions', (request) => create(rooms, request)],
    ['POST v1/transactions/create_and_fund', (request) => createAndFund(rooms, request)],
    ['POST v1/transactions/validate', (request) => calculate(rooms, request)],
    ['POST v1/transactions/calculate', (request) => calculate(rooms, request)],
    ['GET v1/transactions', (request) => page(listed(rooms, request), request.query, (held) => transactionJson(held))],
    ['GET v1/transactions/:id', (request) => withTransaction(rooms, request, shown)],
    ['POST v1/transactions/:id/payin', (request) => withTransaction(rooms, request, (held) => payin(rooms, held))],
    ['POST v1/transactions/:id/payout', (request) => withTransaction(rooms, request, (held) => payout(rooms, held))],
  ];
}

function create(rooms: Rooms, request: Request): Answer {
  const draft = drafted(rooms, request, 'create');
  return 'refusal' in draft ? draft.refusal : shown(made(rooms, request, draft), 201);
}

function createAndFund(rooms: Rooms, request: Request): Answer {
  const draft = drafted(rooms, request, 'create_and_fund');
  if ('refusal' in draft) return draft.refusal;
  const held = made(rooms, request, draft);
  rooms.lifecycle.fund(held, true);
  held.callbackFault = request.callbackFault;
  const answer = shown(held, 201);
  const done = rooms.lifecycle.payOut(held);
  return done === null ? answer : delivered(answer, { kind: 'after', done });
}

/** Looks at everything as a creation would, and creates nothing. */
function calculate(rooms: Rooms, request: Request): Answer {
  const draft = drafted(rooms, request, 'create');
  if ('refusal' in draft) return draft.refusal;
  const { order, sender, fields } = draft;
  const { input_amount, input_currency, ...money } = orderJson(order);
  const asked: readonly unknown[] = Array.isArray(fields.recipients) ? fields.recipients : [];
  const recipients = asked.map((recipient) => ({ ...objectOf(recipient), ...money, input_amount, input_currency }));
  const shownSender = sender.sender === null ? sender.fields : senderJson(sender.sender);
  return object(200, { ...fields, id: null, sender: shownSender, input_amount, input_currency, recipients });
}

interface Draft {
  readonly fields: Fields;
  readonly order: Order;
  readonly sender: SenderPlan;
}

function drafted(
  rooms: Rooms,
  { body, payer }: Request,
  purpose: 'create' | 'create_and_fund',
): Draft | { readonly refusal: Answer } {
  // prettier-ignore
  const { settings, options, senders, transactions } = rooms;
  const fields = body && objectOf(body.transaction);
  if (fields === null) return { refusal: badRequest() };
  const errors = new Errors();
  const order = readOrder(fields, purpose === 'create_and_fund', settings, errors);
  const sender = senders.within(payer, fields.sender);
  errors.addAll('', sender.errors);
  if (order !== null && sender.errors.isEmpty) checkSender(order.method, sender.fields, errors);
  // Not freed by a cancellation or a refund [assumed].
  const existing = options.dedupe === 'reject' ? transactions.known(payer, textOf(fields, 'external_id')) : null;
  if (existing !== null) errors.add('external_id', settings.takenError);
  if (purpose === 'create_and_fund' && order !== null) checkFunding(rooms, payer, order, sender, errors);
  if (order !== null && errors.isEmpty) return { fields, order, sender };
  const earlier = {
    ...(existing === null ? {} : { transaction: transactionJson(existing) }),
    ...(sender.existing === null ? {} : { sender: senderJson(sender.existing) }),
  };
  const meta = existing === null && sender.existing === null ? {} : { existing: earlier };
  return { refusal: unprocessable(fields, errors, meta) };
}

function checkFunding(rooms: Rooms, payer: string, order: Order, { sender }: SenderPlan, errors: Errors): void {
  if (!isCleared(sender, rooms.settings)) errors.add('sender', 'not_approved');
  if (isTooPoor(rooms, payer, order)) errors.add('amount', rooms.settings.fundsError);
}

export function isTooPoor(
  { balances, settings }: Rooms,
  payer: string,
  { inputAmount, inputCurrency }: Order,
): boolean {
  return !settings.overdraft && minorOf(inputAmount, inputCurrency) > balances.of(payer, inputCurrency);
}

function made(rooms: Rooms, { payer }: Request, { order, sender: plan }: Draft): Transaction {
  const sender = plan.commit();
  const createdAt = rooms.world.now();
  const held: Transaction = {
    ...order,
    id: randomUUID(),
    recipientId: randomUUID(),
    payer,
    sender,
    createdAt,
    expiresAt: createdAt + HOUR_MS,
    state: isCleared(sender, rooms.settings) ? 'approved' : 'initial',
    recipientState: 'initial',
    reason: null,
    fundedAt: null,
    isFromBalance: false,
    isBooked: false,
    isCancelNoted: false,
    callbackFault: undefined,
  };
  rooms.transactions.add(held);
  rooms.lifecycle.begin(held);
  return held;
}

function listed({ transactions, settings }: Rooms, { payer, query }: Request): readonly Transaction[] {
  const externalId = query.get('external_id');
  if (externalId === null) return transactions.list(payer);
  if (!settings.prefixFilter) return transactions.withExternalId(payer, externalId);
  return transactions.list(payer).filter((held) => held.externalId.startsWith(externalId));
}

function withTransaction({ transactions }: Rooms, { payer, id }: Request, then: (held: Transaction) => Answer): Answer {
  const held = transactions.get(payer, id);
  return held === null ? notFound() : then(held);
}

/** The sandbox's money from outside: it is not ours, and does not come back to us. */
function payin({ lifecycle }: Rooms, held: Transaction): Answer {
  if (held.state !== 'approved') return wrongState(held);
  lifecycle.fund(held, false);
  void lifecycle.payOut(held);
  return shown(held);
}

function payout({ lifecycle }: Rooms, held: Transaction): Answer {
  return lifecycle.force(held) ? shown(held) : wrongState(held);
}

function wrongState(held: Transaction): Answer {
  const errors = new Errors();
  errors.add('state', 'invalid');
  return unprocessable(transactionJson(held), errors);
}

function shown(held: Transaction, status = 200): Answer {
  return object(status, transactionJson(held));
}
