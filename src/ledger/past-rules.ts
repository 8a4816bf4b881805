import type { Ledger } from './ledger.ts';

/** The id of a ledger, and how many changes it had. */
export interface LedgerMark {
  readonly id: string;
  readonly counter: number;
}

/** A mark as it was found outside of the ledger. */
export interface SeenMark extends LedgerMark {
  /** When it was written last, in Unix milliseconds. */
  readonly writtenAt: number;
}

/** The second copy of a mark, which is kept away from the ledger. */
export interface SeenCopy extends SeenMark {
  readonly file: string;
  /** Real path of the ledger that was written to last. */
  readonly ledgerPath: string;
  /** Whether a request may have left for another place than the built-in simulator. */
  readonly usedProvider: boolean;
}

export interface StoredMark extends LedgerMark {
  /** The highest counter that the file itself is known to have had, without its write-ahead log. */
  readonly checkpointed: number;
  /** Whether a recovery was begun and has not ended. */
  readonly isRecovering: boolean;
}

/** All that tells whether a ledger went back in time. */
export interface KnownPast {
  /** Null where there is no ledger. */
  readonly ledger: StoredMark | null;
  /** What the file says without its write-ahead log: null where it has no ledger yet, undefined where that is not known. */
  readonly file?: LedgerMark | null | undefined;
  /** From the file beside the ledger. */
  readonly mark: SeenMark | null;
  readonly copy: SeenCopy | null;
}

/**
 * How a ledger is found to be another one than it was:
 *
 * - `behind`: it has fewer changes than a mark says.
 * - `other`: the mark beside it is of another ledger.
 * - `unmarked`: it was written to, and no mark of it is here.
 * - `older-file`: the file is older than its write-ahead log.
 * - `older-log`: the write-ahead log is older than the file, or cut short: both together are no state that ever was.
 * - `foreign-log`: the write-ahead log is of another ledger.
 * - `lost`: there is no ledger where one was that sent payments to a provider.
 * - `recovering`: a recovery was begun and not ended, so that not everything that may have been sent is marked.
 */
export type PastFaultKind =
  'behind' | 'other' | 'unmarked' | 'older-file' | 'older-log' | 'foreign-log' | 'lost' | 'recovering';

export interface PastFault extends KnownPast {
  readonly kind: PastFaultKind;
}

/** Null where the ledger is the newest that anything here knows of. */
export function pastFault(known: KnownPast): PastFault | null {
  const kind = pastFaultKind(known);
  return kind === null ? null : { ...known, kind };
}

function pastFaultKind({ ledger, file, mark, copy }: KnownPast): PastFaultKind | null {
  if (ledger === null) return mark !== null || copy?.usedProvider === true ? 'lost' : null;
  if (file !== undefined && file !== null && file.id !== ledger.id) return 'foreign-log';
  if (mark !== null && mark.id !== ledger.id) return 'other';
  if ((file?.counter ?? 0) > ledger.counter) return 'older-log';
  if (mark !== null && mark.counter > ledger.counter) return 'behind';
  if (copy !== null && copy.counter > ledger.counter) return 'behind';
  // A file only ever gets newer: what its log says of it was true once.
  if (file !== undefined && (file?.counter ?? 0) < ledger.checkpointed) return 'older-file';
  if (mark === null && copy === null && ledger.counter > 0) return 'unmarked';
  return ledger.isRecovering ? 'recovering' : null;
}

/** Whether the ledger may be opened all the same, for `recover`: opened with a log that does not belong to it, a file is destroyed. */
export function canBeRecovered({ kind }: PastFault): boolean {
  return kind !== 'older-file' && kind !== 'older-log' && kind !== 'foreign-log';
}

/** The counter that a ledger needs to be newer than everything that is known of it. */
export function highestCounter({ ledger, file, mark, copy }: KnownPast): number {
  return Math.max(...[ledger, file, mark, copy].map((one) => one?.counter ?? 0));
}

const WAY_ON =
  'Nothing was sent. Put the newest ledger back, with its -wal file where there is one. ' +
  'Where it is lost for good: payrun recover';

function logWayOn(path: string): string {
  return (
    'Nothing was sent, and nothing was changed. Put the newest ledger back together with its -wal file. Where one of them is lost ' +
    `for good: move ${path}-wal and ${path}-shm away, then: payrun recover`
  );
}

export function pastMessage(path: string, { kind, ledger, file, mark, copy }: PastFault): string {
  const counter = ledger?.counter ?? 0;
  switch (kind) {
    case 'behind': {
      const newest = copy !== null && copy.counter > (mark?.counter ?? 0) ? copy : mark;
      const where = newest === copy && copy !== null ? copy.file : `${path}.mark`;
      return (
        `Ledger ${path} went back in time: it has ${counter} changes, and ${where} knows of ${newest?.counter ?? 0}. ` +
        `What was sent since is missing in it (a copy that was put back, or a -wal file that was lost or damaged). ${WAY_ON}`
      );
    }
    case 'other':
      return `Ledger ${path} (${ledger?.id ?? ''}) is another one than ${path}.mark is of (${mark?.id ?? ''}). ${WAY_ON}`;
    case 'unmarked':
      return (
        `Ledger ${path} came alone: its mark ${path}.mark is missing, so that nothing shows whether it is the newest. ` +
        `Nothing was sent. Put ${path}.mark back beside it. Where it is lost for good: payrun recover`
      );
    case 'older-file':
      return (
        `Ledger ${path} is older than its write-ahead log ${path}-wal: it has ${file?.counter ?? 0} changes by itself, and had ` +
        `${ledger?.checkpointed ?? 0} before. ${logWayOn(path)}`
      );
    case 'older-log':
      return (
        `The write-ahead log ${path}-wal is older than ledger ${path}, or damaged: with it there are ${counter} changes, and ` +
        `${file?.counter ?? 0} without it. ${logWayOn(path)}`
      );
    case 'foreign-log':
      return `The write-ahead log ${path}-wal is of another ledger than ${path}. ${logWayOn(path)}`;
    case 'recovering':
      return `A recovery of ledger ${path} was begun and not ended. Nothing was sent. Repeat it: payrun recover`;
    case 'lost': {
      const known = mark !== null ? `${path}.mark` : (copy?.file ?? '');
      return `The ledger ${path} is gone, although it has paid before (${known} knows of it). ${WAY_ON}`;
    }
  }
}

/** A ledger that may have gone back in time: for `recover`, which sends nothing before {@link moveMarks}. */
export interface LedgerBehind {
  readonly ledger: Ledger;
  /** Null where the ledger is the newest that anything here knows of. */
  readonly fault: PastFault | null;
  /**
   * Makes this ledger the newest: its counter becomes at least `counter`, and more than it was, and every mark is moved there. From
   * then on the ledger is opened as any other.
   */
  moveMarks(counter: number): Promise<void>;
}
