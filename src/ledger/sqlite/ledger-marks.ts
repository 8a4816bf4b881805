import type { LedgerMark } from '../past-rules.ts';
import { MarkFile, markText } from './mark-file.ts';
import { StateCopy } from './state-copy.ts';

/** How often a process looks whether the mark is still there. */
const LOOK_EVERY_MS = 1_000;

export interface MarkPlaces {
  /** Real path of the ledger. */
  readonly path: string;
  /** Folder of the second copies; null: none is kept. */
  readonly stateFolder: string | null;
  /** Called at most once, with a sentence for the user. */
  readonly warn: (text: string) => void;
  readonly monotonic: () => number;
}

export function markPath(ledgerPath: string): string {
  return `${ledgerPath}.mark`;
}

/**
 * What a ledger leaves outside of itself after each commit, so that an older state of it is noticed: the mark beside it, and a
 * second copy. Both are made before the first commit, so that no ledger that was written to is without them.
 */
export class LedgerMarks {
  private readonly places: MarkPlaces;
  private mark: MarkFile;
  private copy: StateCopy | null;
  private newest: LedgerMark;
  private nextLookAt = 0;
  private isWarned = false;

  constructor(places: MarkPlaces, newest: LedgerMark) {
    this.places = places;
    this.newest = newest;
    this.mark = this.openMark();
    this.copy = this.openCopy();
  }

  /** Of a commit, before anyone is told of it. */
  raise(counter: number): void {
    this.newest = { id: this.newest.id, counter };
    const now = this.places.monotonic();
    if (now >= this.nextLookAt) {
      this.nextLookAt = now + LOOK_EVERY_MS;
      this.replaceLost();
    }
    this.attempt(() => this.mark.raise(this.newest));
    this.attempt(() => this.copy?.raise(this.newest));
  }

  /** Of a ledger that a person declared to be the newest: whatever the marks were. */
  set(mark: LedgerMark): void {
    this.newest = mark;
    this.mark.set(mark);
    this.attempt(() => this.copy?.set(mark));
  }

  /** Durable before the first request leaves for a provider rather than for the built-in simulator. */
  noteProvider(): void {
    this.attempt(() => this.copy?.noteProvider());
  }

  close(): void {
    this.mark.close();
    this.copy?.close();
  }

  /** A mark that was deleted under this process is written again. */
  private replaceLost(): void {
    if (!this.mark.isGone()) return;
    this.mark.close();
    this.mark = this.openMark();
  }

  private openMark(): MarkFile {
    return MarkFile.open(markPath(this.places.path), markText(this.newest), markText);
  }

  private openCopy(): StateCopy | null {
    const { stateFolder, path } = this.places;
    if (stateFolder === null) return null;
    let copy: StateCopy | null = null;
    this.attempt(() => (copy = StateCopy.open(stateFolder, this.newest, path)));
    return copy;
  }

  /** The commit is durable already. A mark that cannot be written protects less, and keeps nothing from being recorded. */
  private attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (this.isWarned) return;
      this.isWarned = true;
      const what = error instanceof Error ? error.message : String(error);
      this.places.warn(
        `What tells an old copy of ledger ${this.places.path} from the newest cannot be written (${what}). ` +
          'Payments go on; make the folder writable.',
      );
    }
  }
}
