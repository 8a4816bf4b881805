import type { BatchResult } from '../operations/index.ts';
import { tableLines, totalLines } from './tables.ts';
import { printProblems } from './problem-lines.ts';
import type { Terminal } from './terminal.ts';

/** How many rows a table on the screen shows. The report has them all. */
const SCREEN_ROWS = 30;

/** How many rows a result has to carry: on the screen the first ones, in a JSON document all of them or none. */
export function rowLimit(isJson: boolean, hasRows: boolean): number {
  if (!isJson) return SCREEN_ROWS;
  return hasRows ? Number.POSITIVE_INFINITY : 0;
}

/** The batch as it is in the ledger: rows, totals and where the report is. */
export function printState(result: BatchResult, terminal: Terminal): void {
  if (result.error !== null) return;
  terminal.data(`Batch ${result.batch ?? ''}`);
  if (result.rows.length > 0) for (const line of tableLines(result.rows, result.count)) terminal.data(line);
  for (const line of totalLines(result.tallies)) terminal.data(line);
  if (result.simulated > 0) {
    const which = result.simulated === result.count ? 'All' : `${result.simulated} of`;
    terminal.data(`${which} ${result.count} payments were sent only to the built-in simulator: no money moved.`);
  }
  if (result.report !== null) terminal.data(`Report: ${result.report}`);
}

/** The state of a batch that was to be paid, or why it was refused. */
export function printPaid(result: BatchResult, terminal: Terminal): void {
  if (result.error !== null) return;
  if (result.refused) {
    printProblems(result.problems, { terminal, channel: 'fail', all: result.errors ?? '--json lists all' });
    const errors = result.errors === null ? '' : ` All problems: ${result.errors}`;
    terminal.fail(`${result.file ?? ''}: refused, nothing of it was sent.${errors}`);
    return;
  }
  printProblems(result.problems, { terminal, channel: 'note', all: result.errors ?? '--json lists all' });
  printState(result, terminal);
  if (result.errors !== null) terminal.note(`Warnings: ${result.errors}`);
}

/** What a command has changed of single payments, or would change. */
export function printChanges(result: BatchResult, terminal: Terminal, isDryRun: boolean): void {
  const { changes = [] } = result;
  for (const { id, name, amount, currency, from, to, reference, generation } of changes) {
    const would = isDryRun ? 'would become' : 'is';
    terminal.data(
      `${id} ${name}, ${amount} ${currency}: ${from}, ${would} ${to} (${reference}, generation ${generation})`,
    );
  }
  if (isDryRun) terminal.data('Dry run: nothing was changed and nothing was sent.');
  else for (const line of totalLines(result.tallies)) terminal.data(line);
}
