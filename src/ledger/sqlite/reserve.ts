import { closeSync, fchmodSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';

/** Room for the results of far more payments than can be under way at once. */
const RESERVE_BYTES = 256 * 1024;

/**
 * A file beside an SQLite ledger that only takes up room. When the disk is full, its room is given back, so that the results of
 * payments that were already sent can still be recorded.
 */
export class Reserve {
  private readonly path: string;

  constructor(ledgerPath: string) {
    this.path = `${ledgerPath}.reserve`;
  }

  /** Makes the file where it is not whole. A disk without room for it is no reason to stop yet. */
  fill(): void {
    if (statSync(this.path, { throwIfNoEntry: false })?.size === RESERVE_BYTES) return;
    try {
      const descriptor = openSync(this.path, 'w', 0o600);
      try {
        fchmodSync(descriptor, 0o600);
        // Bytes that no file system stores as a hole.
        writeSync(descriptor, Buffer.alloc(RESERVE_BYTES, 'payrun reserve '));
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    } catch {
      rmSync(this.path, { force: true });
    }
  }

  /** Gives the room back; false when there was none to give, or the disk does not even let go of it. Never throws. */
  spend(): boolean {
    try {
      rmSync(this.path);
      return true;
    } catch {
      return false;
    }
  }
}
