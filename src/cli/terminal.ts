import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import type { Problem } from '../domain/problem.ts';
import type { Flags } from './flags.ts';

/** Where a command's words go: data to stdout, messages and progress to stderr, colour only for a terminal without NO_COLOR. */
export interface Screen {
  /** A line of data. */
  data(line: string): void;
  /** A message for the person; nothing when --quiet. */
  say(line: string): void;
  /** An error; always shown. */
  fail(line: string): void;
  progress(batch: string, done: number, total: number): void;
  /** Ends a progress line. */
  settle(): void;
  /** Asks on the terminal; true where there is none to ask. */
  ask(question: string): Promise<boolean>;
}

/** Lines of progress that a log file gets are this far apart. */
const LINE_EVERY_MS = 5_000;
const REDRAW_EVERY_MS = 100;

export function openScreen(flags: Flags, now: () => number): Screen {
  const terminal = process.stderr.isTTY;
  const quiet = flags.quiet === true;
  let drawn = false;
  let lastAt = Number.NEGATIVE_INFINITY;
  let startedAt: number | null = null;

  const settle = (): void => {
    if (drawn) process.stderr.write('\n');
    drawn = false;
  };
  const message = (line: string): void => {
    settle();
    process.stderr.write(`${line}\n`);
  };
  return {
    data: (line) => void process.stdout.write(`${line}\n`),
    say: (line) => {
      if (!quiet) message(line);
    },
    fail: message,
    settle,
    progress: (batch, done, total) => {
      if (quiet) return;
      const at = now();
      startedAt ??= at;
      if (at - lastAt < (terminal ? REDRAW_EVERY_MS : LINE_EVERY_MS) && (done < total || !terminal)) return;
      if (!terminal && lastAt === Number.NEGATIVE_INFINITY && done < total) {
        // A log needs no line for the very first payment.
        lastAt = at;
        return;
      }
      lastAt = at;
      const line = progressLine(batch, done, total, at - startedAt);
      if (terminal) process.stderr.write(`\r\u001b[K${line}`);
      else process.stderr.write(`${line}\n`);
      drawn = terminal;
    },
    ask: async (question) => {
      // A log that takes the messages does not make the terminal go away: then it is asked on stdout.
      const output = terminal ? process.stderr : process.stdout;
      if (!process.stdin.isTTY || !output.isTTY) return true;
      settle();
      const prompt = createInterface({ input: process.stdin, output });
      try {
        return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
      } catch (error) {
        // Ctrl-C and Ctrl-D at the question are a no.
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
