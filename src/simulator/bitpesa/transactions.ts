import type { Reason } from './endings.ts';
import type { Fields } from './json.ts';
import type { PayoutMethod } from './methods.ts';
import { amountJson, rateOf, usdOf, type Currency, type Nano } from './money.ts';
import { senderJson, type Sender } from './senders.ts';
import type { CallbackFault } from '../kit/faults.ts';

export type TransactionState = 'initial' | 'approved' | 'received' | 'manual' | 'paid' | 'canceled' | 'refunded' | 'exception'; // prettier-ignore

export type RecipientState = 'initial' | 'pending' | 'success' | 'overpaid' | 'error' | 'stuck' | 'canceled' | 'refunded' | 'exception'; // prettier-ignore

/** Everything that a client asked for in one transaction; it never changes, but for a recipient's corrected details. */
export interface Order {
  /** Empty when none was given. */
  readonly externalId: string;
  readonly inputCurrency: Currency;
  readonly inputAmount: Nano;
  readonly requestedCurrency: Currency;
  readonly requestedAmount: Nano;
  /** In the currency of the payout method: what the recipient gets. */
  readonly outputAmount: Nano;
  readonly recipientType: string;
  readonly method: PayoutMethod;
  readonly recipientMetadata: Fields;
  readonly metadata: Fields;
  readonly autoRefund: boolean;
  readonly accountValidation: boolean;
}

export interface Transaction extends Order {
  readonly id: string;
  readonly recipientId: string;
  readonly payer: string;
  readonly sender: Sender;
  /** Unix milliseconds, as are the other times. */
  readonly createdAt: number;
  readonly expiresAt: number;
  method: PayoutMethod;
  recipientMetadata: Fields;
  state: TransactionState;
  recipientState: RecipientState;
  reason: Reason | null;
  fundedAt: number | null;
  /** Whether our balance paid, and gets the money back. */
  isFromBalance: boolean;
  /** The recipient has the money: from here on nothing may pay it again. */
  isBooked: boolean;
  /** A cancellation that waits for the network's failure. */
  isCancelNoted: boolean;
  callbackFault: CallbackFault | undefined;
}

const CANCELLABLE: readonly RecipientState[] = ['initial', 'error'];

export function isUnfunded({ state }: Transaction): boolean {
  return state === 'initial' || state === 'approved';
}

/** Whether a DELETE of the recipient takes effect at once. */
export function mayCancel({ recipientState }: Transaction): boolean {
  return CANCELLABLE.includes(recipientState);
}

/** While the sender or compliance is the trouble, no new details help. */
export function isEditable({ recipientState, reason }: Transaction): boolean {
  return recipientState === 'initial' || (recipientState === 'error' && reason?.category !== 'sender_error');
}

/** States that a webhook claims in place of the true ones. */
export interface Claim {
  readonly state: TransactionState;
  readonly recipientState: RecipientState;
}

export function transactionJson(held: Transaction, claim: Claim = held): Record<string, unknown> {
  return {
    id: held.id,
    external_id: held.externalId === '' ? null : held.externalId,
    state: claim.state,
    metadata: held.metadata,
    input_amount: amountJson(held.inputAmount),
    input_currency: held.inputCurrency.code,
    paid_amount: amountJson(held.fundedAt === null ? 0n : held.inputAmount),
    due_amount: amountJson(isUnfunded(held) ? held.inputAmount : 0n),
    payin_methods: [],
    traits: { auto_refund: held.autoRefund, account_validation: held.accountValidation },
    sender: senderJson(held.sender),
    recipients: [recipientJson(held, claim)],
    created_at: new Date(held.createdAt).toISOString(),
    expires_at: new Date(held.expiresAt).toISOString(),
  };
}

export function recipientJson(held: Transaction, claim: Claim = held): Record<string, unknown> {
  const { reason } = held;
  return {
    id: held.recipientId,
    transaction_id: held.id,
    transaction_external_id: held.externalId === '' ? null : held.externalId,
    type: held.recipientType,
    state: claim.recipientState,
    transaction_state: claim.state,
    editable: isEditable(held),
    may_cancel: mayCancel(held),
    retriable: held.recipientState === 'initial' || reason?.category === 'temporary_error',
    ...orderJson(held),
    fee_fractional: 0,
    state_reason: reason?.description ?? null,
    state_reason_details: reason,
    payout_method: {
      id: held.recipientId,
      type: held.method.type,
      details: held.method.details,
      metadata: {},
      provider: 'sim',
      fields: {},
    },
    metadata: held.recipientMetadata,
    created_at: new Date(held.createdAt).toISOString(),
  };
}

/** The money of an order, as calculations and recipients show it. */
export function orderJson(order: Order): Record<string, unknown> {
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
