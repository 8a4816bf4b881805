/**
 * Whether a payment without an answer may be presented again *with the same reference*, by its provider's sheet.
 *
 * - `never`: only a person decides.
 * - `after-evidence`: once `answers` findings `absent` in a row span at least `graceMs`, and, where `withinMs` is given, at most
 *   so long after the payment was first sent.
 * - `always`: without evidence, where the payer has it in writing that a repeated reference is refused.
 */
export type ResendRule =
  | { readonly kind: 'never' }
  | {
      readonly kind: 'after-evidence';
      readonly graceMs: number;
      readonly answers: number;
      readonly withinMs: number | null;
    }
  | { readonly kind: 'always' };
