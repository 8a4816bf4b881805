import type { PesawayOrder } from './orders.ts';

/** A payout that was accepted, from then to its end. */
export interface PesawayPayment {
  readonly order: PesawayOrder;
  readonly merchant: string;
  readonly transactionId: string;
  /** The network's, firstCallback once it is paid. */
  readonly receipt: string;
  readonly feeMinor: bigint;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
  state: 'open' | 'paid' | 'failed';
}
