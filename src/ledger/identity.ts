export interface LedgerIdentity {
  /** Made with the ledger, and in every copy of it the same. */
  readonly id: string;
  /** How many transactions have changed the ledger. */
  readonly counter: number;
  /** Null before the first batch, and after an upgrade of a ledger that did not record it. */
  readonly organisation: string | null;
}

/** Which ledger this is, and whether it is the one that it was: what tells an older or another ledger from the newest. */
export interface IdentityStore {
  identity(): Promise<LedgerIdentity>;
  /** Ids of all batches. Cheap: every sweep compares them with the reports that are there. */
  batchIds(): Promise<ReadonlySet<string>>;
  /**
   * Writes down the organisation of a ledger that has none yet. Returns the one that holds: a ledger of an earlier payrun has that of
   * its newest batch.
   */
  recordOrganisation(organisation: string): Promise<string>;
  /** Remembers, outside of the ledger, that requests leave for providers from now on, and not only for the built-in simulator. */
  noteProviderUse(): Promise<void>;
}

/** A copy of a ledger as it stood at one moment. */
export interface BackupResult {
  /** Of the ledger. */
  readonly id: string;
  readonly counter: number;
  readonly batches: number;
  readonly payments: number;
  /** Size of the copy. */
  readonly bytes: number;
}
