import type { DarajaOrder } from './orders.ts';

/** An accepted payout: queued, in progress or ended. */
export interface DarajaPayment {
  readonly order: DarajaOrder;
  /** The id for queries: the payer's id for B2C, an id of the provider for B2B. */
  readonly originatorId: string;
  readonly conversationId: string;
  /** Ten letters and digits. Failed payments have a receipt as well: a receipt does not prove a payment. */
  readonly receipt: string;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
  /** `expired`: the payment waited too long in the queue and was never processed. */
  state: 'open' | 'paid' | 'declined' | 'expired';
  endedAt: number;
}

/** The scripted outcome of an accepted payment. */
export interface DarajaOutcome {
  /** A result code that is fixed; null: balances and limits decide. */
  readonly refusal: string | null;
  /** Whether money moves when balances and limits allow it. */
  readonly moves: boolean;
  /** The reported result code of a payment that broke no rule. */
  readonly code: string;
  readonly reported: 'result' | 'timeout' | 'nothing';
}

export const ORDINARY: DarajaOutcome = { refusal: null, moves: true, code: '0', reported: 'result' };

export function refusedWith(code: string): DarajaOutcome {
  return { ...ORDINARY, refusal: code, moves: false };
}

/** By the last two digits of `2547000000NN`, defined by this simulator. 70 and 71 change the answer and are handled in `index.ts`. */
const SIMULATED_DARAJA_MAGIC: Readonly<Record<string, DarajaOutcome>> = {
  '01': refusedWith('1'),
  '04': refusedWith('4'),
  '08': refusedWith('8'),
  '17': { ...ORDINARY, code: '17' },
  '18': { ...ORDINARY, code: '17', moves: false },
  '40': refusedWith('2040'),
  '50': { ...ORDINARY, reported: 'nothing' },
  '51': { ...ORDINARY, code: '17', moves: false, reported: 'nothing' },
  '60': { ...ORDINARY, reported: 'timeout' },
  '61': { ...ORDINARY, moves: false, reported: 'timeout' },
  '99': refusedWith('SFC_IC0003'),
};

export function magicDigits({ partyB }: DarajaOrder): string {
  return /^2547000000(\d\d)$/.exec(partyB)?.[1] ?? '';
}

export function magicOutcome(order: DarajaOrder): DarajaOutcome {
  return SIMULATED_DARAJA_MAGIC[magicDigits(order)] ?? ORDINARY;
}
