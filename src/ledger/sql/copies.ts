import { statement, type Statement, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';

/** The test for copies, as part of the transaction that writes: two processes cannot pass it side by side. */
export class Copies {
  private readonly statements: ReturnType<typeof copyStatements>;

  constructor(sql: Dialect) {
    this.statements = copyStatements(sql);
  }

  /** Against the batches registered at or after `since`, except `except`; against none where a person allowed copies. */
  async test(tx: Transaction, since: number | null, except: number): Promise<CopyTest> {
    if (since === null) return new CopyTest(tx, new Map(), this.statements.matches);
    const rows = await tx.all(this.statements.others, [since, except]);
    return new CopyTest(tx, new Map(rows.map(({ key, id }) => [key, id])), this.statements.matches);
  }
}

/** Counts one set of payments, page by page. */
export class CopyTest {
  private readonly tx: Transaction;
  private readonly others: ReadonlyMap<number, string>;
  private readonly statement: Statement<MatchRow>;
  private readonly matches = new Map<number, number>();
  private count = 0;

  constructor(tx: Transaction, others: ReadonlyMap<number, string>, matches: Statement<MatchRow>) {
    this.tx = tx;
    this.others = others;
    this.statement = matches;
  }

  async add(fingerprints: readonly string[]): Promise<void> {
    this.count += fingerprints.length;
    if (this.others.size === 0 || fingerprints.length === 0) return;
    for (const row of await this.tx.all(this.statement, [JSON.stringify(fingerprints)])) {
      this.matches.set(row.key, (this.matches.get(row.key) ?? 0) + row.matches);
    }
  }

  /** The other batch in which half or more of the added payments stand, or null. */
  found(): { readonly of: string; readonly matches: number } | null {
    for (const [key, matches] of this.matches) {
      const of = this.others.get(key);
      if (of !== undefined && matches * 2 >= this.count) return { of, matches };
    }
    return null;
  }
}

interface MatchRow {
  readonly key: number;
  readonly matches: number;
}

function copyStatements(sql: Dialect) {
  return {
    others: statement<{ readonly key: number; readonly id: string }>(
      'SELECT key, id FROM batches WHERE registered_at >= ? AND key <> ?',
    ),
    matches: statement<MatchRow>(
      `SELECT f.batch AS key, count(*) AS matches
       FROM ${sql.listTable('?1', 'j')} ${sql.orderedJoin} fingerprints f ON f.fingerprint = ${sql.bytes('j.value')}
       GROUP BY f.batch`,
    ),
  };
}
