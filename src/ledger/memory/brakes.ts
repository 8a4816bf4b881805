import { stopAtText, type BrakeStore, type Canary, type CanaryRequest, type CanaryResult } from '../brakes.ts';
import type { SentCounts, StopAt } from '../brakes.ts';
import { LedgerError } from '../errors.ts';
import type { Registration } from '../records.ts';
import type { KeptCanary, KeptPayment, MemoryTables } from './tables.ts';

/** Every function of this file needs an open transaction. */
export function setCanaryInMemory(tables: MemoryTables, request: CanaryRequest): CanaryResult {
  const { batch, account, size, by, at } = request;
  const known = canaryOf(tables, batch, account);
  if (known?.released !== undefined && known.released !== null) return { kind: 'released', ...known.released };
  const payments = paymentsFrom(tables, batch, account);
  const left = payments.filter(hasLeft).length;
  if (known !== undefined) {
    const smaller = Math.min(known.size, size);
    keep(tables, { ...known, size: smaller, used: Math.max(known.used, left) });
    return { kind: 'in-force', size: smaller };
  }
  if (left >= size && payments.length > left) return { kind: 'too-late', left };
  if (payments.length <= size) return { kind: 'small' };
  keep(tables, { batch, account, size, used: left, by, at, released: null });
  return { kind: 'in-force', size };
}

/** After an amendment: no payment of a batch that waits for a release may go because its account was changed. */
export function setAmendedCanaries(tables: MemoryTables, { summary, canaries = [], at, by }: Registration): void {
  const batch = summary.header.id;
  const sizes = canariesIn(tables, batch).map(({ size }) => size);
  const requests = new Map(canaries.map(({ account, size }) => [account, size]));
  const accounts = new Set(sizes.length === 0 ? [] : tables.ofBatch(batch).map(({ state }) => state.account));
  for (const account of accounts) requests.set(account, Math.min(requests.get(account) ?? Infinity, ...sizes));
  for (const [account, size] of requests) {
    const result = setCanaryInMemory(tables, { batch, account, size, by, at });
    if (result.kind !== 'too-late' || sizes.length === 0) continue;
    keep(tables, { batch, account, size: result.left, used: result.left, by, at, released: null });
  }
}

/** The canaries of a batch that are in force. */
export function canariesIn(tables: MemoryTables, batch: string): Canary[] {
  const open = [...tables.canaries.values()].filter((one) => one.batch === batch && one.released === null);
  return open
    .map(({ account, size, used, by, at }) => {
      const waiting = paymentsFrom(tables, batch, account).filter(isWaiting).length;
      return { batch, account, size, used, waiting, by, at };
    })
    .sort((a, b) => (a.account < b.account ? -1 : 1));
}

export function releaseCanariesIn(
  tables: MemoryTables,
  { batch, by, at }: Parameters<BrakeStore['releaseCanaries']>[0],
): Canary[] {
  const released = canariesIn(tables, batch);
  for (const { account } of released) {
    const known = canaryOf(tables, batch, account);
    if (known !== undefined) keep(tables, { ...known, released: { by, at } });
  }
  if (released.length > 0) tables.raiseRevision(batch);
  return released;
}

/** Of planned payments in the order of their lines, those that the canary of their batch and account lets go. */
export function letGo(tables: MemoryTables, batch: string, account: string): (stored: KeptPayment) => boolean {
  const canary = canaryOf(tables, batch, account);
  if (canary === undefined || canary.released !== null) return () => true;
  let { used } = canary;
  return (stored) => {
    if (!isWaiting(stored)) return true;
    if (used >= canary.size) return false;
    used += 1;
    keep(tables, { ...canary, used });
    return true;
  };
}

/** Throws `stop-at` where as many payments went wrong as may. */
export function requireBelow(tables: MemoryTables, account: string, stopAt: StopAt | undefined): void {
  if (stopAt === undefined) return;
  const counts = sentCountsIn(tables, { ...stopAt, account });
  const isReached = (['failed', 'unknown', 'returned'] as const).some((status) => {
    const limit = stopAt[status];
    return limit !== null && counts[status] >= limit;
  });
  if (isReached) throw new LedgerError('stop-at', stopAtText(stopAt, account));
}

export function sentCountsIn(
  tables: MemoryTables,
  { batch, account, since }: Parameters<BrakeStore['sentCounts']>[0],
): SentCounts {
  const sent = paymentsFrom(tables, batch, account).filter(({ state }) => since === 0 || (state.sentAt ?? 0) > since);
  const of = (status: string): number => sent.filter(({ state }) => state.status === status).length;
  const [failed, unknown, returned] = [of('failed'), of('unknown'), of('returned')];
  return { failed, unknown, returned, ended: failed + unknown + returned + of('paid') };
}

function paymentsFrom(tables: MemoryTables, batch: string, account: string): KeptPayment[] {
  return tables.ofBatch(batch).filter(({ state }) => state.account === account);
}

/** Whether the payment was ever claimed, or is known to have left. */
function hasLeft({ state: { tries, status } }: KeptPayment): boolean {
  return tries > 0 || !(status === 'planned' || status === 'cancelled' || status === 'replaced');
}

function isWaiting({ state: { tries, generation, status } }: KeptPayment): boolean {
  return status === 'planned' && tries === 0 && generation === 1;
}

function canaryOf(tables: MemoryTables, batch: string, account: string): KeptCanary | undefined {
  return tables.canaries.get(canaryKey(batch, account));
}

function keep(tables: MemoryTables, canary: KeptCanary): void {
  tables.canaries.set(canaryKey(canary.batch, canary.account), canary);
}

function canaryKey(batch: string, account: string): string {
  return `${batch}\n${account}`;
}
