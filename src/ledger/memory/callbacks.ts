import type { CallbackResult, ReceivedCallback, UnprocessedCallback } from '../records.ts';
import { cutBody, FOREIGN_CALLBACKS, isForeign, mayBeAwaited } from '../callback-results.ts';
import type { MemoryTables, KeptCallback } from './tables.ts';

/** Stores a callback once. Needs an open transaction. */
export function storeReceived(
  tables: MemoryTables,
  callback: ReceivedCallback,
): { readonly key: number; readonly isProcessed: boolean } {
  for (const known of tables.callbacks.values()) {
    if (known.account !== callback.account || known.deduplicationKey !== callback.deduplicationKey) continue;
    return { key: known.key, isProcessed: known.result !== null };
  }
  const key = tables.nextKey();
  tables.callbacks.set(key, { ...callback, key, result: null, digest: null });
  return { key, isProcessed: false };
}

/** False, and nothing changes, where another process has finished it. */
export function finishStored(tables: MemoryTables, { key, result, accountStop = null, at }: CallbackResult): boolean {
  const stored = tables.callbacks.get(key);
  if (stored === undefined || stored.result !== null) return false;
  tables.callbacks.set(key, { ...stored, result });
  if (accountStop !== null) {
    const { code, reason } = accountStop;
    tables.stops.push({ account: stored.account, at, evidence: { code, reason } });
  }
  if (isForeign(result)) shorten(tables, { ...stored, result }, at);
  return true;
}

/** Cuts what is kept of a callback about no payment of ours, and removes the oldest of its account. */
function shorten(tables: MemoryTables, finished: KeptCallback, at: number): void {
  const { count, ageMs, wholeCount, removedAtOnce } = FOREIGN_CALLBACKS;
  const foreign = ofAccount(tables, finished.account).filter(({ result }) => result !== null && isForeign(result));
  const whole = foreign.filter(({ result, segment, digest }) => {
    return digest === null && result !== null && mayBeAwaited(result, segment);
  });
  const isAwaited = mayBeAwaited(finished.result ?? 'not-ours', finished.segment);
  const cut = isAwaited ? whole[whole.length - 1 - wholeCount] : finished;
  if (cut !== undefined) tables.callbacks.set(cut.key, { ...cut, ...cutBody(cut.body) });
  const old = foreign.slice(0, removedAtOnce).filter((one) => one.at < at - ageMs);
  const beyond = foreign.slice(0, Math.max(0, foreign.length - old.length - count)).slice(-removedAtOnce);
  for (const { key } of [...old, ...beyond]) tables.callbacks.delete(key);
}

export function accountsWithUnprocessedIn(tables: MemoryTables): string[] {
  const waiting = [...tables.callbacks.values()].filter(({ result }) => result === null);
  return [...new Set(waiting.map(({ account }) => account))].sort();
}

export function unprocessedOf(tables: MemoryTables, account: string): UnprocessedCallback[] {
  return ofAccount(tables, account)
    .filter(({ result }) => result === null)
    .map(({ key, segment, body, at }) => ({ key, segment, body, receivedAt: at }));
}

export function firstCallbackTo(
  tables: MemoryTables,
  account: string,
  segment: string,
): { readonly body: string; readonly receivedAt: number } | null {
  const first = segment === '' ? undefined : ofAccount(tables, account).find((one) => one.segment === segment);
  return first === undefined ? null : { body: first.body, receivedAt: first.at };
}

/** Oldest first. */
function ofAccount(tables: MemoryTables, account: string): KeptCallback[] {
  return [...tables.callbacks.values()].filter((callback) => callback.account === account);
}
