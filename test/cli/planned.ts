import type { Ended } from './harness.ts';

/** A batch in the document that `plan --json` and `run --json` print, as far as tests read it. */
export interface PrintedBatch {
  readonly batch: string;
  readonly plan_digest?: string | null;
  readonly refused: boolean;
  readonly issues: readonly { readonly code: string; readonly message: string; readonly severity: string }[];
  readonly plan?: { readonly action: string };
}

export function batchesOf({ stdout }: Ended): readonly PrintedBatch[] {
  return (JSON.parse(stdout) as { readonly batches: readonly PrintedBatch[] }).batches;
}
