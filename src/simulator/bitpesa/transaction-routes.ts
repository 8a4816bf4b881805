import { randomUuid } from '../kit/ids.ts';
import { delivered, type Answer } from '../kit/answer.ts';
import { BitpesaErrors, objectMember, textMember, type JsonFields } from './json.ts';
import { minorOf } from './amounts.ts';
import { checkSender, readBitpesaOrder } from './orders.ts';
import {
  badRequest,
  simulatedBitpesaNotFound,
  object,
  simulatedBitpesaPage,
  unprocessable,
  type SimulatedBitpesaRequest,
  type BitpesaRoutes,
} from './answers.ts';
import { isCleared, type BitpesaState } from './state.ts';
import { senderJson, type BitpesaSenderChange } from './senders.ts';
import {
  orderJson,
  transactionJson,
  type BitpesaOrder,
  type SimulatedBitpesaBitpesaTransaction,
} from './transactions.ts';

const SIMULATED_BITPESA_TRANSACTION_ROUTES_HOUR_MS = 3_600_000;

export function transactionRoutes(state: BitpesaState): BitpesaRoutes {
  return [
    ['POST v1/transactions', (request) => create(state, request)],
    ['POST v1/transactions/create_and_fund', (request) => createAndFund(state, request)],
    ['POST v1/transactions/validate', (request) => calculate(state, request)],
    ['POST v1/transactions/calculate', (request) => calculate(state, request)],
    [
      'GET v1/transactions',
      (request) =>
        simulatedBitpesaPage(simulatedBitpesaTransactionRoutesListed(state, request), request.query, (transaction) =>
          transactionJson(transaction),
        ),
    ],
    ['GET v1/transactions/:id', (request) => withTransaction(state, request, transactionAnswer)],
    [
      'POST v1/transactions/:id/payin',
      (request) => withTransaction(state, request, (transaction) => payin(state, transaction)),
    ],
    [
      'POST v1/transactions/:id/payout',
      (request) => withTransaction(state, request, (transaction) => simulatedBitpesaPayout(state, transaction)),
    ],
  ];
}

function create(state: BitpesaState, request: SimulatedBitpesaRequest): Answer {
  const draft = drafted(state, request, 'create');
  return 'refusal' in draft ? draft.refusal : transactionAnswer(made(state, request, draft), 201);
}

function createAndFund(state: BitpesaState, request: SimulatedBitpesaRequest): Answer {
  const draft = drafted(state, request, 'create_and_fund');
  if ('refusal' in draft) return draft.refusal;
  const transaction = made(state, request, draft);
  state.lifecycle.fund(transaction, true);
  transaction.callbackFault = request.callbackFault;
  const answer = transactionAnswer(transaction, 201);
  const done = state.lifecycle.payOut(transaction);
  return done === null ? answer : delivered(answer, { kind: 'after', done });
}

/** Checks a request as a creation does, without creating a transaction. */
function calculate(state: BitpesaState, request: SimulatedBitpesaRequest): Answer {
  const draft = drafted(state, request, 'create');
  if ('refusal' in draft) return draft.refusal;
  const { order, sender, fields } = draft;
  const { input_amount, input_currency, ...money } = orderJson(order);
  const requestedRecipients: readonly unknown[] = Array.isArray(fields.recipients) ? fields.recipients : [];
  const recipients = requestedRecipients.map((recipient) => ({
    ...objectMember(recipient),
    ...money,
    input_amount,
    input_currency,
  }));
  const shownSender = sender.sender === null ? sender.fields : senderJson(sender.sender);
  return object(200, { ...fields, id: null, sender: shownSender, input_amount, input_currency, recipients });
}

interface Draft {
  readonly fields: JsonFields;
  readonly order: BitpesaOrder;
  readonly sender: BitpesaSenderChange;
}

function drafted(
  state: BitpesaState,
  { body, payer }: SimulatedBitpesaRequest,
  purpose: 'create' | 'create_and_fund',
): Draft | { readonly refusal: Answer } {
  const { settings, options, senders, transactions } = state;
  const fields = body && objectMember(body.transaction);
  if (fields === null) return { refusal: badRequest() };
  const errors = new BitpesaErrors();
  const order = readBitpesaOrder(fields, purpose === 'create_and_fund', settings, errors);
  const sender = senders.within(payer, fields.sender);
  errors.addAll('', sender.errors);
  if (order !== null && sender.errors.isEmpty) checkSender(order.method, sender.fields, errors);
  // A cancellation or a refund does not free the id [assumed].
  const existing = options.dedupe === 'reject' ? transactions.known(payer, textMember(fields, 'external_id')) : null;
  if (existing !== null) errors.add('external_id', settings.takenError);
  if (purpose === 'create_and_fund' && order !== null) checkFunding(state, payer, order, sender, errors);
  if (order !== null && errors.isEmpty) return { fields, order, sender };
  const earlier = {
    ...(existing === null ? {} : { transaction: transactionJson(existing) }),
    ...(sender.existing === null ? {} : { sender: senderJson(sender.existing) }),
  };
  const meta = existing === null && sender.existing === null ? {} : { existing: earlier };
  return { refusal: unprocessable(fields, errors, meta) };
}

function checkFunding(
  state: BitpesaState,
  payer: string,
  order: BitpesaOrder,
  { sender }: BitpesaSenderChange,
  errors: BitpesaErrors,
): void {
  if (!isCleared(sender, state.settings)) errors.add('sender', 'not_approved');
  if (isTooPoor(state, payer, order)) errors.add('amount', state.settings.fundsError);
}

export function isTooPoor(
  { balances, settings }: BitpesaState,
  payer: string,
  { inputAmount, inputCurrency }: BitpesaOrder,
): boolean {
  return !settings.overdraft && minorOf(inputAmount, inputCurrency) > balances.of(payer, inputCurrency);
}

function made(
  state: BitpesaState,
  { payer }: SimulatedBitpesaRequest,
  { order, sender: plan }: Draft,
): SimulatedBitpesaBitpesaTransaction {
  const sender = plan.commit();
  const { runtime } = state;
  const random = (): number => runtime.random();
  const createdAt = runtime.now();
  const transaction: SimulatedBitpesaBitpesaTransaction = {
    ...order,
    id: randomUuid(random),
    recipientId: randomUuid(random),
    payer,
    sender,
    createdAt,
    expiresAt: createdAt + SIMULATED_BITPESA_TRANSACTION_ROUTES_HOUR_MS,
    state: isCleared(sender, state.settings) ? 'approved' : 'initial',
    recipientState: 'initial',
    reason: null,
    fundedAt: null,
    isFromBalance: false,
    isBooked: false,
    isCancelNoted: false,
    callbackFault: undefined,
  };
  state.transactions.add(transaction);
  state.lifecycle.begin(transaction);
  return transaction;
}

function simulatedBitpesaTransactionRoutesListed(
  { transactions, settings }: BitpesaState,
  { payer, query }: SimulatedBitpesaRequest,
): readonly SimulatedBitpesaBitpesaTransaction[] {
  const externalId = query.get('external_id');
  if (externalId === null) return transactions.list(payer);
  if (!settings.prefixFilter) return transactions.withExternalId(payer, externalId);
  return transactions.list(payer).filter((transaction) => transaction.externalId.startsWith(externalId));
}

function withTransaction(
  { transactions }: BitpesaState,
  { payer, id }: SimulatedBitpesaRequest,
  then: (transaction: SimulatedBitpesaBitpesaTransaction) => Answer,
): Answer {
  const transaction = transactions.get(payer, id);
  return transaction === null ? simulatedBitpesaNotFound() : then(transaction);
}

/** Funds a transaction from outside, as the sandbox allows: the money is not taken from the balance, and a refund does not return there. */
function payin({ lifecycle }: BitpesaState, transaction: SimulatedBitpesaBitpesaTransaction): Answer {
  if (transaction.state !== 'approved') return wrongState(transaction);
  lifecycle.fund(transaction, false);
  void lifecycle.payOut(transaction);
  return transactionAnswer(transaction);
}

function simulatedBitpesaPayout({ lifecycle }: BitpesaState, transaction: SimulatedBitpesaBitpesaTransaction): Answer {
  return lifecycle.force(transaction) ? transactionAnswer(transaction) : wrongState(transaction);
}

function wrongState(transaction: SimulatedBitpesaBitpesaTransaction): Answer {
  const errors = new BitpesaErrors();
  errors.add('state', 'invalid');
  return unprocessable(transactionJson(transaction), errors);
}

function transactionAnswer(transaction: SimulatedBitpesaBitpesaTransaction, status = 200): Answer {
  return object(status, transactionJson(transaction));
}
