import type { Ledger } from '../../src/ledger/ledger.ts';

/** What the suite needs of a store: a new one is a file with these things and a test that names it. */
export interface LedgerStore {
  /**
   * Address of the module that exports this store as `store`, so that other processes can open it too; null where no other
   * process can.
   */
  readonly module: string | null;
  /** Somewhere that no ledger is yet. */
  place(): string;
  /** Removes every place that was given out. */
  discard(): void;
  open(place: string): Promise<Ledger>;
  /** Another owner locks the account although a living process has its lock, as when a session to a server broke unnoticed. */
  takeOver(place: string, account: string): void;
  /** How many transactions the store has made durable there, as far as it still shows. */
  commits(place: string): number;
}
