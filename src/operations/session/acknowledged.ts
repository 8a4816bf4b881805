import { resolveCredentials } from '../../config/config.ts';
import { isPayrunError } from '../../domain/problem.ts';
import { calledAccounts } from './callback-accounts.ts';
import type { Session } from './session.ts';

/**
 * Applies every callback that a process acknowledged and that no process has applied: those in the spool, and those that were stored
 * by a process that died. For commands that decide what happens to payments. Throws `LedgerError` while the ledger cannot store
 * what waits in the spool: an acknowledged callback may say that a payment has ended.
 */
export async function applyAcknowledged(session: Session): Promise<void> {
  const { ledger, project, callbacks, watch } = session;
  await callbacks.receiver.takeIn();
  const waiting = new Set(await ledger.accountsWithUnprocessed());
  if (waiting.size === 0) return;
  for (const { account, definition } of calledAccounts(project)) {
    if (!waiting.has(account.name)) continue;
    try {
      callbacks.admitStored(account, definition, await resolveCredentials(account, definition.credentials));
      await callbacks.receiver.processStored(account.name);
    } catch (error) {
      // The callbacks wait until the account can be opened, and nothing can be sent from it before.
      if (!isPayrunError(error)) throw error;
      watch.note(`${error.message} Stored callbacks of this account wait.`);
    }
  }
}
