import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { APPLICATION_ID, MIGRATIONS } from '../../../src/ledger/sql/schema.ts';
import { all, answer, BY, claimOne, lockedAccount, one, payments, registration, START } from '../sample.ts';
import { store } from './store.ts';

afterEach(() => store.discard());

describe('a ledger of the first version', () => {
  it('is brought up to date with everything that it holds', async () => {
    const path = store.place();
    const source = store.place();
    const before = await store.open(source);
    await before.register(registration('november', payments(2)));
    await before.record(answer(await claimOne(before, await lockedAccount(before)), 'unknown'));
    const known = await all(before);
    await before.close();
    firstVersion(path, source);
    const after = await store.open(path);
    expect(await all(after)).toEqual(known);
    const { reference } = await one(after, 'EMP-1');
    const report = { kind: 'paid', evidence: { code: '0', reason: 'Paid.' } } as const;
    const settled = await after.recordReport({ reference, report, source: 'query', at: START, by: BY });
    expect(settled).toMatchObject({ kind: 'moved', from: 'unknown', to: 'paid' });
    expect((await all(after)).map(({ status }) => status)).toEqual(['paid', 'planned']);
    await after.close();
  });
});

/** A file as the first version made it, by its own step alone, with the rows of another ledger that only did what it could do. */
function firstVersion(path: string, source: string): void {
  const database = new DatabaseSync(path);
  database.exec(`${MIGRATIONS[0] ?? ''} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  // Payments name the entries that tell of them, and entries their payments.
  database.exec(`PRAGMA foreign_keys = OFF; ATTACH '${source}' AS source`);
  for (const { name } of tables) {
    const columns = database.prepare(`SELECT name FROM pragma_table_info(?)`).all(String(name));
    const list = columns.map((column) => String(column['name'])).join(', ');
    database.exec(`INSERT INTO main.${String(name)} (${list}) SELECT ${list} FROM source.${String(name)}`);
  }
  expect(database.prepare('SELECT count(*) AS count FROM payments').get()).toEqual({ count: 2 });
  database.close();
}
