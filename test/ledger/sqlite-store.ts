import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLedger } from '../../src/ledger/sqlite/index.ts';
import type { LedgerStore } from './store.ts';

const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

export const store: LedgerStore = {
  module: import.meta.url,
  place: () => join(mkdtempSync(join(tmpdir(), 'payrun-ledger-')), 'payrun.db'),
  open: (path) => openSqliteLedger({ path, create: true }),
  commits: (path) => {
    const wal = readFileSync(`${path}-wal`);
    const pageBytes = wal.readUInt32BE(8);
    let commits = 0;
    // A frame that ends a transaction carries the size of the database after it.
    for (let at = WAL_HEADER_BYTES; at < wal.length; at += FRAME_HEADER_BYTES + pageBytes) {
      if (wal.readUInt32BE(at + 4) > 0) commits += 1;
    }
    return commits;
  },
};
