import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { MOVES, STATUSES } from '../../../src/domain/status.ts';
import { openSqliteLedger } from '../../../src/ledger/sqlite/index.ts';
import { SCHEMA_VERSION } from '../../../src/ledger/sql/version.ts';
import { race, Worker } from '../processes.ts';
import { answer, BY, claimOne, lockedAccount, START, payments, registration, placed } from '../sample.ts';
import { placeKey } from '../../../src/domain/place.ts';
import { store } from './store.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

afterEach(() => store.discard());

/** The end of the name of the file that is locked while account demo is worked. */
const HOLD = `.hold-${placeKey(placed().place)}`;

describe('the file of an SQLite ledger', () => {
  it('is not made by those who only look', async () => {
    const path = store.place();
    const missing = openSqliteLedger({ path, create: false });
    await expect(missing).rejects.toMatchObject({ name: 'LedgerError', fault: 'missing' });
    await expect(missing).rejects.toThrow(path);
    expect(readdirSync(dirname(path))).toEqual([]);
    writeFileSync(path, '');
    await expect(openSqliteLedger({ path, create: false })).rejects.toMatchObject({ fault: 'missing' });
    expect(statSync(path).size).toBe(0);
  });

  it('and all files beside it are for their owner only, whatever the umask', async () => {
    for (const umask of [0o000, 0o777]) {
      const before = process.umask(umask);
      try {
        const path = store.place();
        chmodSync(dirname(path), 0o700);
        const ledger = await store.open(path);
        await ledger.register(registration('november', payments(1)));
        await lockedAccount(ledger);
        const files = readdirSync(dirname(path));
        expect(files.sort()).toEqual(
          ['', '-shm', '-wal', HOLD, '.mark', '.reserve'].map((end) => `payrun.db${end}`).sort(),
        );
        for (const file of files)
          expect([file, statSync(join(dirname(path), file)).mode & 0o777]).toEqual([file, 0o600]);
        await ledger.close();
      } finally {
        process.umask(before);
      }
    }
  });

  it('becomes private when it is opened', async () => {
    const path = store.place();
    await (await store.open(path)).close();
    chmodSync(path, 0o644);
    const ledger = await openSqliteLedger({ path, create: false });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await ledger.close();
  });

  it('may be made by several processes at once', async () => {
    const path = store.place();
    const workers = await Promise.all([1, 2, 3].map(() => Worker.start([store.module, path, 'open'])));
    expect(await race(workers)).toEqual([{ batches: 0 }, { batches: 0 }, { batches: 0 }]);
  });

  it('of a newer payrun is refused, with its version', async () => {
    const path = store.place();
    await (await store.open(path)).close();
    const newer = SCHEMA_VERSION + 4;
    alter(path, `PRAGMA user_version = ${newer}`);
    const opening = store.open(path);
    await expect(opening).rejects.toMatchObject({ fault: 'newer' });
    await expect(opening).rejects.toThrow(new RegExp(`version ${newer}.*Upgrade payrun`));
  });

  it('of another program is refused and stays as it was, and so is what is no database', async () => {
    const path = store.place();
    alter(path, 'CREATE TABLE photos (name TEXT)');
    const before = readFileSync(path);
    await expect(store.open(path)).rejects.toMatchObject({ fault: 'unusable' });
    expect(readFileSync(path)).toEqual(before);
    const text = store.place();
    writeFileSync(text, 'id,amount\n'.repeat(1000));
    await expect(store.open(text)).rejects.toMatchObject({ fault: 'unusable' });
    await expect(store.open(text)).rejects.toThrow(text);
  });

  it('that is damaged is not read as if it were whole', async () => {
    const path = store.place();
    const ledger = await store.open(path);
    await ledger.register(registration('november', payments(500)));
    await ledger.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0x5a, 4096 * 2));
    const look = async (): Promise<unknown> => {
      const damaged = await store.open(path);
      return damaged.tallies('november').finally(() => damaged.close());
    };
    await expect(look()).rejects.toMatchObject({ name: 'LedgerError', fault: 'unusable' });
    await expect(look()).rejects.toThrow('Restore it from a backup');
  });

  it('cannot be in a folder that is missing or not ours to write', async () => {
    const path = join(store.place(), 'absent', 'payrun.db');
    await expect(store.open(path)).rejects.toMatchObject({ fault: 'unusable' });
    await expect(store.open(tmpdir())).rejects.toMatchObject({ fault: 'unusable' });
    const folder = dirname(store.place());
    // Root may write everywhere, so that it has to try as somebody else.
    if (isRoot) chownSync(folder, NOBODY, NOBODY);
    chmodSync(folder, 0o555);
    const worker = await Worker.start([store.module, join(folder, 'payrun.db'), 'open'], isRoot ? { uid: NOBODY } : {});
    expect(await race([worker])).toMatchObject([{ fault: 'unusable' }]);
  });

  it('has one lock for each account, by whatever name it is opened', async () => {
    const path = store.place();
    const ledger = await store.open(path);
    await lockedAccount(ledger);
    const alias = store.place();
    symlinkSync(path, alias);
    const other = await openSqliteLedger({ path: alias, create: false });
    const holder = { command: 'run', pid: 1, host: 'desk', at: START };
    expect(await other.lockAccount(placed(), holder)).toMatchObject({ kind: 'busy' });
    await other.close();
    await ledger.close();
  });

  it('that another process keeps locked is given up in the end', async () => {
    const path = store.place();
    const ledger = await openSqliteLedger({ path, create: true, lockWaitMs: 50 });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const spending = ledger.spend({ key: 'k', lock: null, rates: [], at: START });
    await expect(spending).rejects.toMatchObject({ name: 'LedgerError', fault: 'locked' });
    other.exec('ROLLBACK');
    expect(await ledger.spend({ key: 'k', lock: null, rates: [], at: START })).toMatchObject({ granted: true });
    other.close();
    await ledger.close();
  });

  it('that another process keeps locked is waited for without end by what has already happened', async () => {
    const path = store.place();
    const ledger = await openSqliteLedger({ path, create: true, lockWaitMs: 1 });
    await ledger.register(registration('november', payments(1)));
    const claimed = await claimOne(ledger, await lockedAccount(ledger));
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const recording = ledger.record(answer(claimed, 'paid'));
    await sleep(200);
    other.exec('ROLLBACK');
    await recording;
    expect((await ledger.tallies('november'))[0]).toMatchObject({ status: 'paid' });
    other.close();
    await ledger.close();
  });

  it('that is gone or empty beside what it left is refused, by those who only look too', async () => {
    const path = store.place();
    const ledger = await store.open(path);
    await ledger.register(registration('november', payments(1)));
    await lockedAccount(ledger);
    await ledger.close();
    const alias = store.place();
    symlinkSync(path, alias);
    const schemaless = (): void => {
      rmSync(path);
      alter(path, 'PRAGMA journal_mode = WAL');
    };
    for (const lose of [() => rmSync(path), () => writeFileSync(path, ''), schemaless]) {
      lose();
      for (const [name, create] of [
        [path, true],
        [path, false],
        [alias, true],
      ] as const) {
        // prettier-ignore
        const opening = openSqliteLedger({ path: name, create });
        await expect(opening).rejects.toMatchObject({ name: 'LedgerError', fault: 'unusable' });
        await expect(opening).rejects.toThrow(`payrun.db${HOLD}, payrun.db.mark, payrun.db.reserve are there`);
      }
    }
    for (const end of [HOLD, '.mark', '.reserve']) rmSync(`${path}${end}`);
    await (await store.open(path)).close();
  });
});

describe('the tables of an SQLite ledger', () => {
  it('keep every entry as it was written, and every payment', async () => {
    const path = store.place();
    const ledger = await store.open(path);
    await ledger.register(registration('november', payments(2)));
    await ledger.record(answer(await claimOne(ledger, await lockedAccount(ledger)), 'failed'));
    await ledger.retry({ batch: 'november', idKeys: null, accounts: ['demo'], at: START, by: BY });
    await ledger.close();
    expect(() => alter(path, `UPDATE entries SET reason = ''`)).toThrow('append-only');
    expect(() => alter(path, 'DELETE FROM entries')).toThrow('append-only');
    expect(() => alter(path, 'DELETE FROM payments')).toThrow('never deleted');
    expect(() => alter(path, `UPDATE payments SET reference = 'X'`)).toThrow('only with its generation');
    const database = new DatabaseSync(path);
    const events = database.prepare('SELECT event, format FROM entries ORDER BY id').all();
    expect(events.map((row) => `${String(row.event)}/${String(row.format)}`)).toEqual([
      'registered/1',
      'claimed/1',
      'answered/1',
      'retried/1',
    ]);
    database.close();
  });

  it('keep what an answer result that came too late to be shown, and by whom each word came', async () => {
    const path = store.place();
    const ledger = await store.open(path);
    await ledger.register(registration('november', payments(1)));
    const claimed = await claimOne(ledger, await lockedAccount(ledger));
    const report = { kind: 'paid', evidence: { code: '0', reason: 'Paid.' } } as const;
    await ledger.recordReport({
      reference: claimed.instruction.reference,
      report,
      source: 'callback',
      at: START,
      by: BY,
    });
    const evidence = { code: '202', reason: 'Taken.' };
    expect(await ledger.record(answer(claimed, 'pending', { evidence }))).toBe('paid');
    await ledger.close();
    const database = new DatabaseSync(path);
    const rows = database
      .prepare('SELECT event, status, code, reason, detail FROM entries ORDER BY id DESC LIMIT 2')
      .all();
    database.close();
    expect(rows).toEqual([
      { event: 'late-answer', status: 'paid', code: '0', reason: 'Paid.', detail: JSON.stringify(evidence) },
      { event: 'settled-by-callback', status: 'paid', code: '0', reason: 'Paid.', detail: null },
    ]);
  });

  it('allow the moves of the domain and no other, even to a hand with a database tool', async () => {
    const path = store.place();
    const ledger = await store.open(path);
    await ledger.register(registration('november', payments(1)));
    await ledger.close();
    const definition = new DatabaseSync(path);
    const trigger = definition.prepare(`SELECT sql FROM sqlite_schema WHERE name = 'payments_moves'`).get()?.sql;
    for (const from of STATUSES) {
      for (const to of STATUSES) {
        definition.exec('BEGIN; DROP TRIGGER payments_moves');
        definition.exec(`UPDATE payments SET status = '${from}'; ${String(trigger)}`);
        const move = (): void => definition.exec(`UPDATE payments SET status = '${to}', generation = generation + 1`);
        if (MOVES[from].includes(to)) expect(move).not.toThrow();
        else expect(move).toThrow('not allowed');
        definition.exec('ROLLBACK');
      }
    }
    definition.close();
  });
});

const FULL_DISK = new URL('full-disk.ts', import.meta.url).href;

describe('a disk without room', () => {
  it('stops the claims, and every result that was to be recorded is there', async () => {
    const path = store.place();
    // The limit is in blocks of 512 or 1024 bytes, and is met by the write-ahead log.
    const limited = ['sh', '-c', 'ulimit -f 1600; exec "$0" "$@"'];
    const worker = await Worker.start([FULL_DISK, path, 'fill-disk', '900'], {}, limited);
    const [result] = (await race([worker])) as { recorded: number; fault: string; after: string }[];
    expect(result).toMatchObject({ fault: 'full', after: 'full' });
    expect(result?.recorded).toBeGreaterThan(0);
    const ledger = await store.open(path);
    const paid = (await ledger.tallies('november')).find((tally) => tally.status === 'paid')?.count;
    expect(paid).toBe(result?.recorded);
    await ledger.close();
  });

  it('has a reserve for what was already sent, on a real full disk where one can be made', async () => {
    const path = store.place();
    const mount = `mount -t tmpfs -o size=2m tmpfs ${dirname(path)} && exec "$0" "$@"`;
    const isolated = ['unshare', '-Urm', 'sh', '-c', mount];
    const canMount = spawnSync(isolated[0] ?? '', [...isolated.slice(1), 'true']).status === 0;
    const filler = join(dirname(path), 'filler');
    const worker = await Worker.start(
      [FULL_DISK, path, canMount ? 'lose-room' : 'fill-disk', canMount ? '20' : '900', filler],
      {},
      canMount ? isolated : ['sh', '-c', 'ulimit -f 1600; exec "$0" "$@"'],
    );
    const [result] = await race([worker]);
    expect(result).toMatchObject(
      canMount
        ? { fault: 'full', after: 'full', registered: 'full', paid: 20, next: 'claimed' }
        : { fault: 'full', after: 'full' },
    );
  });
});

/** What a hand with a database tool does. */
function alter(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}
