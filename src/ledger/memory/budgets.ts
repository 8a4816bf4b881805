import type { BudgetCall, Rate } from '../../domain/limits.ts';
import type { RecentCallsRequest, SpendRequest, SpendResult } from '../call-records.ts';
import type { MemoryTables, KeptCall } from './tables.ts';

/** No answer takes longer: the call of a process that died counts as answered so long after its start. */
const ANSWER_MS = 60_000;

/** Only a clock that was set back is so far behind what is stored. */
const SET_BACK_MS = 60_000;

/** Times are whole milliseconds, rounded down: without one more, a window could be short by the rest of two of them. */
const ROUNDING_MS = 1;

/** Takes one call from a budget. Needs an open transaction. */
export function spendCall(tables: MemoryTables, { key, lock, rates, at }: SpendRequest): SpendResult {
  rewind(tables, key, at);
  const ends = [...tables.calls.values()]
    .filter((call) => call.key === key)
    .map((call) => Math.min(at, call.answeredAt ?? call.startedAt + ANSWER_MS))
    .sort((a, b) => b - a);
  const waitMs = Math.max(0, ...rates.map((rate) => waitFor(rate, ends, at)));
  if (waitMs > 0) return { granted: false, waitMs };
  const id = tables.nextKey();
  tables.calls.set(id, { id, key, lockKey: lock?.key ?? null, startedAt: at, answeredAt: null });
  return { granted: true, call: id };
}

/** The calls that a dead owner of the lock left open count as answered when its death is noticed. */
export function closeCalls(tables: MemoryTables, lockKey: string, at: number): void {
  for (const call of tables.calls.values()) {
    if (call.lockKey === lockKey) answerCall(tables, call.id, at);
  }
}

export function answerCall(tables: MemoryTables, id: number, answeredAt: number): void {
  const call = tables.calls.get(id);
  if (call?.answeredAt === null) tables.calls.set(id, { ...call, answeredAt });
}

/** Attempts at a place and calls of a budget; open ones first, then those that were answered last. */
export function recentCallsIn(tables: MemoryTables, request: RecentCallsRequest): BudgetCall[] {
  const { account, place, key, since, limit } = request;
  const found: BudgetCall[] = [];
  for (const { state } of tables.payments.values()) {
    if (state.status !== 'submitting' || state.place !== place) continue;
    found.push({ budget: '', startedAt: state.claimedAt ?? 0, answeredAt: null });
  }
  for (const { at, text } of tables.entries) {
    if (text.sent === null || ![place, account].includes(text.sent.place) || at < since) continue;
    found.push({ budget: '', startedAt: text.sent.claimedAt, answeredAt: at });
  }
  for (const call of tables.calls.values()) {
    if (call.key !== key || (call.answeredAt ?? Infinity) < since) continue;
    found.push({ budget: key, startedAt: call.startedAt, answeredAt: call.answeredAt });
  }
  return found.sort(newestFirst).slice(0, limit);
}

function newestFirst(a: BudgetCall, b: BudgetCall): number {
  if (a.answeredAt === null || b.answeredAt === null) {
    if (a.answeredAt !== b.answeredAt) return a.answeredAt === null ? -1 : 1;
    return b.startedAt - a.startedAt;
  }
  return b.answeredAt - a.answeredAt || b.startedAt - a.startedAt;
}

/** A call that a wrong clock put into the future would otherwise block the budget until the clock has caught up. */
function rewind(tables: MemoryTables, key: string, at: number): void {
  for (const call of tables.calls.values()) {
    if (call.key !== key || (call.answeredAt ?? call.startedAt) <= at + SET_BACK_MS) continue;
    const rewound: KeptCall = {
      ...call,
      startedAt: Math.min(call.startedAt, at),
      answeredAt: call.answeredAt === null ? null : Math.min(call.answeredAt, at),
    };
    tables.calls.set(call.id, rewound);
  }
}

/** How long until `rate` allows one more, when no open call is answered before then. */
function waitFor(rate: Rate, ends: readonly number[], at: number): number {
  const blocking = ends[Math.max(1, rate.count) - 1];
  return blocking === undefined ? 0 : blocking + rate.windowMs + ROUNDING_MS - at;
}
