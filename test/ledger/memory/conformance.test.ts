import { openMemoryLedger } from '../../../src/ledger/memory/index.ts';
import { MemoryTables } from '../../../src/ledger/memory/tables.ts';
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
    tablesOf(place).startEpoch(account);
  },
  commits: (place) => tablesOf(place).transactions.commits,
});

function tablesOf(place: string): MemoryTables {
  const tables = places.get(place);
  if (tables === undefined) throw new Error(`no ledger was made at ${place}`);
  return tables;
}
