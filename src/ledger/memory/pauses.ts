import { LedgerError } from '../errors.ts';
import { ALL_ACCOUNTS, pausedText, type Pause, type PauseScope } from '../stops.ts';
import type { MemoryTables } from './tables.ts';

/** Every function of this file needs an open transaction. */
export function startPause(tables: MemoryTables, pause: Pause): Pause {
  const known = tables.pauses.find((one) => isOf(one, pause));
  if (known !== undefined) return known;
  tables.pauses.push(pause);
  raiseRevisions(tables, pause);
  return pause;
}

export function endPause(tables: MemoryTables, { at, ...scope }: PauseScope & { readonly at: number }): Pause | null {
  const place = tables.pauses.findIndex((one) => isOf(one, scope));
  const [pause = null] = place < 0 ? [] : tables.pauses.splice(place, 1);
  if (pause === null) return null;
  tables.resumed.push({ pause, at });
  raiseRevisions(tables, pause);
  return pause;
}

/** The report of a batch says why its planned payments are not sent, so that it is behind from now on. */
function raiseRevisions(tables: MemoryTables, { scope, name }: PauseScope): void {
  for (const batch of tables.batches.keys()) {
    const isConcerned =
      scope === 'batch'
        ? batch === name
        : tables
            .ofBatch(batch)
            .some(({ state }) => state.status === 'planned' && (name === state.account || name === ALL_ACCOUNTS));
    if (isConcerned) tables.raiseRevision(batch);
  }
}

export function resumedAtIn(tables: MemoryTables, account: string, pausedBy: string): number | null {
  const ended = tables.resumed.filter(({ pause }) => isOf(pause, { scope: 'account', name: account }));
  const times = ended.filter(({ pause }) => pause.by === pausedBy).map(({ at }) => at);
  return times.length === 0 ? null : Math.max(...times);
}

/** Throws `paused` while the account or one of the batches is paused. */
export function requireNoPause(tables: MemoryTables, account: string, batches: Iterable<string>): void {
  for (const batch of batches) {
    const pause = tables.pauses.find(({ scope, name }) =>
      scope === 'account' ? name === account || name === ALL_ACCOUNTS : name === batch,
    );
    if (pause !== undefined) throw new LedgerError('paused', pausedText(pause));
  }
}

function isOf(pause: PauseScope, { scope, name }: PauseScope): boolean {
  return pause.scope === scope && pause.name === name;
}
