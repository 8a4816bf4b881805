import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerMark, SeenCopy } from '../past-rules.ts';
import { MarkFile, markText, parseMark } from './mark-file.ts';

/** The first line has a fixed length, so that the lines behind it stay where they are. */
const LINE_CHARACTERS = 50;

/** Both words have one length. */
const SENT = { simulator: 'sent simulator\n', providers: 'sent providers\n' } as const;
const SENT_AT = LINE_CHARACTERS + 1;
const PATH_AT = SENT_AT + SENT.simulator.length;

/**
 * The second copy of a ledger's mark: a file of the user's own, named by the ledger's id, away from the ledger's folder. A folder
 * that is restored takes its mark along; this copy still knows what the ledger had before. Its lines: id and counter; whether
 * requests left for providers or for the built-in simulator only; the ledger's path, as JSON.
 */
export class StateCopy {
  private readonly file: MarkFile;
  private usedProvider: boolean;

  static open(folder: string, mark: LedgerMark, ledgerPath: string): StateCopy {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const known = readCopy(folder, mark.id);
    const content = `${copyLine(mark)}${SENT.simulator}${pathLine(ledgerPath)}`;
    const file = MarkFile.open(join(folder, mark.id), content, copyLine);
    // A folder that was moved: the place where it was is free for another ledger.
    if (known !== null && known.ledgerPath !== ledgerPath) file.overwrite(pathLine(ledgerPath), PATH_AT);
    return new StateCopy(file, known?.usedProvider === true);
  }

  private constructor(file: MarkFile, usedProvider: boolean) {
    this.file = file;
    this.usedProvider = usedProvider;
  }

  raise(mark: LedgerMark): void {
    this.file.raise(mark);
  }

  set(mark: LedgerMark): void {
    this.file.set(mark);
  }

  /** Durable before the first request leaves for a provider. */
  noteProvider(): void {
    if (this.usedProvider) return;
    this.file.overwrite(SENT.providers, SENT_AT);
    this.usedProvider = true;
  }

  close(): void {
    this.file.close();
  }
}

/** The copy of the ledger with this id; null where there is none. */
export function readCopy(folder: string, id: string): SeenCopy | null {
  const file = join(folder, id);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() !== true) return null;
  const text = readFileSync(file, 'latin1');
  const mark = parseMark(text);
  if (mark === null) return null;
  const usedProvider = text.startsWith(SENT.providers, SENT_AT);
  return { ...mark, file, writtenAt: found.mtimeMs, usedProvider, ledgerPath: pathIn(text.slice(PATH_AT)) };
}

/** The copy of the ledger that was last written to at this path: of several, one that payments left from, and of these the newest. */
export function copyOfPath(folder: string, ledgerPath: string): SeenCopy | null {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return null;
  }
  const copies = names
    .filter((name) => /^[0-9a-f]{32}$/.test(name))
    .map((name) => readCopy(folder, name))
    .filter((copy) => copy?.ledgerPath === ledgerPath)
    .filter((copy) => copy !== null);
  const order = (copy: SeenCopy): number => copy.writtenAt + (copy.usedProvider ? 1e15 : 0);
  return copies.sort((a, b) => order(b) - order(a))[0] ?? null;
}

function copyLine(mark: LedgerMark): string {
  return `${markText(mark).trimEnd().padEnd(LINE_CHARACTERS)}\n`;
}

/** JSON in ASCII: a path may have any character, a line break too. A shorter path leaves the end of a longer one behind its line. */
function pathLine(ledgerPath: string): string {
  const json = JSON.stringify(ledgerPath);
  return `ledger ${json.replace(/[^ -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

function pathIn(text: string): string {
  const [line = ''] = text.split('\n', 1);
  try {
    const path: unknown = JSON.parse(line.replace(/^ledger /, ''));
    return typeof path === 'string' ? path : '';
  } catch {
    return '';
  }
}
