/**
 * Why a ledger refused:
 *
 * - `full`: the disk has no room, or fails. Nothing more may be sent; what was already sent may still be recorded.
 * - `unusable`: the store is damaged, lost, not writable, or not a payrun ledger. Nothing more may be sent.
 * - `behind`: the store went back in time, or was replaced under this process. Nothing may be sent before `payrun recover`.
 * - `newer`: the store was written by a later version of payrun.
 * - `locked`: another process writes, or the caller's account lock is no longer valid.
 * - `move`: the payment's status does not allow the change.
 * - `missing`: there is no such ledger, batch or payment.
 * - `paused`: a person has paused the account or the batch; nothing of it may be sent.
 * - `stop-at`: as many payments went wrong as the claim allows ({@link StopAt}); nothing was claimed.
 */
export type LedgerFault =
  'full' | 'unusable' | 'behind' | 'newer' | 'locked' | 'move' | 'missing' | 'paused' | 'stop-at';

/** Thrown by every store. The message names the ledger's place and the next step, never a secret or a whole account number. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly fault: LedgerFault;

  constructor(fault: LedgerFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

export function isLedgerError(error: unknown): error is LedgerError {
  return error instanceof LedgerError;
}
