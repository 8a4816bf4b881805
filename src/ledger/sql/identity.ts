import type { LedgerIdentity } from '../ledger.ts';
import { statement, type Database, type Transaction } from './database.ts';

/** Which ledger this is: the one row of the table `ledger`. */
export class Identities {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async identity(): Promise<LedgerIdentity> {
    const [row] = await this.database.read(IDENTITY_STATEMENTS.identity, []);
    if (row === undefined) throw new Error('the ledger has no row of its own');
    return { ...row };
  }

  async batchIds(): Promise<ReadonlySet<string>> {
    return new Set((await this.database.read(IDENTITY_STATEMENTS.batchIds, [])).map(({ id }) => id));
  }

  /** Returns the organisation that holds. */
  async recordOrganisation(tx: Transaction, organisation: string): Promise<string> {
    const newest = await tx.one(IDENTITY_STATEMENTS.newest, []);
    await tx.run(IDENTITY_STATEMENTS.record, [newest?.organisation ?? organisation]);
    const row = await tx.one(IDENTITY_STATEMENTS.identity, []);
    const recorded = row?.organisation ?? null;
    if (recorded === null) throw new Error('the organisation was not recorded');
    return recorded;
  }
}

const IDENTITY_STATEMENTS = {
  identity: statement<LedgerIdentity>('SELECT id, counter, organisation FROM ledger'),
  batchIds: statement<{ readonly id: string }>('SELECT id FROM batches'),
  newest: statement<{ readonly organisation: string }>('SELECT organisation FROM batches ORDER BY key DESC LIMIT 1'),
  record: statement('UPDATE ledger SET organisation = ? WHERE organisation IS NULL'),
};
