import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../domain/clock.ts';
import type { FileLock, TakeFileLock } from '../../domain/file-lock.ts';
import type { SharedToken, TokenStore } from '../../providers/kit/token-store.ts';

export interface TokenFilesRequest {
  /** Made where it is missing, for its owner alone. */
  readonly folder: string;
  readonly clock: Clock;
  readonly takeFileLock: TakeFileLock;
}

/** How often a lock is tried that another process has while it fetches a token. */
const FETCH_LOCK_POLL_MS = 50;
/** A process that fetches for longer than this is not waited for: two tokens are better than none. */
const FETCH_LOCK_WAIT_MS = 120_000;

/**
 * Tokens in files of the user's state folder, one file for each buyer, readable for its owner alone. Where the folder cannot be
 * used, the tokens are shared within this process only.
 */
export class TokenFiles implements TokenStore {
  private readonly request: TokenFilesRequest;
  private readonly kept = new Map<string, readonly SharedToken[]>();
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(request: TokenFilesRequest) {
    this.request = request;
  }

  read(key: string): readonly SharedToken[] {
    const path = this.path(key);
    try {
      // A token that others may have read, or written, is not used.
      if ((statSync(path).mode & 0o077) !== 0) return this.kept.get(key) ?? [];
      return storedTokens(readFileSync(path, 'utf8'));
    } catch {
      return this.kept.get(key) ?? [];
    }
  }

  write(key: string, tokens: readonly SharedToken[]): void {
    this.kept.set(key, tokens);
    const path = this.path(key);
    const draft = `${path}.${process.pid}.draft`;
    try {
      this.makeFolder();
      writeFileSync(draft, JSON.stringify({ version: 1, tokens }), { mode: 0o600, flag: 'wx' });
      renameSync(draft, path);
    } catch {
      // Without the file each process has tokens of its own, as on a machine without a state folder.
      removeDraft(draft);
    }
  }

  async alone<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.turns.get(key) ?? Promise.resolve();
    const turn = before.then(() => this.locked(key, work));
    this.turns.set(
      key,
      turn.catch(() => undefined),
    );
    return turn;
  }

  private async locked<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const lock = await this.lock(key);
    try {
      return await work();
    } finally {
      lock?.release();
    }
  }

  /** Null where the file system has no locks, or another process does not release its own. */
  private async lock(key: string): Promise<FileLock | null> {
    const { clock, takeFileLock } = this.request;
    const deadline = clock.monotonic() + FETCH_LOCK_WAIT_MS;
    try {
      this.makeFolder();
      for (;;) {
        const result = takeFileLock(`${this.path(key)}.lock`);
        if (result.kind === 'locked') return result.lock;
        if (result.kind === 'unavailable' || clock.monotonic() >= deadline) return null;
        await clock.sleep(FETCH_LOCK_POLL_MS);
      }
    } catch {
      return null;
    }
  }

  private makeFolder(): void {
    const { folder } = this.request;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
  }

  private path(key: string): string {
    return join(this.request.folder, key);
  }
}

function removeDraft(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder is none, so that there is no draft either.
  }
}

/** Throws for a text that is none of ours. */
function storedTokens(text: string): readonly SharedToken[] {
  const { version, tokens } = JSON.parse(text) as { readonly version: unknown; readonly tokens: unknown };
  if (version !== 1 || !Array.isArray(tokens) || !tokens.every(isSharedToken)) throw new Error('no tokens');
  return tokens;
}

function isSharedToken(value: unknown): value is SharedToken {
  if (typeof value !== 'object' || value === null) return false;
  const { value: text, ...times } = value as Readonly<Record<string, unknown>>;
  const names = ['fetchedAt', 'activeAt', 'renewAt', 'expiresAt'];
  return typeof text === 'string' && names.every((name) => Number.isFinite(times[name]));
}
