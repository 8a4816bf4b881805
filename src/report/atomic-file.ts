import { open, readdir, rename, rm, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

let serial = 0;

/**
 * A file that is there whole or not at all: written beside its place, flushed to the disk, then renamed over what was there.
 * Mode 0600. Errors of the file system pass through.
 */
export class AtomicFile {
  readonly path: string;
  private readonly temporary: string;
  private readonly handle: FileHandle;

  static async open(folder: string, name: string): Promise<AtomicFile> {
    serial += 1;
    const temporary = join(folder, `.${name}.${process.pid}-${serial}.tmp`);
    // A dead process of the same id may have left the file. `wx` follows no link that an attacker put in its place; `w` would.
    await rm(temporary, { force: true });
    return new AtomicFile(join(folder, name), temporary, await open(temporary, 'wx', 0o600));
  }

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.path = path;
    this.temporary = temporary;
    this.handle = handle;
  }

  async write(text: string | Uint8Array): Promise<void> {
    await this.handle.appendFile(text);
  }

  /** Of the file once it is in its place; 0600 unless this is called. */
  async setMode(mode: number): Promise<void> {
    await this.handle.chmod(mode);
  }

  /** Flushes and puts the file in its place, or under another name; durable once {@link syncFolder} was called. */
  async commit(path = this.path): Promise<void> {
    await this.handle.sync();
    await this.handle.close();
    await rename(this.temporary, path);
  }

  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.temporary, { force: true });
  }
}

/**
 * Removes a file that may be gone already. Uses `unlink`: the codes of `rm` (`ERR_FS_EISDIR`) are not the file system's.
 */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
  });
}

/** Makes renames and removals in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what killed writers of these files left. Only for a caller who knows that no other writer is at work. */
export async function removeLeftovers(folder: string, names: readonly string[]): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (entry.endsWith('.tmp') && names.some((name) => entry.startsWith(`.${name}.`))) {
      await rm(join(folder, entry), { force: true });
    }
  }
}
