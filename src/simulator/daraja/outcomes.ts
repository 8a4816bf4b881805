import type { DarajaOrder } from './orders.ts';

/** A payout that was accepted, and so queued. */
export interface DarajaPayment {
  readonly order: DarajaOrder;
  /** What queries find it by: the payer's own id for B2C, one of ours for B2B. */
  readonly originatorId: string;
  readonly conversationId: string;
  /** Ten callbacks and digits; failed payments have one as well, so that it proves nothing. */
  readonly receipt: string;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
  /** `expired`: it waited too long in the queue and was never looked at. */
  state: 'open' | 'paid' | 'declined' | 'expired';
  endedAt: number;
}

/** What is to become of an accepted payment. */
export interface DarajaOutcome {
  /** A result code that is certain from the start; null: the money rules are asked. */
  readonly refusal: string | null;
  /** Whether money moves where the rules allow it. */
  readonly moves: boolean;
  /** The code that is reported of a payment that broke no rule. */
  readonly code: string;
  readonly reported: 'result' | 'timeout' | 'nothing';
}

export const ORDINARY: DarajaOutcome = { refusal: null, moves: true, code: '0', reported: 'result' };

export function refusedWith(code: string): DarajaOutcome {
  return { ...ORDINARY, refusal: code, moves: false };
}

/** By the last two digits of `2547000000NN` (ours: the provider publishes none). 70 and 71 are about the answer, elsewhere. */
const MAGIC: Readonly<Record<string, DarajaOutcome>> = {
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
  return MAGIC[magicDigits(order)] ?? ORDINARY;
}
