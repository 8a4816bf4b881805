import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The test for copies, as part of the transaction that writes: two processes cannot pass it side by side. */
export class Copies {
  private readonly others: StatementSync;
  private readonly matches: StatementSync;

  constructor(database: DatabaseSync) {
    this.others = database.prepare('SELECT key, id FROM batches WHERE registered_at >= ? AND key <> ?');
    this.matches = database.prepare(
      `SELECT f.batch AS key, count(*) AS matches
       FROM json_each(?) j CROSS JOIN fingerprints f ON f.fingerprint = unhex(j.value) GROUP BY f.batch`,
    );
  }

  /** Against the batches registered at or after `since`, but for `except`; against none where a person allowed copies. */
  test(since: number | null, except: number): CopyTest {
    if (since === null) return new CopyTest(new Map(), this.matches);
    const rows = this.others.all(since, except) as unknown as { key: number; id: string }[];
    return new CopyTest(new Map(rows.map(({ key, id }) => [key, id])), this.matches);
  }
}

/** Counts one set of payments, page by page. */
export class CopyTest {
  private readonly others: ReadonlyMap<number, string>;
  private readonly statement: StatementSync;
  private readonly matches = new Map<number, number>();
  private count = 0;

  constructor(others: ReadonlyMap<number, string>, statement: StatementSync) {
    this.others = others;
    this.statement = statement;
  }

  add(fingerprints: readonly string[]): void {
    this.count += fingerprints.length;
    if (this.others.size === 0 || fingerprints.length === 0) return;
    const rows = this.statement.all(JSON.stringify(fingerprints)) as unknown as { key: number; matches: number }[];
    for (const row of rows) this.matches.set(row.key, (this.matches.get(row.key) ?? 0) + row.matches);
  }

  /** The other batch in which half or more of what was added stands, or null. */
  found(): { readonly of: string; readonly matches: number } | null {
    for (const [key, matches] of this.matches) {
      const of = this.others.get(key);
      if (of !== undefined && matches * 2 >= this.count) return { of, matches };
    }
    return null;
  }
}
