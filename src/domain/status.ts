/**
 * Status of a payment. `unknown`: a request was sent and its end is not known; only evidence ends this status, never time.
 * `replaced`: failed or cancelled, and corrected by a payment of another batch.
 */
export const STATUSES = [
  'planned',
  'submitting',
  'pending',
  'unknown',
  'paid',
  'failed',
  'cancelled',
  'returned',
  'replaced',
] as const;

export type Status = (typeof STATUSES)[number];

/**
 * The one table of allowed moves; every ledger enforces it.
 *
 * - `submitting → planned`: the request provably moved nothing (it never left, was throttled, or was refused for a reason of
 *   the account's), so the same reference may be sent again.
 * - `failed → planned`: only as a new generation, with a new reference. So are `cancelled → planned` and `returned → planned`, of
 *   payments that a person names.
 * - `failed → paid`, `cancelled → paid`, `replaced → paid`: a person records that the payment arrived after all.
 * - `replaced → failed`, `replaced → cancelled`: the correction ended without payment, and the payment is again what it was.
 *   `replaced → unknown`: the same, and the old reference may have been paid.
 * - `unknown → submitting`: only a re-send with the same reference that the provider's rule allows.
 * - `pending → unknown`: evidence that contradicts an acceptance.
 * - `failed → unknown`, `planned → unknown`, `cancelled → unknown`: evidence of a payment where none should be. Nothing may send it
 *   again before evidence decides.
 */
export const MOVES: Readonly<Record<Status, readonly Status[]>> = {
  planned: ['submitting', 'cancelled', 'unknown'],
  submitting: ['planned', 'pending', 'paid', 'failed', 'unknown', 'cancelled', 'returned'],
  pending: ['paid', 'failed', 'cancelled', 'returned', 'unknown'],
  unknown: ['paid', 'failed', 'pending', 'cancelled', 'returned', 'submitting'],
  paid: ['returned'],
  failed: ['planned', 'paid', 'unknown', 'replaced'],
  cancelled: ['planned', 'paid', 'unknown', 'replaced'],
  returned: ['planned'],
  replaced: ['failed', 'cancelled', 'unknown', 'paid'],
};

export function canMove(from: Status, to: Status): boolean {
  return MOVES[from].includes(to);
}

/** Whether the status changes no more without a person's decision or evidence that contradicts it. */
export function isFinal(status: Status): boolean {
  switch (status) {
    case 'paid':
    case 'failed':
    case 'cancelled':
    case 'returned':
    case 'replaced':
      return true;
    case 'planned':
    case 'submitting':
    case 'pending':
    case 'unknown':
      return false;
  }
}
