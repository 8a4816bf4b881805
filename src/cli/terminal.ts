import { createInterface } from 'node:readline/promises';
import type { WriteStream } from 'node:tty';
import { Printed } from './printed.ts';
import { fitted } from './wrap.ts';

/** Where the output of a command goes: data to stdout, messages and progress to stderr; colour only without NO_COLOR. */
export interface Terminal {
  /** Columns of the terminal that shows the data; null where that goes into a file or another program. */
  readonly width: number | null;
  /** Whether a person can be asked. */
  readonly isInteractive: boolean;
  /** Whether messages and progress are left out, and of the data what needs nobody. */
  readonly isQuiet: boolean;
  /** A line of data. */
  data(line: string): void;
  /** A message for the person; nothing when --quiet. */
  note(line: string): void;
  /** An error; always shown. */
  fail(line: string): void;
  /** Shows how far something is until the returned function is called: on a terminal in one line that is written again and again. */
  follow(work: FollowedWork): () => void;
  /** What the command waits for now; null where nothing is followed. */
  waitsFor(): string | null;
  /** What this command has told already. */
  readonly printed: Printed;
  /** Whether a person can be asked. */
  canAsk(): boolean;
  /** Asks on the terminal; true where there is none to ask. */
  ask(question: string): Promise<boolean>;
  /** Asks for a line of text; null where there is no terminal, and where the question is left without an answer. */
  askText(question: string): Promise<string | null>;
}

/** Something that takes its time. */
export interface FollowedWork {
  /** How far it is now, in one line of at most so many columns; null: any number. */
  line(columns: number | null): string;
  /** What an interrupted command still waits for. */
  waitsFor(): string;
}

const TICK_MS = 500;
/** When a log file, or whatever is no terminal, gets its first line of progress, and how long after that the next one. */
const FIRST_LINE_AFTER_MS = 5_000;
const LINE_EVERY_MS = 30_000;

export interface TerminalOptions {
  /** Whether messages and progress are left out. */
  readonly isQuiet: boolean;
  /** Milliseconds of a clock that only runs forward. */
  readonly now: () => number;
}

export function openTerminal({ isQuiet, now }: TerminalOptions): Terminal {
  const progress = new ProgressDisplay(isQuiet, now);
  const message = (text: string): void => {
    progress.erase();
    const lines = text.split('\n').flatMap((line) => fitted(line, columnsIn(process.stderr)));
    process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  };
  return {
    width: columnsIn(process.stdout),
    isInteractive: canAsk(),
    isQuiet,
    data: (line) => {
      progress.erase();
      process.stdout.write(`${line}\n`);
    },
    note: (line) => {
      if (!isQuiet) message(line);
    },
    fail: message,
    printed: new Printed(),
    follow: (work) => progress.follow(work),
    waitsFor: () => progress.work?.waitsFor() ?? null,
    canAsk,
    ask: async (question) => {
      if (!canAsk()) return true;
      progress.erase();
      return /^y(es)?$/i.test((await answerTo(`${question} [y/N] `)) ?? '');
    },
    askText: (question) => {
      if (!canAsk()) return Promise.resolve(null);
      progress.erase();
      return answerTo(`${question} `);
    },
  };
}

/** The line that says how far the command is. It ticks by itself: a wait is when people look at it. */
class ProgressDisplay {
  work: FollowedWork | null = null;
  private readonly isQuiet: boolean;
  private readonly now: () => number;
  private isDrawn = false;

  constructor(isQuiet: boolean, now: () => number) {
    this.isQuiet = isQuiet;
    this.now = now;
  }

  follow(work: FollowedWork): () => void {
    this.work = work;
    let lineAt = this.now() + FIRST_LINE_AFTER_MS;
    const tick = (): void => {
      const columns = columnsIn(process.stderr);
      if (process.stderr.isTTY) {
        // A full last column would begin another line on some terminals.
        process.stderr.write(`\r\u001b[K${work.line(columns === null ? null : columns - 1)}`);
        this.isDrawn = true;
      } else if (this.now() >= lineAt) {
        process.stderr.write(`${work.line(null)}\n`);
        lineAt = this.now() + LINE_EVERY_MS;
      }
    };
    const ticking = this.isQuiet ? null : setInterval(tick, TICK_MS).unref();
    return () => {
      if (ticking !== null) clearInterval(ticking);
      this.work = null;
      this.erase();
    };
  }

  /** Makes room for a message. The next tick draws the line again below it. */
  erase(): void {
    if (this.isDrawn) process.stderr.write('\r\u001b[K');
    this.isDrawn = false;
  }
}

/** Null where a stream is no terminal, or one that does not say how wide it is. */
function columnsIn(stream: WriteStream): number | null {
  return stream.isTTY && stream.columns > 0 ? stream.columns : null;
}

/** Where questions are written: where stderr is a log file, a person may still sit at stdout. */
function questionOutput(): WriteStream {
  return process.stderr.isTTY ? process.stderr : process.stdout;
}

function canAsk(): boolean {
  return process.stdin.isTTY && questionOutput().isTTY;
}

/** The answer without blanks around it; null after Ctrl-C and Ctrl-D. */
async function answerTo(prompt: string): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: questionOutput() });
  try {
    return (await lines.question(prompt)).trim();
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return null;
    throw error;
  } finally {
    lines.close();
  }
}
