import { lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileLock } from '../../domain/file-lock.ts';
import { LedgerError } from '../errors.ts';
import type { CallbackSpool, TakenIn } from '../ledger.ts';
import type { ReceivedCallback } from '../records.ts';
import { ledgerFault } from './errors.ts';
import { takeFileLock } from './lock-file.ts';
import { createPrivately } from './private-file.ts';
import { Reserve } from './reserve.ts';
import {
  makeFolder,
  parseSpoolText,
  publish,
  spoolText,
  syncEntries,
  systemCodeOf,
  writeTemporary,
} from './spool-file.ts';

/** Most callbacks that one transaction takes in. */
const TAKEN_AT_ONCE = 100;
/** A temporary file that is older than this is of a writer that died. */
const TEMPORARY_AGE_MS = 60_000;
/** How long a process waits for another one that takes the spool in. */
const TURN_WAIT_MS = 60_000;
const TURN_RETRY_MS = 20;

const LOCK_FILE = '.lock';
const NUMBERED = /^(\d{3,15})\.json$/;

interface Waiting {
  readonly callback: ReceivedCallback;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * The spool of an SQLite ledger: a folder beside its file, with one file per callback, numbered in the order of arrival. Several
 * processes may add to it; one at a time takes it in.
 */
export class SpoolFolder implements CallbackSpool {
  readonly place: string;
  private readonly reserve: Reserve;
  private readonly waiting: Waiting[] = [];
  private isWriting = false;
  private lastNumber = 0;

  constructor(ledgerPath: string) {
    this.place = `${fileOf(resolve(ledgerPath))}.spool`;
    // The file `.reserve` in the folder.
    this.reserve = new Reserve(`${this.place}/`);
  }

  async prepare(): Promise<void> {
    try {
      await makeFolder(this.place);
      this.reserve.fill();
      // A full disk may have no room for this file later.
      createPrivately(join(this.place, LOCK_FILE));
    } catch {
      // The first callback that needs the spool meets the same obstacle, and is not acknowledged.
    }
  }

  add(callback: ReceivedCallback): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ callback, resolve, reject });
      if (!this.isWriting) void this.writeWaiting();
    });
  }

  hasFiles(): boolean {
    try {
      return readdirSync(this.place).some(isSpooled);
    } catch {
      return false;
    }
  }

  async takeIn(store: (callbacks: readonly ReceivedCallback[]) => Promise<unknown>): Promise<TakenIn> {
    const result = { accounts: new Set<string>(), setAside: [] as string[] };
    if (!this.hasFiles()) return result;
    const turn = await this.takeTurn();
    try {
      for (let left = await this.files(); left.length > 0; left = await this.files()) {
        for (let at = 0; at < left.length; at += TAKEN_AT_ONCE) {
          await this.takeGroup(left.slice(at, at + TAKEN_AT_ONCE), store, result);
        }
      }
      this.reserve.fill();
    } catch (error) {
      throw ledgerFault(error, this.place);
    } finally {
      turn?.release();
    }
    return result;
  }

  /** A file is removed only after the ledger has its callback: a process that dies in between leaves a repeat, and never a loss. */
  private async takeGroup(
    paths: readonly string[],
    store: (callbacks: readonly ReceivedCallback[]) => Promise<unknown>,
    result: { readonly accounts: Set<string>; readonly setAside: string[] },
  ): Promise<void> {
    const callbacks: ReceivedCallback[] = [];
    const taken: string[] = [];
    for (const path of paths) {
      const text = await readFile(path, 'utf8').catch(unlessGone);
      if (text === null) continue;
      const callback = parseSpoolText(text);
      if (callback === null) {
        await rename(path, `${path}.broken`);
        result.setAside.push(`${path}.broken`);
      } else {
        callbacks.push(callback);
        taken.push(path);
      }
    }
    if (callbacks.length > 0) await store(callbacks);
    for (const { account } of callbacks) result.accounts.add(account);
    for (const path of taken) await unlink(path).catch(unlessGone);
  }

  /** Numbered files in the order of their numbers, then what dead writers left unnumbered. */
  private async files(): Promise<string[]> {
    const names = await readdir(this.place);
    const numbered = names.filter((name) => NUMBERED.test(name)).sort((a, b) => numberOf(a) - numberOf(b));
    const temporary: string[] = [];
    for (const name of names.filter((name) => name.endsWith('.tmp')).sort()) {
      const found = await stat(join(this.place, name)).catch(() => null);
      if (found !== null && Math.abs(Date.now() - found.mtimeMs) > TEMPORARY_AGE_MS) temporary.push(name);
    }
    return [...numbered, ...temporary].map((name) => join(this.place, name));
  }

  /** Without turns, one process could remove the file that another has just written under a number that became free. */
  private async takeTurn(): Promise<FileLock | null> {
    const deadline = performance.now() + TURN_WAIT_MS;
    for (;;) {
      const result = takeFileLock(join(this.place, LOCK_FILE));
      if (result.kind === 'locked') return result.lock;
      if (result.kind === 'unavailable') return null;
      if (performance.now() > deadline) {
        const message = `Another payrun is taking callbacks in from ${this.place} and does not end. Look for it, then run again.`;
        throw new LedgerError('locked', message);
      }
      await sleep(TURN_RETRY_MS);
    }
  }

  /** Callbacks that come while others are written share the next sync of the folder. */
  private async writeWaiting(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, TAKEN_AT_ONCE);
      try {
        await this.writeGroup(group);
      } catch (error) {
        for (const waiting of group) waiting.reject(error);
      }
    }
    this.isWriting = false;
  }

  private async writeGroup(group: readonly Waiting[]): Promise<void> {
    await makeFolder(this.place);
    const written = await Promise.allSettled(group.map(({ callback }) => this.write(spoolText(callback))));
    const published: Waiting[] = [];
    // Other processes add files too, and a number must be above all that are there.
    this.lastNumber = Math.max(this.lastNumber, await this.newestNumber());
    for (const [at, file] of written.entries()) {
      const waiting = group[at];
      if (waiting === undefined) continue;
      try {
        if (file.status === 'rejected') throw file.reason;
        await this.publish(file.value);
        published.push(waiting);
      } catch (error) {
        waiting.reject(error);
      }
    }
    await syncEntries(this.place);
    for (const waiting of published) waiting.resolve();
  }

  private async write(text: string): Promise<string> {
    try {
      return await writeTemporary(this.place, text);
    } catch (error) {
      if (!['ENOSPC', 'EDQUOT'].includes(systemCodeOf(error)) || !this.reserve.spend()) throw error;
      return writeTemporary(this.place, text);
    }
  }

  private async publish(temporary: string): Promise<void> {
    do this.lastNumber += 1;
    while (!(await publish(temporary, join(this.place, `${String(this.lastNumber).padStart(3, '0')}.json`))));
  }

  private async newestNumber(): Promise<number> {
    const names = await readdir(this.place);
    return names.reduce((newest, name) => Math.max(newest, numberOf(name)), 0);
  }
}

/** Where a file system has no locks, another process may have taken the same file in. */
function unlessGone(error: unknown): null {
  if (systemCodeOf(error) === 'ENOENT') return null;
  throw error;
}

function isSpooled(name: string): boolean {
  return NUMBERED.test(name) || name.endsWith('.tmp');
}

/** 0 for a name without a number. */
function numberOf(name: string): number {
  return Number(NUMBERED.exec(name)?.[1] ?? 0);
}

/** The file itself: under two names of one ledger the spools would be two. The file may be gone. */
function fileOf(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() !== true) return path;
  try {
    return realpathSync(path);
  } catch {
    return resolve(dirname(path), readlinkSync(path));
  }
}
