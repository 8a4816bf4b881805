/**
 * Whether a payment without an answer may be sent again *with the same reference*, by its provider's documentation.
 *
 * - `never`: only a person decides.
 * - `after-evidence`: after `answers` answers `not-found` in a row that span at least `graceMs`, and, where `withinMs` is given, not
 *   later than that after the payment was first sent.
 * - `always`: without evidence, where the provider has told the payer in writing that it refuses a repeated reference.
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
