import type { Approval } from '../../domain/approval.ts';
import { statement, type Database, type Transaction } from './database.ts';
import type { Entries } from './entries.ts';

/** The signatures under which batches were registered and actions were done. */
export class Approvals {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async of(batch: string): Promise<Approval[]> {
    return (await this.database.read(APPROVAL_STATEMENTS.ofBatch, [batch])).map((row) => ({ ...row }));
  }

  /** Returns whether they were kept. */
  async use(tx: Transaction, entries: Entries, approvals: readonly Approval[]): Promise<boolean> {
    for (const { digest } of approvals) {
      if ((await tx.one(APPROVAL_STATEMENTS.known, [digest])) !== undefined) return false;
    }
    await recordApprovals(tx, entries, approvals);
    return true;
  }
}

/** One that is kept already stays as it is. */
export async function recordApprovals(
  tx: Transaction,
  entries: Entries,
  approvals: readonly Approval[],
): Promise<void> {
  for (const { digest, principal, keyFingerprint, text, signature, batch, command, at, by } of approvals) {
    const values = [digest, principal, keyFingerprint, text, signature, batch, command, at];
    await tx.run(APPROVAL_STATEMENTS.record, [...values, await entries.actor(tx, by)]);
  }
}

const APPROVAL_STATEMENTS = {
  ofBatch: statement<Approval>(
    `SELECT v.digest, v.principal, v.key_fingerprint AS "keyFingerprint", v.text, v.signature, v.batch, v.command, v.at, a.name AS by
     FROM approvals v JOIN actors a ON a.id = v.actor WHERE v.batch = ? ORDER BY v.id`,
  ),
  known: statement<{ readonly id: number }>('SELECT id FROM approvals WHERE digest = ? LIMIT 1'),
  record: statement(
    `INSERT INTO approvals (digest, principal, key_fingerprint, text, signature, batch, command, at, actor)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest, principal) DO NOTHING`,
  ),
};
