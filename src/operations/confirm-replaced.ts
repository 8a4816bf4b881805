import { isPayrunError } from '../domain/problem.ts';
import type { Registration } from '../ledger/records.ts';
import type { PersonsReason } from '../ledger/stops.ts';
import type { CleanBatch } from './batch-options.ts';
import { confirmUnpaid } from './confirm-unpaid.ts';
import type { OpenAccount } from './session/account.ts';
import type { Session } from './session/session.ts';

/** Pauses that a provider asks for are waited for so long. */
const QUERY_PAUSES_MS = 10_000;

/** What was asked about the payments that a file replaces, before it is registered. */
export interface ReplacedConfirmation {
  /** Null for a file that replaces nothing. */
  readonly confirmation: NonNullable<Registration['confirmation']> | null;
  readonly notes: readonly string[];
}

/**
 * A correction is a second request to pay, as a retry is: where the failure of what it replaces rests on no verified word of the
 * provider, the provider is queried first.
 */
export async function confirmReplaced(
  session: Session,
  batch: CleanBatch,
  because: string | null,
): Promise<ReplacedConfirmation> {
  const batches = await replacedBatches(session, batch);
  if (batches.size === 0) return { confirmation: null, notes: [] };
  const queriedSince = session.system.clock.now();
  const unaskable = { accounts: new Set<string>(), references: new Set<string>() };
  const notes: string[] = [];
  let person: PersonsReason | null = null;
  for (const [replaced, idKeys] of batches) {
    const accounts = await accountsOf(session, replaced);
    const answers = await confirmUnpaid(session, {
      batch: replaced,
      idKeys,
      accounts,
      pausesMs: QUERY_PAUSES_MS,
      because,
    });
    person ??= answers.person;
    for (const reference of answers.unaskable.references) unaskable.references.add(reference);
    notes.push(...answers.notes);
  }
  return { confirmation: { queriedSince, unaskable, ...(person === null ? {} : { person }) }, notes };
}

/**
 * The batches that the rows name, with the folded ids of what they name there; and those whose payments stand for the same debts, with
 * null for all of their payments.
 */
async function replacedBatches(
  { ledger }: Session,
  { checked, summary }: CleanBatch,
): Promise<ReadonlyMap<string, readonly string[] | null>> {
  const named = new Map<string, string[] | null>();
  if (!summary.header.columnFields.includes('replaces')) return named;
  for await (const page of checked.payments()) {
    for (const { replaces } of page) {
      if (replaces === undefined) continue;
      const ids = named.get(replaces.batch);
      if (ids === undefined) named.set(replaces.batch, [replaces.idKey]);
      else ids?.push(replaces.idKey);
    }
  }
  // A map that grows while it is walked hands out what was added, too.
  for (const batch of named.keys()) {
    for (const other of await ledger.correctionsOf(batch)) if (!named.has(other)) named.set(other, null);
  }
  named.delete(summary.header.id);
  return named;
}

/** The accounts with failed payments of a batch. One that cannot be opened now is left out: then nothing of it is confirmed. */
async function accountsOf(
  { ledger, project, accounts: pool }: Session,
  batch: string,
): Promise<ReadonlyMap<string, OpenAccount>> {
  const open = new Map<string, OpenAccount>();
  const failed = (await ledger.tallies(batch)).filter(({ status }) => status === 'failed' || status === 'cancelled');
  for (const name of new Set(failed.map(({ account }) => account))) {
    if (!project.config.accounts.has(name)) continue;
    try {
      const lock = await pool.lock(name);
      if (lock !== null) open.set(name, await pool.open(lock));
    } catch (error) {
      if (!isPayrunError(error)) throw error;
    }
  }
  return open;
}
