import { stat } from 'node:fs/promises';
import { PayrunError } from '../domain/problem.ts';
import type { BatchSummary } from '../domain/batch.ts';
import type { CheckedBatch, PaidOccurrence } from '../intake/batch.ts';
import type { PlanInput } from '../plan/input.ts';
import type { RowChoice } from './displayed-rows.ts';

/** How `validate`, `plan` and `run` read batch files, and what a file must add up to. */
export interface BatchOptions {
  /** The account to pay from, whatever the file says; null: the file says it. */
  readonly account: string | null;
  /** The id of a CSV batch; null: the file's name. */
  readonly batch: string | null;
  /** Accept additions and changes of payments that were never sent. */
  readonly amend: boolean;
  /** Pay although another batch holds the same payments. */
  readonly allowDuplicate: boolean;
  /** Ids whose destination is right, although it looks like a damaged copy of the one that they were paid to before. */
  readonly allowDestination: readonly string[];
  /** The batch that the file is compared with; null or absent: the previous occurrence of its series. */
  readonly against?: string | null;
  /** File with the repairs that a person has accepted; null or absent: the batch is read as it came. */
  readonly repair?: string | null;
  /** The digest that the plan has to have, or the batch is refused; null or absent: any. */
  readonly agreedPlan?: string | null;
  /** Whether nothing is planned with the file, so that its plan needs no digest. Default: no. */
  readonly isOnlyChecked?: boolean;
  /** What the file is paid as; absent: what its place says, or itself. */
  readonly occurrence?: PaidOccurrence;
  /** Whether the clock decided that the batch is paid now, so that nothing of a new one is paid by a clock that stands wrong. */
  readonly isFired?: boolean;
  /** So many payments of each account go first; null or absent: as many as the configuration says. */
  readonly canary?: number | null;
  /** A person has agreed to what is to be paid, so that nothing is asked. */
  readonly isConfirmed?: boolean;
  /** Why a person sets a refusal aside. */
  readonly because?: string;
  /** Refuse a batch with another count or sum; null: any. */
  readonly expect: PlanInput['expect'];
  /** Which payments the result carries for the screen. */
  readonly rows: RowChoice;
}

/** A batch file without errors. */
export interface CleanBatch {
  readonly checked: CheckedBatch;
  readonly summary: BatchSummary;
}

/** Options of one batch cannot be applied to several. Throws {@link PayrunError} 2. */
export function checkBatchOptions(options: OneBatchOptions, files: readonly string[]): void {
  if (files.length <= 1) return;
  const flag = flagOfOneBatch(options);
  if (flag === null) return;
  throw new PayrunError(2, 'flag-of-one-batch', `${flag} is for one batch; ${files.length} files were named.`);
}

/** An agreed plan is that of one file, which is named itself. Throws {@link PayrunError} 2. */
export async function checkAgreedPlan({ agreedPlan = null }: BatchOptions, named: readonly string[]): Promise<void> {
  if (agreedPlan === null) return;
  const [first = ''] = named;
  const isFolder = (await stat(first)).isDirectory();
  if (named.length === 1 && !isFolder) return;
  const what = named.length > 1 ? `${named.length} were named` : `${first} is a folder`;
  const message = `--plan is the digest of one batch file; ${what}. Name the file: payrun run FILE --plan DIGEST`;
  throw new PayrunError(2, 'plan-of-one-file', message);
}

type OneBatchOptions = Pick<BatchOptions, 'batch' | 'expect' | 'repair' | 'against'>;

function flagOfOneBatch({ batch, expect, repair, against }: OneBatchOptions): string | null {
  if (against !== undefined && against !== null) return '--against';
  if (repair !== undefined && repair !== null) return '--repair';
  if (batch !== null) return '--batch';
  if (expect.count !== null) return '--expect-count';
  return expect.sum === null ? null : '--expect-sum';
}
