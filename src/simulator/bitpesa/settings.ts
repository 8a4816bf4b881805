import { requireWord, completeSettings } from '../kit/settings.ts';
import type { SimulatorSettings } from '../kit/options.ts';

/** What the simulated BitPesa can be firstCallback: where its sheet leaves the truth open, each reading is a setting. */
export interface BitpesaSimulatorSettings {
  /** `2025` or `2019`: E.164 or national phones, an account type for `NGN::Bank`, senders found again inside a transaction, automatic refunds. */
  readonly age: string;
  /** `spec` or `guide`: which of the two lists of required details counts where they differ. */
  readonly requires: string;
  /** From the funding to the network's answer: the recipient's money or an error. */
  readonly payoutDelayMs: number;
  /** From a cancellation after the funding to the money's return. */
  readonly refundDelayMs: number;
  /** From an error to a payout that works after all, unless it was cancelled; 0: the retries never work. */
  readonly lateSuccessMs: number;
  /** Between the first two tries of a webhook; each further pause is twice as long. */
  readonly webhookRetryMs: number;
  /** From a webhook to its repetition, where a fault asks for one. */
  readonly repeatDelayMs: number;
  /** The `external_id` filter of the list takes whatever begins with its value. */
  readonly prefixFilter: boolean;
  /** Phones and accounts that end so are `stuck`: no answer from the network; empty: none. */
  readonly stuckEnding: string;
  /** Whether the money of a stuck one arrived. */
  readonly stuckPaid: boolean;
  /** Phones and accounts that end so run into an `exception`; empty: none. */
  readonly exceptionEnding: string;
  /** Phones and accounts that end so are paid and `overpaid`; empty: none. */
  readonly overpaidEnding: string;
  /** Without the waiver a sender needs documents, begins as `initial` and is approved later. */
  readonly kycWaived: boolean;
  /** What a sender shows under the waiver: `approved`, or `initial`, which may transact all the same. */
  readonly senderState: string;
  readonly senderApprovalMs: number;
  /** A relaxed account: an identification or a birth date may stand in for a sender's address. */
  readonly wtr2: boolean;
  /** 201 by the specification, 200 by the prose. */
  readonly debitStatus: number;
  /** `single` by the specification, `list` by the prose: what one currency's account is wrapped in. */
  readonly accountShape: string;
  /** Whether debits may take the balance below zero. */
  readonly overdraft: boolean;
  /** How the lack of funds is called. */
  readonly fundsError: string;
  /** How an `external_id` that was used is called. */
  readonly takenError: string;
}

const USUAL: BitpesaSimulatorSettings = {
  age: '2025',
  requires: 'spec',
  payoutDelayMs: 200,
  refundDelayMs: 200,
  lateSuccessMs: 0,
  webhookRetryMs: 1_000,
  repeatDelayMs: 50,
  prefixFilter: false,
  stuckEnding: '',
  stuckPaid: false,
  exceptionEnding: '',
  overpaidEnding: '',
  kycWaived: true,
  senderState: 'approved',
  senderApprovalMs: 200,
  wtr2: false,
  debitStatus: 201,
  accountShape: 'single',
  overdraft: false,
  fundsError: 'insufficient_funds',
  takenError: 'taken',
};

export function readBitpesaSettings(given: SimulatorSettings): BitpesaSimulatorSettings {
  const settings = completeSettings(given, USUAL);
  requireWord('age', settings.age, ['2025', '2019']);
  requireWord('requires', settings.requires, ['spec', 'guide']);
  requireWord('senderState', settings.senderState, ['approved', 'initial']);
  requireWord('accountShape', settings.accountShape, ['single', 'list']);
  if (settings.debitStatus !== 200 && settings.debitStatus !== 201)
    throw new Error('the setting debitStatus is 200 or 201');
  return settings;
}
