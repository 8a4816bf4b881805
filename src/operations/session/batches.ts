import { PayrunError } from '../../domain/problem.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { BatchRecord } from '../../ledger/records.ts';
import type { Session } from './session.ts';

/** A batch that the user named. Throws {@link PayrunError} 2 with the newest batches when the ledger does not have it. */
export async function namedBatch(ledger: Ledger, batch: string): Promise<BatchRecord> {
  const record = await ledger.batch(batch);
  if (record !== null) return record;
  const known = (await ledger.batches()).map((other) => other.header.id).slice(-5);
  throw new PayrunError(
    2,
    'batch-unknown',
    `The ledger has no batch ${batch}.${known.length > 0 ? ` The newest are: ${known.join(', ')}.` : ''}`,
  );
}

/** The batch that the user named, or all of them, oldest first. */
export async function namedBatches(ledger: Ledger, batch: string | null): Promise<readonly BatchRecord[]> {
  return batch === null ? ledger.batches() : [await namedBatch(ledger, batch)];
}

/**
 * Makes payments `unknown` that a dead process left in `submitting`: each lock of an account settles them. An account that a live
 * process works is left alone.
 */
export async function recoverDead({ ledger, lockOwner }: Session, record: BatchRecord): Promise<void> {
  const tallies = await ledger.tallies(record.header.id);
  const submitting = tallies.filter((tally) => tally.status === 'submitting' && tally.count > 0);
  for (const account of new Set(submitting.map((tally) => tally.account))) {
    const result = await ledger.lockAccount(account, lockOwner);
    if (result.kind === 'locked') await result.lock.release();
  }
}
