import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import type { Problem } from '../domain/problem.ts';

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
  /** Asks on the terminal; true where there is none to ask. */
  ask(question: string): Promise<boolean>;
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
      // Where stderr is a log file, a person may still sit at stdout.
      const output = isTerminal ? process.stderr : process.stdout;
      if (!process.stdin.isTTY || !output.isTTY) return true;
      endProgress();
      const prompt = createInterface({ input: process.stdin, output });
      try {
        return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
      } catch (error) {
        // Ctrl-C and Ctrl-D at the question mean no.
        if (error instanceof Error && error.name === 'AbortError') return false;
        throw error;
      } finally {
        prompt.close();
      }
    },
  };
}

/** `payroll-2026-11: 132 of 200 rows, 8.2/s, 8 s left` */
export function progressLine(batch: string, done: number, total: number, elapsedMs: number): string {
  const perSecond = elapsedMs > 0 ? (done / elapsedMs) * 1_000 : 0;
  const left = perSecond > 0 ? `, ${perSecond.toFixed(1)}/s, ${timeText((total - done) / perSecond)} left` : '';
  return `${batch}: ${done} of ${total} rows${left}`;
}

export function problemLine(problem: Problem): string {
  const place = [problem.file, ...(problem.line > 0 ? [String(problem.line)] : [])].join(':');
  const column = problem.column === '' ? '' : ` ${problem.column}:`;
  const severity = styleText(problem.severity === 'error' ? 'red' : 'yellow', problem.severity, {
    stream: process.stderr,
  });
  return `${place}:${column} ${severity} ${problem.code}: ${problem.message}`;
}

function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5_400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
