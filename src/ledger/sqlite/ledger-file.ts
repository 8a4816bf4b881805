import { readFileSync, statSync, type Stats } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { LedgerError } from '../errors.ts';
import type { LedgerMark } from '../past-rules.ts';
import { unusableFault } from './errors.ts';

/** Times of files advance in steps of some milliseconds: a change that comes so soon after another may show the same time. */
const TIME_STEP_MS = 20;
/** How often a reading of the file is repeated that another process's checkpoint may have cut in two. */
const READINGS = 5;

/** What SQLite keeps beside the file while a connection is open. */
const COMPANIONS = ['-wal', '-shm'] as const;

/**
 * The file of a ledger as it was opened. Another file under its name, an older content in it, or a second name for it is noticed:
 * what this process writes would be lost, or missing in the other file.
 */
export class LedgerFile {
  /** The highest counter that the file is known to have, without its write-ahead log. */
  checkpointed = 0;
  readonly path: string;
  private readonly device: number;
  private readonly inode: number;
  private readonly monotonic: () => number;
  private readonly companions = new Map<string, number>();
  private id: string | null = null;
  private fault: LedgerError | null = null;
  private modifiedAt = Number.NaN;
  /** Until then the file may change once more without showing another time. */
  private lookUntil: number | null = null;

  /** Throws `unusable` for a file that has two names, or that is mounted without the files beside it. */
  constructor(path: string, monotonic: () => number) {
    const found = statSync(path);
    this.path = path;
    this.device = found.dev;
    this.inode = found.ino;
    this.monotonic = monotonic;
    refuseSecondName(path, found);
    refuseLoneMount(path);
  }

  /**
   * Throws `behind` where the path names another file now, or an older state of this one, and from then on always: what this process
   * knows and what the file has would not go together. Costs one look at the folder.
   */
  check(): void {
    if (this.fault !== null) throw this.fault;
    try {
      this.checkNow();
    } catch (error) {
      if (error instanceof LedgerError && error.fault === 'behind') this.fault = error;
      throw error;
    }
  }

  private checkNow(): void {
    const found = statSync(this.path, { throwIfNoEntry: false });
    if (found === undefined || found.ino !== this.inode || found.dev !== this.device) throw replacedFault(this.path);
    refuseSecondName(this.path, found);
    this.checkCompanions();
    if (found.mtimeMs !== this.modifiedAt) {
      // Only checkpoints change the file.
      this.modifiedAt = found.mtimeMs;
      this.lookUntil = this.monotonic() + TIME_STEP_MS;
      this.look();
    } else if (this.lookUntil !== null) {
      if (this.monotonic() >= this.lookUntil) this.lookUntil = null;
      this.look();
    }
  }

  /**
   * To be called before the last connection is closed, which moves the write-ahead log into the file, also one that was deleted: not
   * into older bytes that were written over it, since nothing would show afterwards that parts of both are in it. The log stays where
   * it is then, and what is missing in the file shows.
   */
  keepLogFromOlderBytes(): void {
    const found = statSync(this.path, { throwIfNoEntry: false });
    // SQLite itself moves no log into another file than the one that was opened.
    if (found === undefined || found.ino !== this.inode || found.dev !== this.device) return;
    const log = statSync(`${this.path}-wal`, { throwIfNoEntry: false });
    const isDeleted = log?.ino !== this.companions.get('-wal');
    const isEmpty = (log?.size ?? 0) === 0;
    if (isEmpty && !isDeleted) return;
    try {
      // Another process writes into a log of its own by now, and neither may go over what the other has recorded.
      if (isDeleted && !isEmpty) throw replacedFault(`${this.path}-wal`);
      this.look();
    } catch {
      keepLog(this.path);
    }
  }

  /**
   * While a connection is open, `-wal` and `-shm` are there. Where they were deleted, the next process makes new ones, and the two
   * do not see each other.
   */
  private checkCompanions(): void {
    for (const companion of COMPANIONS) {
      const found = statSync(`${this.path}${companion}`, { throwIfNoEntry: false });
      const inode = found?.ino ?? null;
      const known = this.companions.get(companion) ?? inode;
      if (known !== inode) throw replacedFault(`${this.path}${companion}`);
      if (inode !== null) this.companions.set(companion, inode);
    }
  }

  private look(): void {
    const mark = readFileMark(this.path, this.checkpointed);
    if (mark === undefined) return;
    const counter = mark?.counter ?? 0;
    if (counter < this.checkpointed) throw replacedFault(this.path);
    if (this.id !== null && mark !== null && mark.id !== this.id) throw replacedFault(this.path);
    this.id = mark?.id ?? this.id;
    this.checkpointed = counter;
  }
}

/** Until this process ends. */
const KEPT_OPEN: DatabaseSync[] = [];

/** Opens the ledger for reading and leaves it open: no other connection is the last one then, and this one cannot write. */
function keepLog(path: string): void {
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    KEPT_OPEN.push(database);
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch {
    // The bytes are no ledger at all, which shows without the log.
  }
}

/**
 * Id and counter of the file without its write-ahead log; null where the file has no tables yet, undefined where it cannot be read
 * without its log: a checkpoint that was cut short leaves it so, and the log makes it whole. A counter below `least` is read again,
 * since another process may be writing the file at this moment.
 */
export function readFileMark(path: string, least: number): LedgerMark | null | undefined {
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  for (let reading = 1; ; reading++) {
    const mark = readOnce(url);
    if (reading === READINGS || (mark !== undefined && (mark?.counter ?? 0) >= least)) return mark;
  }
}

function readOnce(url: URL): LedgerMark | null | undefined {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(url, { readOnly: true });
    const table = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'ledger' AND type = 'table'`).get();
    if (table === undefined) return null;
    return (database.prepare('SELECT id, counter FROM ledger').get() ?? null) as LedgerMark | null;
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

export function replacedFault(path: string): LedgerError {
  return new LedgerError(
    'behind',
    `The ledger's file ${path} was replaced or deleted under this process, which stops: what it would record goes nowhere. ` +
      'Stop every payrun that works it, put the file back that was there before, then run the same command again.',
  );
}

/** Each name of a file has its own `-wal` and its own locks: two processes would not see each other. */
function refuseSecondName(path: string, { nlink }: Stats): void {
  if (nlink <= 1) return;
  throw unusableFault(
    path,
    `The file has ${nlink} names (hard links), and payrun sees what another process does only under one. ` +
      `Keep one name (find the others with: find / -samefile ${path}); make copies with: payrun backup`,
  );
}

/** A file that is mounted alone, as into a container, has its `-wal`, its locks and its mark elsewhere than its other users do. */
function refuseLoneMount(path: string): void {
  if (process.platform !== 'linux' || !mountPoints().includes(path)) return;
  throw unusableFault(
    path,
    'The file is mounted alone, without the files beside it (-wal, -shm, .mark, .hold-*). Mount its whole folder instead.',
  );
}

function mountPoints(): readonly string[] {
  try {
    const octal = (text: string): string => {
      return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
    };
    return readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => octal(line.split(' ')[4] ?? ''));
  } catch {
    // Without /proc nothing is known of mounts.
    return [];
  }
}
