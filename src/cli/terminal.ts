import { createInterface } from 'node:readline/promises';
import type { WriteStream } from 'node:tty';
import { Printed } from './printed.ts';

/** Where the output of a command goes: data to stdout, messages and progress to stderr; colour only without NO_COLOR. */
export interface Terminal {
  /** A line of data. */
  data(line: string): void;
  /** A message for the person; nothing when --quiet. */
  note(line: string): void;
  /** An error; always shown. */
  fail(line: string): void;
  progress(batch: string, done: number, total: number): void;
  endProgress(): void;
  /** What this command has told already. */
  readonly printed: Printed;
  /** Asks on the terminal; true where there is none to ask. */
  ask(question: string): Promise<boolean>;
  /** Asks for a line of text; null where there is no terminal, and where the question is left without an answer. */
  askText(question: string): Promise<string | null>;
}

/** Time between two lines of progress in a log file. */
const LINE_EVERY_MS = 5_000;
const REDRAW_EVERY_MS = 100;

export interface TerminalOptions {
  /** Whether messages and progress are left out. */
  readonly isQuiet: boolean;
  /** Milliseconds of a clock that only runs forward. */
  readonly now: () => number;
}

export function openTerminal({ isQuiet, now }: TerminalOptions): Terminal {
  const isTerminal = process.stderr.isTTY;
  let drawn = false;
  let lastAt = Number.NEGATIVE_INFINITY;
  let startedAt: number | null = null;

  const endProgress = (): void => {
    if (drawn) process.stderr.write('\n');
    drawn = false;
  };
  const message = (line: string): void => {
    endProgress();
    process.stderr.write(`${line}\n`);
  };
  return {
    data: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => {
      if (!isQuiet) message(line);
    },
    fail: message,
    printed: new Printed(),
    endProgress,
    progress: (batch, done, total) => {
      if (isQuiet) return;
      const at = now();
      startedAt ??= at;
      if (at - lastAt < (isTerminal ? REDRAW_EVERY_MS : LINE_EVERY_MS) && (done < total || !isTerminal)) return;
      if (!isTerminal && lastAt === Number.NEGATIVE_INFINITY && done < total) {
        // A log file needs no line for the very first payment.
        lastAt = at;
        return;
      }
      lastAt = at;
      const line = progressLine(batch, done, total, at - startedAt);
      if (isTerminal) process.stderr.write(`\r\u001b[K${line}`);
      else process.stderr.write(`${line}\n`);
      drawn = isTerminal;
    },
    ask: async (question) => {
      if (!canAsk()) return true;
      endProgress();
      return /^y(es)?$/i.test((await answerTo(`${question} [y/N] `)) ?? '');
    },
    askText: (question) => {
      if (!canAsk()) return Promise.resolve(null);
      endProgress();
      return answerTo(`${question} `);
    },
  };
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

/** `payroll-2026-11: 132 of 200 rows, 8.2/s, 8 s left` */
export function progressLine(batch: string, done: number, total: number, elapsedMs: number): string {
  const perSecond = elapsedMs > 0 ? (done / elapsedMs) * 1_000 : 0;
  const left = perSecond > 0 ? `, ${perSecond.toFixed(1)}/s, ${timeText((total - done) / perSecond)} left` : '';
  return `${batch}: ${done} of ${total} rows${left}`;
}

function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5_400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
