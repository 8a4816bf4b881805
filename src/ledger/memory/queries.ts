import type { LedgerPayment, OpenFilter, OpenPayment, PaymentFilter } from '../records.ts';
import type { ContradictionCounts } from '../contradiction.ts';
import { setImmediate as turn } from 'node:timers/promises';
import type { OpenAge, StatusTally } from '../../domain/payment.ts';
import type { Status } from '../../domain/status.ts';
import type { OpenPlace, SentPlace } from '../place-records.ts';
import { ledgerPaymentOf, type MemoryTables, type KeptPayment } from './tables.ts';

/** Payments of a batch in the order of their lines; each page shows the state at its own moment. */
export async function* paymentPages(
  tables: MemoryTables,
  { batch, statuses }: PaymentFilter,
): AsyncGenerator<readonly LedgerPayment[]> {
  for await (const page of pagesOf(tables, tables.ofBatch(batch))) {
    const found = page.filter(({ state }) => statuses?.includes(state.status) !== false);
    if (found.length > 0) yield found.map(ledgerPaymentOf);
  }
}

/** Payments of an account that are open or need a query, oldest sent first. */
export async function* openPaymentPages(
  tables: MemoryTables,
  { account, place, batch, statuses }: OpenFilter,
): AsyncGenerator<readonly OpenPayment[]> {
  const isWanted = ({ state }: KeptPayment): boolean =>
    state.account === account &&
    (batch === null || state.batch === batch) &&
    (place === null || state.place === null || state.place === place) &&
    (state.history.needsQuery || statuses.includes(state.status));
  const wanted = [...tables.payments.values()].filter(isWanted);
  wanted.sort((a, b) => (a.state.sentAt ?? -1) - (b.state.sentAt ?? -1) || a.key - b.key);
  for await (const page of pagesOf(tables, wanted)) {
    const found = page.filter(isWanted).map(openPaymentOf);
    if (found.length > 0) yield found;
  }
}

/** Payments by id or reference; where there are none, by what a provider called them. */
export function namedPayments(
  tables: MemoryTables,
  { idKey, reference, receipt }: { readonly idKey: string; readonly reference: string; readonly receipt: string },
): LedgerPayment[] {
  const byReference = tables.references.get(reference);
  const all = [...tables.payments.values()].sort((a, b) => a.key - b.key);
  const named = all.filter(({ key, content }) => content.idKey === idKey || key === byReference);
  if (named.length > 0) return named.map(ledgerPaymentOf);
  const entries = tables.entries.filter(
    ({ text: { latest } }) => latest?.receipt === receipt || latest?.providerReference === receipt,
  );
  const keys = new Set(entries.map(({ payment }) => payment));
  return all.filter(({ key }) => keys.has(key)).map(ledgerPaymentOf);
}

/** Where the payments of a batch were sent to, under their current or an earlier reference. */
export function sentPlacesOf(tables: MemoryTables, batch: string): SentPlace[] {
  const found = new Map<string, SentPlace>();
  for (const { key: payment, state } of tables.ofBatch(batch)) {
    const { account } = state;
    const earlier = [...tables.earlier.values()].filter((one) => one.payment === payment);
    for (const place of new Set([state.place, ...earlier.map((one) => one.place)])) {
      if (place === null) continue;
      const key = JSON.stringify([account, place]);
      found.set(key, { account, place, count: (found.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** Where the open payments of a batch, or of all, were sent to. */
export function openPlacesOf(tables: MemoryTables, batch: string | null): OpenPlace[] {
  const found = new Map<string, OpenPlace>();
  for (const { state } of tables.payments.values()) {
    const { account, place, status, history } = state;
    const isOpen = status === 'submitting' || status === 'pending' || status === 'unknown';
    if ((!isOpen && !history.needsQuery) || (batch !== null && state.batch !== batch)) continue;
    const key = JSON.stringify([state.batch, account, place]);
    found.set(key, { batch: state.batch, account, place, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

export function talliesOf(tables: MemoryTables, batch: string): StatusTally[] {
  const tallies = new Map<string, StatusTally>();
  for (const { content, state, isCancelledByPerson } of tables.ofBatch(batch)) {
    const { currency, account, amountMinor } = content;
    const { kind } = content.destination;
    const key = JSON.stringify([state.status, currency, account, kind, isCancelledByPerson]);
    const by = isCancelledByPerson ? { isByPerson: true as const } : {};
    const known = tallies.get(key) ?? { status: state.status, ...by, currency, account, kind, count: 0, sumMinor: 0n };
    tallies.set(key, { ...known, count: known.count + 1, sumMinor: known.sumMinor + amountMinor });
  }
  return [...tallies.values()];
}

export function lastSettledIn(tables: MemoryTables, batch: string): number | null {
  let last: number | null = null;
  for (const { settledAt } of tables.ofBatch(batch))
    if (settledAt !== null) last = Math.max(last ?? settledAt, settledAt);
  return last;
}

/** For every batch with a payment that is not `paid`: which statuses other than `paid` occur in it. */
export function unpaidStatuses(tables: MemoryTables): Map<string, Set<Status>> {
  const unpaid = new Map<string, Set<Status>>();
  for (const { state, isCancelledByPerson } of tables.payments.values()) {
    if (state.status === 'paid' || isCancelledByPerson) continue;
    unpaid.set(state.batch, (unpaid.get(state.batch) ?? new Set<Status>()).add(state.status));
  }
  return unpaid;
}

export function contradictionCounts(tables: MemoryTables): Map<string, ContradictionCounts> {
  const counts = new Map<string, ContradictionCounts>();
  for (const { state } of tables.payments.values()) {
    const { contradiction, isConflicting, earlierReportedPaid } = state.history;
    if (contradiction === null) continue;
    const { count, undecided, replaced } = counts.get(state.batch) ?? { count: 0, undecided: 0, replaced: 0 };
    const isReplaced = state.status === 'replaced';
    const one = isConflicting && earlierReportedPaid && !isReplaced ? 1 : 0;
    const other = isConflicting && isReplaced ? 1 : 0;
    counts.set(state.batch, { count: count + 1, undecided: undecided + one, replaced: replaced + other });
  }
  return counts;
}

async function* pagesOf(tables: MemoryTables, list: readonly KeptPayment[]): AsyncGenerator<readonly KeptPayment[]> {
  for (let start = 0; start < list.length; start += tables.pageSize) {
    await turn();
    yield list.slice(start, start + tables.pageSize).flatMap(({ key }) => tables.find(key) ?? []);
  }
}

function openPaymentOf(stored: KeptPayment): OpenPayment {
  const payment = ledgerPaymentOf(stored);
  const { history } = stored.state;
  return {
    payment,
    history: {
      queries: history.queries,
      queriedAt: history.queriedAt,
      notFoundSince: history.notFoundSince,
      notFoundCount: history.notFoundCount,
      notFoundUntil: history.notFoundUntil,
      needsQuery: history.needsQuery,
      unverifiedCallbacks: history.unverifiedCallbacks,
      restsOnPerson: history.restsOnPerson,
      firstSentAt: history.firstSentAt ?? payment.sentAt,
    },
  };
}

export function openAgesIn(tables: MemoryTables, sentBefore: number): OpenAge[] {
  const ages = new Map<string, OpenAge>();
  for (const stored of tables.payments.values()) {
    const { account, status, sentAt } = ledgerPaymentOf(stored);
    const isOpen = status === 'pending' || status === 'unknown';
    if (!isOpen || sentAt === null || sentAt >= sentBefore) continue;
    const { count = 0, oldestSentAt = sentAt } = ages.get(account) ?? {};
    ages.set(account, { account, count: count + 1, oldestSentAt: Math.min(oldestSentAt, sentAt) });
  }
  return [...ages.values()].sort((a, b) => (a.account < b.account ? -1 : 1));
}
