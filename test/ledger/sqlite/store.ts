import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLedger } from '../../../src/ledger/sqlite/index.ts';
import { placeKey } from '../../../src/domain/place.ts';
import { placed } from '../sample.ts';
import type { LedgerStore } from '../store.ts';

const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

const folders: string[] = [];

export const store = {
  module: import.meta.url,
  place: () => {
    const folder = mkdtempSync(join(tmpdir(), 'payrun-ledger-'));
    folders.push(folder);
    return join(folder, 'payrun.db');
  },
  discard: () => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  },
  open: (path: string) => openSqliteLedger({ path, create: true }),
  takeOver: (path: string, account: string) => {
    const database = new DatabaseSync(path);
    database.prepare('UPDATE account_locks SET epoch = epoch + 1 WHERE key = ?').run(placeKey(placed(account).place));
    database.close();
  },
  commits: (path: string) => {
    const wal = readFileSync(`${path}-wal`);
    const pageBytes = wal.readUInt32BE(8);
    let commits = 0;
    // A frame that ends a transaction carries the size of the database after it.
    for (let at = WAL_HEADER_BYTES; at < wal.length; at += FRAME_HEADER_BYTES + pageBytes) {
      if (wal.readUInt32BE(at + 4) > 0) commits += 1;
    }
    return commits;
  },
} satisfies LedgerStore;
