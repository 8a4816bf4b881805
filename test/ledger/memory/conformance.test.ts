import { openMemoryLedger } from '../../../src/ledger/memory/index.ts';
import { MemoryTables } from '../../../src/ledger/memory/tables.ts';
import { placeKey } from '../../../src/domain/place.ts';
import { placed } from '../sample.ts';
import { ledgerConformance } from '../conformance.ts';

const places = new Map<string, MemoryTables>();

ledgerConformance('memory', {
  module: null,
  place: () => {
    const place = `memory:${places.size}`;
    places.set(place, new MemoryTables());
    return place;
  },
  discard: () => {
    places.clear();
  },
  open: (place) => Promise.resolve(openMemoryLedger(tablesOf(place))),
  takeOver: (place, account) => {
    tablesOf(place).startEpoch(placeKey(placed(account).place));
  },
  commits: (place) => tablesOf(place).transactions.commits,
});

function tablesOf(place: string): MemoryTables {
  const tables = places.get(place);
  if (tables === undefined) throw new Error(`no ledger was made at ${place}`);
  return tables;
}
