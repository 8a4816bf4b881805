import type { Ended } from './harness.ts';

/** Totals of a plan, as `--json` prints them. */
export interface PrintedTotal {
  readonly account: string;
  readonly currency: string;
  readonly kind: string;
  readonly count: number;
  readonly sum: string;
}

/** A batch in the document that `plan --json` and `run --json` print, as far as tests read it. */
export interface PrintedBatch {
  readonly batch: string;
  readonly plan_digest?: string | null;
  readonly plan_file?: string;
  readonly refused: boolean;
  readonly sent: number;
  readonly count: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly issues: readonly { readonly code: string; readonly message: string; readonly severity: string }[];
  readonly plan?: {
    readonly action: string;
    readonly new: readonly PrintedTotal[];
    readonly resumed: readonly PrintedTotal[];
    readonly skipped: readonly PrintedTotal[];
    readonly blocked: readonly PrintedTotal[];
    readonly balances: readonly object[];
  };
}

export function batchesOf({ stdout }: Ended): readonly PrintedBatch[] {
  return (JSON.parse(stdout) as { readonly batches: readonly PrintedBatch[] }).batches;
}
