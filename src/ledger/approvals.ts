import type { Approval } from '../domain/approval.ts';

/** The signatures under which something was sent or decided. */
export interface ApprovalStore {
  /** Every signature that was used for a batch, the oldest first; '' for what concerns no single batch. */
  approvals(batch: string): Promise<readonly Approval[]>;
  /** Keeps signatures that are used now; one that is kept already stays as it is. */
  recordApprovals(approvals: readonly Approval[]): Promise<void>;
  /**
   * Keeps the signatures of an action, in one transaction, unless any signature of the same text is kept already: an action is done
   * once. Returns whether they were kept.
   */
  useApprovals(approvals: readonly Approval[]): Promise<boolean>;
}
