import { PayrunError } from '../../domain/problem.ts';
import type { Place } from '../../domain/place.ts';
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
 * Makes payments `unknown` that a dead process left in `submitting`: each lock of a place settles them, also of one that no account
 * sends to any more. A place that a live process works is left alone.
 */
export async function recoverDead(session: Session, record: BatchRecord): Promise<void> {
  const { ledger, lockOwner } = session;
  const batch = record.header.id;
  const tallies = await ledger.tallies(batch);
  if (!tallies.some(({ status, count }) => status === 'submitting' && count > 0)) return;
  const known = await ledger.places();
  for (const { account, place: key } of await ledger.openPlaces(batch)) {
    const place = key === null ? await currentPlace(session, account) : known.get(key);
    if (place === undefined) continue;
    const result = await ledger.lockAccount({ account, place }, lockOwner);
    if (result.kind === 'locked') await result.lock.release();
  }
}

/** Where an account sends to now; undefined where that cannot be told. */
async function currentPlace({ project, places }: Session, name: string): Promise<Place | undefined> {
  return project.config.accounts.has(name) ? (await places.all()).get(name) : undefined;
}
