import type { FileMemo, FileMemoFilter } from '../records.ts';
import { statement, type Database, type Statement, type Transaction } from './database.ts';

/** Which state of a batch its reports show, and files of this machine whose report shows the latest one. */
export class FileMemos {
  private readonly database: Database;
  private readonly host: string;
  private readonly behind: Statement<{ readonly id: string }>;

  constructor(database: Database, host: string) {
    this.database = database;
    this.host = host;
    const index = database.dialect.index('batches_behind');
    this.behind = statement(`SELECT id FROM batches ${index} WHERE reported_revision < revision ORDER BY key`);
  }

  async batchesBehind(): Promise<string[]> {
    return (await this.database.read(this.behind, [])).map(({ id }) => id);
  }

  async noteReport(tx: Transaction, { batch, revision }: { batch: string; revision: number }): Promise<void> {
    await tx.run(MEMO_STATEMENTS.reported, [revision, batch, revision]);
  }

  async remember(tx: Transaction, memo: FileMemo): Promise<void> {
    const { path, size, mtimeNs, inode, config, batch, revision } = memo;
    const values = [path, size, mtimeNs.toString(), inode.toString(), config, batch, revision];
    await tx.run(MEMO_STATEMENTS.remember, [this.host, ...values]);
  }

  async current(): Promise<Map<string, FileMemo>> {
    const rows = await this.database.read(MEMO_STATEMENTS.current, [this.host]);
    return new Map(rows.map((row) => [row.path, memoOf(row)]));
  }

  async of(filter: FileMemoFilter): Promise<readonly FileMemo[]> {
    const rows =
      'batch' in filter
        ? await this.database.read(MEMO_STATEMENTS.ofBatch, [this.host, filter.batch])
        : await this.database.read(MEMO_STATEMENTS.ofPath, [this.host, filter.path]);
    return rows.map(memoOf);
  }
}

const MEMO_STATEMENTS = {
  reported: statement('UPDATE batches SET reported_revision = ? WHERE id = ? AND reported_revision < ?'),
  remember: statement(
    `INSERT INTO file_memos (host, path, size, mtime_ns, inode, config, batch, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (host, path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, inode = excluded.inode,
       config = excluded.config, batch = excluded.batch, revision = excluded.revision`,
  ),
  ofBatch: statement<MemoRow>('SELECT * FROM file_memos WHERE host = ? AND batch = ? ORDER BY path'),
  ofPath: statement<MemoRow>('SELECT * FROM file_memos WHERE host = ? AND path = ?'),
  // A memo of another revision is of a report that does not show the latest state.
  current: statement<MemoRow>(
    `SELECT m.path, m.size, m.mtime_ns, m.inode, m.config, m.batch, m.revision
     FROM file_memos m JOIN batches b ON b.id = m.batch AND b.revision = m.revision WHERE m.host = ?`,
  ),
};

interface MemoRow {
  readonly path: string;
  readonly size: number;
  readonly mtime_ns: string;
  readonly inode: string;
  readonly config: string;
  readonly batch: string;
  readonly revision: number;
}

function memoOf({ path, size, mtime_ns, inode, config, batch, revision }: MemoRow): FileMemo {
  return { path, size, mtimeNs: BigInt(mtime_ns), inode: BigInt(inode), config, batch, revision };
}
