import type { DatabaseSync } from 'node:sqlite';
import { schemaOf } from '../sql/schema.ts';
import { sqliteDialect } from './dialect.ts';
import { unusableFault } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';

export interface UpgradeOptions {
  readonly path: string;
  /** Name of this machine. */
  readonly host: string;
}

/**
 * Brings the tables from schema version `from` (0: none yet) to the newest, inside the open transaction. Throws `unusable` where the
 * upgraded tables do not fit together.
 */
export function upgrade(database: DatabaseSync, from: number, { path, host }: UpgradeOptions): void {
  if (from === 0) {
    database.exec(schemaOf(sqliteDialect));
    return;
  }
  for (const step of MIGRATIONS.slice(from)) database.exec(step);
  // Up to version 3 a ledger was of one machine, and its budgets did not say of which.
  if (from < 4) {
    const rename = `UPDATE calls SET key = 'machine:' || ? || substr(key, 8) WHERE key LIKE 'machine:%'`;
    database.prepare(rename).run(host);
  }
  const broken = database.prepare('PRAGMA foreign_key_check').get();
  if (broken !== undefined) {
    throw unusableFault(path, 'Its tables do not fit together. Restore it from a backup, then upgrade payrun again.');
  }
}
