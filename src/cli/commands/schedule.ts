import { PayrunError } from '../../domain/problem.ts';
import { schedule, type ScheduledOccurrence, type SeriesSchedule } from '../../operations/index.ts';
import { defineCommand, type Shell } from '../command.ts';
import { openContext } from '../context.ts';
import { textFlag } from '../flag.ts';

export const scheduleCommand = defineCommand({
  name: 'schedule',
  description: 'show the next dates of every series, what each will pay, and what was missed',
  help: {
    examples: ['payrun schedule', 'payrun schedule --until 2026-12-31'],
    exits: [[0, 'every date can be paid as its file is now'], 2, [3, 'a template or file would be refused'], 6],
    json: '`series`: each with its next `occurrences` (batch, local time, UTC, file, count, sums, problem, notes) and `missed`',
  },
  parameters: {
    until: textFlag('--until <date>', 'the last date, such as 2026-12-31; left out: the next three of each'),
  },
  run: async ({ until }, shell) => {
    if (until !== null && !isCalendarDate(until)) {
      throw new PayrunError(
        2,
        'until-invalid',
        `--until takes a date such as 2026-12-31, and "${until.slice(0, 40)}" is none.`,
      );
    }
    // Nothing is in flight, so a signal may end the process at once.
    const context = await openContext(shell, { signal: new AbortController().signal });
    const found = await schedule(context, until);
    const exit = found.some(({ occurrences }) => occurrences.some(({ problem }) => problem !== null)) ? 3 : 0;
    if (shell.isJson) {
      shell.terminal.data(JSON.stringify({ version: 1, exit, series: found.map(seriesDocument) }, null, 2));
      return exit;
    }
    if (found.length === 0) shell.terminal.note('The configuration has no series. Write one under series:.');
    for (const one of found) printSeries(one, shell);
    return exit;
  },
});

function isCalendarDate(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function seriesDocument({ source, occurrences, ...series }: SeriesSchedule): object {
  return {
    ...series,
    [source.kind]: source.path,
    occurrences: occurrences.map(({ atUtc, ...occurrence }) => ({ ...occurrence, at_utc: atUtc })),
  };
}

function printSeries(series: SeriesSchedule, { terminal }: Shell): void {
  const { series: name, every, timezone, account, source, occurrences, missed } = series;
  const payer = account === null ? '' : `, account ${account}`;
  terminal.data(`Series ${name}: ${every} (${timezone})${payer}, ${source.kind} ${source.path}`);
  for (const occurrence of occurrences) {
    terminal.data(`  ${occurrence.at}  ${occurrence.atUtc}  ${occurrence.batch}  ${whatText(occurrence)}`);
    for (const note of occurrence.notes) terminal.data(`      ${note}`);
  }
  if (occurrences.length === 0) terminal.data('  no date');
  const lost = missed.filter(({ batch }) => batch === null).map(({ occurrence }) => occurrence);
  if (lost.length > 0) terminal.data(`  missed, nobody was paid: ${lost.join(', ')}`);
}

function whatText({ state, count, sums, file, problem }: ScheduledOccurrence): string {
  const due = state === 'due' ? 'due now: ' : '';
  if (state === 'in-place') return 'not paid by itself';
  if (problem !== null) return `${due}would be refused: ${problem}`;
  if (count !== null) {
    const amounts = Object.entries(sums).map(([currency, sum]) => `${sum} ${currency}`);
    return `${due}${count} ${count === 1 ? 'payment' : 'payments'}, ${amounts.join(', ')}`;
  }
  return `${due}${file === null ? 'waits for its file' : `from the newest file, now ${file}`}`;
}
