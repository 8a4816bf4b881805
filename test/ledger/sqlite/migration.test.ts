import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../../src/ledger/sqlite/index.ts';
import { MIGRATIONS } from '../../../src/ledger/sqlite/migrations.ts';
import { takeFileLock } from '../../../src/ledger/sqlite/lock-file.ts';
import { APPLICATION_ID } from '../../../src/ledger/sqlite/open.ts';
import { placeBudgetKey } from '../../../src/domain/limits.ts';
import { all, BY, claim, lockedAccount, one, placed, START } from '../sample.ts';
import { open } from '../settling.ts';
import { store } from './store.ts';

/** What payrun 0.1.0 wrote into an SQLite file: two batches with payments in seven statuses, callbacks, queries, calls and memos. */
const VERSION_3 = readFileSync(new URL('version-3.sql', import.meta.url), 'utf8');

/** What payrun wrote with schema version 5: a batch of three payments, all paid. */
const VERSION_5 = readFileSync(new URL('version-5.sql', import.meta.url), 'utf8');

/** The tables of version 1 that tell of payments. */
const FIRST_TABLES = ['actors', 'batches', 'entries', 'payments', 'contents', 'presented', 'fingerprints', 'calls'];

const OWNER = { command: 'run', pid: 1, host: 'desk', at: START };

afterEach(() => store.discard());

describe('a ledger of version 3', () => {
  it('has the same tables, indexes and triggers as a new one after its migration', async () => {
    const [migrated, fresh] = [fileOfVersion3(), store.place()];
    for (const path of [migrated, fresh]) await (await store.open(path)).close();
    const expected = schemaOf(fresh);
    expect(expected.length).toBeGreaterThan(25);
    expect(schemaOf(migrated)).toEqual(expected);
  });

  it('is not upgraded while a run of an earlier payrun works one of its accounts', async () => {
    const path = fileOfVersion3();
    const held = takeFileLock(`${path}.hold-demo`);
    if (held.kind !== 'locked') throw new Error('the account is free');
    const opened = openSqliteLedger({ path, create: false, lockWaitMs: 0 });
    await expect(opened).rejects.toMatchObject({
      fault: 'locked',
      message: expect.stringContaining('.hold-demo') as string,
    });
    const database = new DatabaseSync(path);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 3 });
    database.close();
    held.lock.release();
    await (await openSqliteLedger({ path, create: false, lockWaitMs: 0 })).close();
  });

  it('keeps every payment with its status, attempts and newest reason', async () => {
    const ledger = await migratedLedger();
    const known = (await all(ledger)).map(({ id, status, generation, attempts, code }) =>
      [id, status, generation, attempts, code].join(' '),
    );
    expect(known).toEqual([
      'EMP-1 paid 1 1 200',
      'EMP-2 failed 1 1 200',
      'EMP-3 unknown 2 1 contradiction',
      'EMP-4 pending 1 1 0',
      'EMP-5 unknown 1 1 404',
      'EMP-6 failed 1 1 2001',
      'EMP-7 cancelled 1 1 c',
      'EMP-8 planned 1 0 ',
      'EMP-9 planned 1 0 ',
    ]);
    expect(await one(ledger, 'EMP-9')).toMatchObject({ amountMinor: 2n ** 60n, details: { bank_code: '068' } });
    expect((await ledger.batches()).map(({ header, revision }) => [header.id, revision])).toEqual([
      ['november', 0],
      ['december', 0],
    ]);
    await ledger.close();
  });

  it('keeps what queries and callbacks have said of each payment', async () => {
    const ledger = await migratedLedger();
    const histories = new Map((await open(ledger)).map(({ payment, history }) => [payment.id, history]));
    expect([...histories.keys()].sort()).toEqual(['EMP-3', 'EMP-4', 'EMP-5']);
    expect(histories.get('EMP-4')).toMatchObject({ queries: 1, needsQuery: true, unverifiedCallbacks: 1 });
    // Its row of "not found" was timed by this machine's clock, so that it proves no grace any more.
    expect(histories.get('EMP-5')).toMatchObject({ queries: 2, notFoundCount: 0, notFoundSince: null });
    // The earlier reference of EMP-3 was reported as paid: never send it again.
    const { reference } = await one(ledger, 'EMP-3');
    const lock = await lockedAccount(ledger);
    expect(await ledger.claimForResend({ lock, references: [reference], limit: 1, at: START, by: BY })).toEqual([]);
    // A callback about EMP-2 was not processed yet: never retry it.
    expect((await ledger.unprocessedCallbacks('demo')).map(({ segment }) => segment)).toEqual(['s-k9']);
    const idKeys = ['emp-2', 'emp-6'];
    expect(await ledger.retry({ batch: 'november', idKeys, accounts: ['demo'], at: START, by: BY })).toBe(1);
    expect((await one(ledger, 'EMP-2')).status).toBe('failed');
    expect(await ledger.accountStop('demo', START)).toMatchObject({ code: '2001' });
    await ledger.close();
  });

  it('goes on where it was: budgets are remembered, payments are claimed, and its files are read once more', async () => {
    const ledger = await migratedLedger('desk');
    const calls = await ledger.recentCalls({
      account: 'x',
      place: 'x',
      key: 'machine:desk:pesaway:requests',
      since: 0,
      limit: 9,
    });
    expect(calls).toHaveLength(1);
    const lock = await lockedAccount(ledger);
    expect(lock.epoch).toBe(1);
    expect((await claim(ledger, lock, 5)).map(({ instruction }) => instruction.id)).toEqual(['EMP-8']);
    expect(await ledger.rememberedFiles()).toEqual(new Map());
    await ledger.close();
  });

  it('takes what is open for sent to the place that its account sends to first, and remembers what was sent', async () => {
    const ledger = await migratedLedger();
    expect((await open(ledger)).map(({ payment }) => payment.place)).toEqual([null, null, null]);
    const { key } = await lockedAccount(ledger);
    expect(new Set((await open(ledger)).map(({ payment }) => payment.place))).toEqual(new Set([key]));
    const recent = { account: 'demo', place: key, key: placeBudgetKey(key, 'requests'), since: 0, limit: 99 };
    const before = await ledger.recentCalls({ ...recent, place: 'none', key: 'none' });
    expect(before.length).toBeGreaterThan(3);
    expect(await ledger.recentCalls(recent)).toEqual(expect.arrayContaining([...before]));
    // Another place of the same account knows none of them.
    const moved = await ledger.lockAccount(placed('demo', { environment: 'sandbox' }), { ...OWNER });
    expect(moved.kind).toBe('locked');
    expect(new Set((await open(ledger)).map(({ payment }) => payment.place))).toEqual(new Set([key]));
    await ledger.close();
  });

  it('still refuses changes that no version allowed', async () => {
    const path = fileOfVersion3();
    await (await store.open(path)).close();
    const database = new DatabaseSync(path);
    expect(() => database.exec('DELETE FROM payments')).toThrow('never deleted');
    expect(() => database.exec('DELETE FROM entries')).toThrow('append-only');
    expect(() => database.exec(`UPDATE payments SET status = 'planned' WHERE status = 'paid'`)).toThrow('not allowed');
    expect(() => database.exec(`UPDATE payments SET batch = 99`)).toThrow('FOREIGN KEY');
    database.close();
  });
});

describe('a ledger of version 5', () => {
  it('has the same tables as a new one after its migration, and keeps its payments and its identity', async () => {
    const [migrated, fresh] = [store.place(), store.place()];
    const database = new DatabaseSync(migrated);
    database.exec(`${VERSION_5} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 5`);
    database.close();
    writeFileSync(`${migrated}.mark`, '2d98905dc713acc221aa2a44b3d2b50b 13\n');
    await (await store.open(fresh)).close();
    const ledger = await store.open(migrated);
    expect((await all(ledger, 'payroll-sample')).map(({ id, status }) => `${id} ${status}`)).toEqual([
      'EMP-001 paid',
      'EMP-002 paid',
      'EMP-003 paid',
    ]);
    await ledger.close();
    expect(schemaOf(migrated)).toEqual(schemaOf(fresh));
  });
});

describe('a ledger of version 1', () => {
  it('is brought up to date with every payment that it holds', async () => {
    const [first, third] = [store.place(), fileOfVersion3()];
    const database = new DatabaseSync(first);
    database.exec(`${MIGRATIONS[0] ?? ''} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
    // Payments name the entries that tell of them, and entries their payments.
    database.exec(`PRAGMA foreign_keys = OFF; ATTACH '${third}' AS third`);
    for (const name of FIRST_TABLES) database.exec(`INSERT INTO main.${name} SELECT * FROM third.${name}`);
    database.close();
    const [before, after] = [await store.open(third), await store.open(first)];
    const known = await all(before);
    expect(known).toHaveLength(9);
    expect(await all(after)).toEqual(known);
    await before.close();
    await after.close();
    expect(schemaOf(first)).toEqual(schemaOf(third));
  });
});

function fileOfVersion3(): string {
  const path = store.place();
  const database = new DatabaseSync(path);
  database.exec(`${VERSION_3} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 3`);
  database.close();
  return path;
}

function migratedLedger(host = 'desk'): Promise<Ledger> {
  return openSqliteLedger({ path: fileOfVersion3(), create: false, host });
}

/** The definitions without white space and quotes, which say nothing and depend on how a definition came to be. */
function schemaOf(path: string): string[] {
  const database = new DatabaseSync(path);
  const rows = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all();
  database.close();
  return rows.map(({ type, name, tbl_name, sql }) =>
    [type, name, tbl_name, String(sql).replace(/[\s"]+/g, '')].map(String).join(' | '),
  );
}
