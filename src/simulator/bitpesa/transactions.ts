import type { BitpesaReason } from './outcomes.ts';
import type { JsonFields } from './json.ts';
import type { BitpesaPayoutMethod } from './methods.ts';
import { amountJson, rateOf, usdOf, type BitpesaCurrency, type Nano } from './amounts.ts';
import { senderJson, type BitpesaSender } from './senders.ts';
import type { CallbackFault } from '../kit/faults.ts';

export type BitpesaTransactionState =
  'initial' | 'approved' | 'received' | 'manual' | 'paid' | 'canceled' | 'refunded' | 'exception';

export type BitpesaRecipientState =
  'initial' | 'pending' | 'success' | 'overpaid' | 'error' | 'stuck' | 'canceled' | 'refunded' | 'exception';

/** The content of a transaction request. Never changes, except for corrected details of the recipient. */
export interface BitpesaOrder {
  /** Empty without an id in the request. */
  readonly externalId: string;
  readonly inputCurrency: BitpesaCurrency;
  readonly inputAmount: Nano;
  readonly requestedCurrency: BitpesaCurrency;
  readonly requestedAmount: Nano;
  /** The amount that the recipient gets, in the currency of the payout method. */
  readonly outputAmount: Nano;
  readonly recipientType: string;
  readonly method: BitpesaPayoutMethod;
  readonly recipientMetadata: JsonFields;
  readonly metadata: JsonFields;
  readonly autoRefund: boolean;
  readonly accountValidation: boolean;
}

export interface SimulatedBitpesaBitpesaTransaction extends BitpesaOrder {
  readonly id: string;
  readonly recipientId: string;
  readonly payer: string;
  readonly sender: BitpesaSender;
  /** Unix milliseconds, as are the other times. */
  readonly createdAt: number;
  readonly expiresAt: number;
  method: BitpesaPayoutMethod;
  recipientMetadata: JsonFields;
  state: BitpesaTransactionState;
  recipientState: BitpesaRecipientState;
  reason: BitpesaReason | null;
  fundedAt: number | null;
  /** Whether the payer's balance was debited, and gets a refund. */
  isFromBalance: boolean;
  /** The recipient has the money: the transaction must never be paid again. */
  isBooked: boolean;
  /** A cancellation takes effect when the network reports an error. */
  isCancelNoted: boolean;
  callbackFault: CallbackFault | undefined;
}

const CANCELLABLE: readonly BitpesaRecipientState[] = ['initial', 'error'];

export function isUnfunded({ state }: SimulatedBitpesaBitpesaTransaction): boolean {
  return state === 'initial' || state === 'approved';
}

/** Whether a DELETE of the recipient takes effect at once. */
export function mayCancel({ recipientState }: SimulatedBitpesaBitpesaTransaction): boolean {
  return CANCELLABLE.includes(recipientState);
}

/** Whether new details can help: not for an error of the sender or of compliance. */
export function isEditable({ recipientState, reason }: SimulatedBitpesaBitpesaTransaction): boolean {
  return recipientState === 'initial' || (recipientState === 'error' && reason?.category !== 'sender_error');
}

/** States that a webhook reports in place of the true ones. */
export interface BitpesaClaimedStates {
  readonly state: BitpesaTransactionState;
  readonly recipientState: BitpesaRecipientState;
}

export function transactionJson(
  transaction: SimulatedBitpesaBitpesaTransaction,
  claim: BitpesaClaimedStates = transaction,
): Record<string, unknown> {
  return {
    id: transaction.id,
    external_id: transaction.externalId === '' ? null : transaction.externalId,
    state: claim.state,
    metadata: transaction.metadata,
    input_amount: amountJson(transaction.inputAmount),
    input_currency: transaction.inputCurrency.code,
    paid_amount: amountJson(transaction.fundedAt === null ? 0n : transaction.inputAmount),
    due_amount: amountJson(isUnfunded(transaction) ? transaction.inputAmount : 0n),
    payin_methods: [],
    traits: { auto_refund: transaction.autoRefund, account_validation: transaction.accountValidation },
    sender: senderJson(transaction.sender),
    recipients: [recipientJson(transaction, claim)],
    created_at: new Date(transaction.createdAt).toISOString(),
    expires_at: new Date(transaction.expiresAt).toISOString(),
  };
}

export function recipientJson(
  transaction: SimulatedBitpesaBitpesaTransaction,
  claim: BitpesaClaimedStates = transaction,
): Record<string, unknown> {
  const { reason } = transaction;
  return {
    id: transaction.recipientId,
    transaction_id: transaction.id,
    transaction_external_id: transaction.externalId === '' ? null : transaction.externalId,
    type: transaction.recipientType,
    state: claim.recipientState,
    transaction_state: claim.state,
    editable: isEditable(transaction),
    may_cancel: mayCancel(transaction),
    retriable: transaction.recipientState === 'initial' || reason?.category === 'temporary_error',
    ...orderJson(transaction),
    fee_fractional: 0,
    state_reason: reason?.description ?? null,
    state_reason_details: reason,
    payout_method: {
      id: transaction.recipientId,
      type: transaction.method.type,
      details: transaction.method.details,
      metadata: {},
      provider: 'sim',
      fields: {},
    },
    metadata: transaction.recipientMetadata,
    created_at: new Date(transaction.createdAt).toISOString(),
  };
}

/** The money of an order, as calculations and recipients show it. */
export function orderJson(order: BitpesaOrder): Record<string, unknown> {
  return {
    requested_amount: amountJson(order.requestedAmount),
    requested_currency: order.requestedCurrency.code,
    input_amount: amountJson(order.inputAmount),
    input_currency: order.inputCurrency.code,
    output_amount: amountJson(order.outputAmount),
    output_currency: order.method.currency.code,
    exchange_rate: amountJson(rateOf(order.inputCurrency, order.method.currency)),
    input_usd_amount: amountJson(usdOf(order.inputAmount, order.inputCurrency)),
  };
}
