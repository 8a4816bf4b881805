import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { isBusy, ledgerFault } from './errors.ts';
import { createPrivately } from './private-file.ts';

/** Kept alive here: a lock whose object was collected as garbage would be a lock let go. */
const locks = new Set<LockFile>();

/**
 * The right to work one account, as a lock of the operating system on a small file beside the ledger: the kernel drops it when
 * the process ends, however it ends. The file stays, since deleting it would let two processes lock two files of one name.
 */
export class LockFile {
  private readonly database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.database = database;
  }

  /** Null when another process, or this one, has it. Does not wait. */
  static take(ledgerPath: string, account: string): LockFile | null {
    const path = `${ledgerPath}.hold-${fileName(account)}`;
    let database: DatabaseSync | null = null;
    try {
      createPrivately(path);
      database = new DatabaseSync(path, { timeout: 0 });
      // Nothing is ever written, so that a journal would only be one more file.
      database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch (error) {
      database?.close();
      if (isBusy(error)) return null;
      throw ledgerFault(error, ledgerPath);
    }
    const lock = new LockFile(database);
    locks.add(lock);
    return lock;
  }

  get isHeld(): boolean {
    return locks.has(this);
  }

  release(): void {
    if (locks.delete(this)) this.database.close();
  }
}

/** Plain names stay readable; others are told apart by a digest, on file systems that ignore case too. */
function fileName(account: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(account)) return account;
  const plain = account.toLowerCase().replace(/[^a-z0-9_-]/g, '').slice(0, 32); // prettier-ignore
  return `${plain}.${createHash('sha256').update(account).digest('hex').slice(0, 16)}`;
}
