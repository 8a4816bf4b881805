import { mkdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { statement, type Transaction } from '../../../src/ledger/sql/database.ts';
import { Connection } from '../../../src/ledger/sqlite/connection.ts';
import { Reserve } from '../../../src/ledger/sqlite/reserve.ts';
import { GroupCommit } from '../../../src/ledger/sqlite/group-commit.ts';
import { store } from './store.ts';

const INSERT = statement('INSERT INTO notes VALUES (?)');

const LOCK_WAIT = { waitMs: 1000, monotonic: () => performance.now(), sleep: (ms: number) => sleep(ms) };

const noop = (): void => undefined;

/** A writer of a database that is full to SQLite, with a reserve that gives back some pages, once. */
function fullWriter(reservePages: number, given?: Pick<Reserve, 'spend'>) {
  const path = store.place();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT); PRAGMA max_page_count = 2');
  let left = reservePages;
  const reserve = {
    spend: () => {
      if (left === 0) return false;
      database.exec(`PRAGMA max_page_count = ${2 + left}`);
      left = 0;
      return true;
    },
  };
  const connection = new Connection(database);
  const guard = { begun: noop, commit: () => connection.commit(), moveTo: noop, noteProviderUse: noop, close: noop };
  const writer = new GroupCommit(connection, guard, { path, lockWait: LOCK_WAIT, reserve: given ?? reserve });
  const note = (text: string) => (tx: Transaction) => tx.run(INSERT, [text.padEnd(3000)]);
  const texts = (): string[] =>
    database
      .prepare('SELECT trim(text) AS text FROM notes')
      .all()
      .map((row) => String(row.text));
  return { writer, note, texts };
}

afterEach(() => store.discard());

describe('the writer of an SQLite ledger, without room', () => {
  it('spends the reserve on what has already happened, and on nothing else', async () => {
    const { writer, note, texts } = fullWriter(10);
    const results = await Promise.allSettled([
      writer.group(note('claim'), false),
      writer.group(note('answer 1'), true),
      writer.group(note('answer 2'), true),
    ]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(texts()).toEqual(['answer 1', 'answer 2']);
    await expect(writer.group(note('claim'), false)).rejects.toMatchObject({ fault: 'full' });
    await expect(writer.alone(() => Promise.resolve(1), () => true)).rejects.toMatchObject({ fault: 'full' }); // prettier-ignore
    await writer.group(note('answer 3'), true);
    expect(texts()).toContain('answer 3');
  });

  it('fails the whole group when the reserve is gone', async () => {
    const { writer, note, texts } = fullWriter(0);
    const results = await Promise.allSettled([writer.group(note('a'), true), writer.group(note('b'), true)]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(texts()).toEqual([]);
  });

  it('leaves nobody waiting when even the reserve cannot be given back', async () => {
    const stuck = store.place();
    // A folder in its place: like a disk that has become read-only, it does not let itself be removed.
    mkdirSync(`${stuck}.reserve`);
    expect(new Reserve(stuck).spend()).toBe(false);
    const throwing = {
      spend: () => {
        throw Object.assign(new Error('read-only file system'), { code: 'EROFS', syscall: 'unlink' });
      },
    };
    const { writer, note } = fullWriter(0, throwing);
    const results = await Promise.allSettled([writer.group(note('a'), true), writer.group(note('b'), false)]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    await expect(writer.group(note('c'), false)).rejects.toMatchObject({ name: 'LedgerError' });
  });
});
