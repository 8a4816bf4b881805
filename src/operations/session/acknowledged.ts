import { resolveCredentials, type AccountConfig } from '../../config/config.ts';
import { placeKey } from '../../domain/place.ts';
import { isPayrunError } from '../../domain/problem.ts';
import type { ProviderDefinition } from '../../providers/port.ts';
import { calledAccounts } from './callback-accounts.ts';
import type { Session } from './session.ts';

/**
 * Applies every callback that a process acknowledged and that no process has applied: those in the spool, and those that were stored
 * by a process that died. For commands that decide what happens to payments. Throws `LedgerError` while the ledger cannot store
 * what waits in the spool: an acknowledged callback may say that a payment has ended.
 */
export async function applyAcknowledged(session: Session): Promise<void> {
  const { ledger, project, callbacks } = session;
  await callbacks.receiver.takeIn();
  const waiting = new Set(await ledger.accountsWithUnprocessed());
  if (waiting.size === 0) return;
  for (const { account, definition } of calledAccounts(project)) {
    if (waiting.delete(account.name)) await applyStoredOf(session, account, definition);
  }
  // What is left came to accounts that have another name now, or none.
  for (const name of waiting) await applyOfFormer(session, name);
}

async function applyStoredOf(
  { callbacks, watch }: Session,
  account: AccountConfig,
  definition: ProviderDefinition,
): Promise<void> {
  try {
    callbacks.admitStored(account, definition, await resolveCredentials(account, definition.credentials));
    await callbacks.receiver.processStored(account.name);
  } catch (error) {
    // The callbacks wait until the account can be opened, and nothing can be sent from it before.
    if (!isPayrunError(error)) throw error;
    watch.fault(error, `Stored callbacks of account ${account.name} wait.`);
  }
}

/** Callbacks that came to an account which is not configured under that name any more are read by the account of the same place. */
async function applyOfFormer(session: Session, name: string): Promise<void> {
  const { ledger, project, places, watch } = session;
  if (project.config.accounts.has(name)) return;
  const sentTo = new Set(
    (await ledger.openPlaces(null)).filter(({ account }) => account === name).map(({ place }) => place),
  );
  const now = await places.all();
  for (const { account, definition } of calledAccounts(project)) {
    const place = now.get(account.name);
    if (place === undefined || !sentTo.has(placeKey(place))) continue;
    await applyStoredOf(session, { ...account, name }, definition);
    return;
  }
  watch.note(
    `Callbacks of account ${name} wait, and no account of that name, or of the place that it sent to, is configured. Configure it again, ` +
      'under any name: docs/moving-an-account.md.',
  );
}
