import { destinationText, type Destination } from '../../domain/destination.ts';
import type { CopyFingerprints, Payment } from '../../domain/payment.ts';
import { isSimulated } from '../../domain/place.ts';
import {
  comparedBatches,
  copySearchOf,
  isCountedForCopies,
  mayHaveArrived,
  type BatchTime,
  type CopySearch,
} from '../copy-rules.ts';
import type { EarlierDestination } from '../destination-records.ts';
import type { Registration } from '../records.ts';
import type { CopyMatch, CopyRefusal } from '../copy-records.ts';
import type { KeptPayment, MemoryTables } from './tables.ts';

/** The batches whose payments count in a search for copies. */
export function comparedIn(tables: MemoryTables, search: CopySearch): readonly BatchTime[] {
  const batches = [...tables.batches.values()].map(({ header, registeredAt, isTimeTrusted }) => {
    const { id, series, occurrence } = header;
    return { id, registeredAt, isTimeTrusted, series, occurrence };
  });
  return comparedBatches(batches, search, newestEntryIn(tables));
}

/** For each payment that another batch holds too: the newest such payment, by destination before by id. */
export function copiesIn(
  tables: MemoryTables,
  payments: readonly CopyFingerprints[],
  search: CopySearch,
): readonly CopyMatch[] {
  const compared = new Set(comparedIn(tables, search).map(({ id }) => id));
  const simulated = search.isSimulation ? new Set<string>() : simulatedAccounts(tables);
  const counted = [...tables.payments.values()].filter(({ state }) => {
    const isLeftOut =
      !search.isSimulation &&
      (isSimulatedIn(tables, state.place) || (state.status === 'planned' && simulated.has(accountKey(state))));
    return compared.has(state.batch) && isCountedForCopies(state.status, isLeftOut);
  });
  const newest = {
    destination: new Map(counted.map((kept) => [kept.fingerprints.destination, kept])),
    id: new Map(counted.map((kept) => [kept.fingerprints.id, kept])),
  };
  return payments.flatMap(({ destination, id }, index): CopyMatch[] => {
    const same = newest.destination.get(destination);
    if (same !== undefined) return [matchOf(same, index, 'destination')];
    const named = newest.id.get(id);
    return named === undefined ? [] : [matchOf(named, index, 'id')];
  });
}

/** The accounts of batches from which something was sent to the built-in simulator. */
function simulatedAccounts(tables: MemoryTables): Set<string> {
  const found = new Set<string>();
  for (const { key, state } of tables.payments.values()) {
    const earlier = [...tables.earlier.values()].filter(({ payment }) => payment === key).map(({ place }) => place);
    if ([state.place, ...earlier].some((place) => isSimulatedIn(tables, place))) found.add(accountKey(state));
  }
  return found;
}

function isSimulatedIn(tables: MemoryTables, key: string | null): boolean {
  const place = tables.places.get(key ?? '');
  return place !== undefined && isSimulated(place);
}

function accountKey({ batch, account }: { readonly batch: string; readonly account: string }): string {
  return JSON.stringify([batch, account]);
}

/** Half or more of what is new or changed stands in other batches; null: less. */
export function copyRefusalOf(
  tables: MemoryTables,
  payments: readonly CopyFingerprints[],
  registration: Registration,
): CopyRefusal | null {
  const search = copySearchOf(registration);
  const matches = search === null ? [] : copiesIn(tables, payments, search);
  if (matches.length === 0 || matches.length * 2 < payments.length) return null;
  const most = [...Map.groupBy(matches, ({ batch }) => batch)].sort((a, b) => b[1].length - a[1].length);
  return { kind: 'copy', of: most.map(([batch]) => batch), matches: matches.length };
}

/** When something was written last; entries and batches are kept apart, so that the later time counts. */
export function newestEntryIn(tables: MemoryTables): number | null {
  const registered = [...tables.batches.values()].at(-1)?.registeredAt;
  const entry = tables.entries.at(-1)?.at;
  return entry === undefined ? (registered ?? null) : Math.max(entry, registered ?? entry);
}

function matchOf({ content, state, settledAt }: KeptPayment, index: number, by: CopyMatch['by']): CopyMatch {
  const { id, line } = content;
  const { batch, status, sentAt } = state;
  return { index, by, batch, id, line, status, sentAt, settledAt };
}

/** As `DestinationStore.earlierDestinations` promises. */
export function earlierDestinationsIn(
  tables: MemoryTables,
  payments: readonly Pick<Payment, 'idKey' | 'destination'>[],
  isSimulation: boolean,
): readonly EarlierDestination[] {
  const counted = [...tables.payments.values()].filter(({ state }) => {
    return mayHaveArrived(state.status) && (isSimulation || !isSimulatedIn(tables, state.place));
  });
  const byId = Map.groupBy(counted.reverse(), ({ content }) => content.idKey);
  const text = (destination: Destination): string => `${destination.kind} ${destinationText(destination)}`;
  return payments.flatMap(({ idKey, destination }, index): EarlierDestination[] => {
    const earlier = new Map<string, EarlierDestination>();
    for (const { content, state } of byId.get(idKey) ?? []) {
      const key = text(content.destination);
      if (!earlier.has(key)) earlier.set(key, { index, destination: content.destination, batch: state.batch });
    }
    return earlier.has(text(destination)) ? [] : [...earlier.values()];
  });
}
