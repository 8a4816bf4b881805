/** The ledger had lost its newest part, by a restored backup for instance. */
export interface RecoveryRequest {
  readonly because: string;
  /** Name of the person. */
  readonly by: string;
  readonly at: number;
  /** The counter that this ledger stood at. */
  readonly counter: number;
  /** What is known to be missing, for people. */
  readonly missing: string;
}

export interface RecoveryResult {
  /** How many payments may have been sent by what was lost, and are `unknown` now. */
  readonly marked: number;
}

/** The way on after the ledger went back in time. The caller sees to it that nothing is sent before the end. */
export interface RecoveryStore {
  /**
   * Makes `unknown` every payment that is `planned` or `submitting`, in one transaction, and marks all others: none of them is
   * re-sent, and their next retry is assumed to have been sent already, so that it becomes `unknown` and waits for evidence.
   * Can be repeated after a failure.
   */
  beginRecovery(request: RecoveryRequest): Promise<RecoveryResult>;
  /** Everything that is known was recorded. */
  endRecovery(at: number): Promise<void>;
}
