/**
 * What limits how much of a batch leaves before a person has looked: a canary lets a few payments go first, and numbers of payments that
 * went wrong end the sending from an account.
 */

/** The first payments of a batch from one account, behind which the others wait until a person releases them. */
export interface Canary {
  readonly batch: string;
  readonly account: string;
  /** How many payments may leave before the release. */
  readonly size: number;
  /** How many of them were ever claimed. Each stays one of the first ones, whatever became of it. */
  readonly used: number;
  /** How many payments wait for the release: planned, and never claimed. */
  readonly waiting: number;
  readonly by: string;
  readonly at: number;
}

export interface CanaryRequest {
  readonly batch: string;
  readonly account: string;
  readonly size: number;
  readonly by: string;
  readonly at: number;
}

export type CanaryResult =
  /** In force from now on, with this size: that of the request, or a smaller one that was in force before. */
  | { readonly kind: 'in-force'; readonly size: number }
  /** A person has released the batch before. */
  | { readonly kind: 'released'; readonly by: string; readonly at: number }
  /** As many payments as the request names, or more, left before there was a canary. */
  | { readonly kind: 'too-late'; readonly left: number }
  /** The batch has no more payments from the account than the request lets go. */
  | { readonly kind: 'small' };

/** At how many payments of a batch and account that went wrong nothing more is claimed; null: whatever their number. */
export interface StopAt {
  readonly batch: string;
  /** Only payments that were sent after this moment count; 0: all. */
  readonly since: number;
  readonly failed: number | null;
  readonly unknown: number | null;
  readonly returned: number | null;
}

/** Payments of a batch and account, by what became of them. */
export interface SentCounts {
  readonly failed: number;
  readonly unknown: number;
  readonly returned: number;
  /** Paid, failed, unknown and returned ones together. */
  readonly ended: number;
}

/**
 * Canaries, and the counts behind `stop_when`. A claim obeys both in its own transaction, so that two processes, or one after the death
 * of another, never let more go.
 */
export interface BrakeStore {
  /**
   * Sets a canary for payments of a registered batch. One that is in force stays, with the smaller of the two sizes; one that was
   * released is not set again. Payments that left before count as the first ones.
   */
  setCanary(request: CanaryRequest): Promise<CanaryResult>;
  /** The canaries of a batch that are in force, by account. */
  canaries(batch: string): Promise<readonly Canary[]>;
  /** Lets all payments of a batch go. Returns the canaries that were in force. */
  releaseCanaries(release: {
    readonly batch: string;
    readonly by: string;
    readonly at: number;
  }): Promise<readonly Canary[]>;
  /** @param since only payments that were sent after this moment count; 0: all. */
  sentCounts(of: { readonly batch: string; readonly account: string; readonly since: number }): Promise<SentCounts>;
  /** When a pause of the account that this name had made was ended last, or null. */
  resumedAt(account: string, pausedBy: string): Promise<number | null>;
}

/** Why a claim was refused at these numbers. */
export function stopAtText({ batch }: StopAt, account: string): string {
  return `As many payments of batch ${batch} from account ${account} went wrong as stop_when allows. See: payrun status ${batch}`;
}
