import type { MpesaOrder } from './orders.ts';

/** A payout that reached the ledger of an organisation. */
export interface MpesaPayment {
  readonly order: MpesaOrder;
  /** The gateway's id; the transaction's own is firstCallback once there is one. */
  readonly conversationId: string;
  readonly transactionId: string;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
  /** `lost`: reached the ledger, moved nothing and left no record there. */
  state: 'open' | 'paid' | 'failed' | 'lost';
  paidAt: number;
}
