import { requireWord, completeSettings } from '../kit/settings.ts';
import type { SimulatorSettings } from '../kit/options.ts';

/** Settings of the simulated BitPesa: each reading of what docs/providers/bitpesa.md leaves open is a setting. */
export interface BitpesaSimulatorSettings {
  /** `2025` or `2019`: E.164 or national phones, an account type for `NGN::Bank`, senders found again inside a transaction, automatic refunds. */
  readonly age: string;
  /** `spec` or `guide`: which list of required details counts where the two differ. */
  readonly requires: string;
  /** From the funding to the network's answer: the recipient's money or an error. */
  readonly payoutDelayMs: number;
  /** From a cancellation after the funding to the refund. */
  readonly refundDelayMs: number;
  /** From an error to a successful retry, unless the transaction was cancelled; 0: no retry succeeds. */
  readonly lateSuccessMs: number;
  /** Between the first two tries of a webhook; each further pause is twice as long. */
  readonly webhookRetryMs: number;
  /** From a webhook to its repetition by the fault `twice`. */
  readonly repeatDelayMs: number;
  /** The `external_id` filter of the list matches every id that begins with its value. */
  readonly prefixFilter: boolean;
  /** Ending of phones and accounts that become `stuck` (no answer from the network); empty: none. */
  readonly stuckEnding: string;
  /** Whether the money of a stuck payout arrived. */
  readonly stuckPaid: boolean;
  /** Ending of phones and accounts that end in an `exception`; empty: none. */
  readonly exceptionEnding: string;
  /** Ending of phones and accounts that are paid with the state `overpaid`; empty: none. */
  readonly overpaidEnding: string;
  /** Without this waiver a sender needs documents, starts as `initial` and is approved later. */
  readonly kycWaived: boolean;
  /** State of a sender under the waiver: `approved`, or `initial`, which can transact too. */
  readonly senderState: string;
  readonly senderApprovalMs: number;
  /** A relaxed account: an identification or a birth date replaces a sender's address. */
  readonly wtr2: boolean;
  /** HTTP status of a debit: 201 by the specification, 200 by the guide. */
  readonly debitStatus: number;
  /** Answer for one currency's account: `single` by the specification, `list` by the guide. */
  readonly accountShape: string;
  /** Whether debits may take the balance below zero. */
  readonly overdraft: boolean;
  /** Error word for insufficient funds. */
  readonly fundsError: string;
  /** Error word for a used `external_id`. */
  readonly takenError: string;
}

const SIMULATED_BITPESA_DEFAULTS: BitpesaSimulatorSettings = {
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

export function readSimulatedBitpesaBitpesaSettings(given: SimulatorSettings): BitpesaSimulatorSettings {
  const settings = completeSettings(given, SIMULATED_BITPESA_DEFAULTS);
  requireWord('age', settings.age, ['2025', '2019']);
  requireWord('requires', settings.requires, ['spec', 'guide']);
  requireWord('senderState', settings.senderState, ['approved', 'initial']);
  requireWord('accountShape', settings.accountShape, ['single', 'list']);
  if (settings.debitStatus !== 200 && settings.debitStatus !== 201)
    throw new Error('the setting debitStatus is 200 or 201');
  return settings;
}
