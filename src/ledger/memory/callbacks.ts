import type { CallbackResult, ReceivedCallback, UnprocessedCallback } from '../records.ts';
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
  tables.callbacks.set(key, { ...callback, key, result: null });
  return { key, isProcessed: false };
}

export function finishStored(tables: MemoryTables, { key, result, accountStop = null, at }: CallbackResult): void {
  const stored = tables.callbacks.get(key);
  if (stored === undefined) return;
  tables.callbacks.set(key, { ...stored, result });
  if (accountStop === null) return;
  const { code, reason } = accountStop;
  tables.stops.push({ account: stored.account, at, evidence: { code, reason } });
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
