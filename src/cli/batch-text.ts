import { relative } from 'node:path';
import { countOf } from '../domain/totals.ts';
import { isFinal } from '../domain/status.ts';
import { isSendable, pausedText, type BatchResult, type RowChoice } from '../operations/index.ts';
import { shellWord } from '../domain/shell-word.ts';
import { onePaymentLines, printAllRows } from './all-rows.ts';
import { accountNamesOf } from './json.ts';
import { printProblems } from './problem-lines.ts';
import { needingLines, totalLines } from './tables.ts';
import type { Terminal } from './terminal.ts';
import { dayText, nothingSentText } from './time-text.ts';
import { fitted } from './wrap.ts';

/** Which rows a result has to carry: for the screen those that need somebody, in a JSON document none, with `--rows` all of them. */
export function rowChoice(isJson: boolean, hasRows: boolean): RowChoice {
  if (hasRows) return 'all';
  return isJson ? 'none' : 'needing';
}

/** The batch as it is in the ledger: what needs somebody, the other rows where they are wanted, totals and where the report is. */
export function printState(result: BatchResult, terminal: Terminal): void {
  if (result.error !== null) return;
  printText(`Batch ${result.batch ?? ''}${datesOf(result)}`, terminal);
  const { signed = [] } = result;
  if (signed.length > 0) {
    printText(`Signed by ${signed.map(({ principal, command }) => `${principal} (${command})`).join(', ')}`, terminal);
  }
  const { paused = null, canary = null } = result;
  if (canary !== null) printText(canary.text, terminal);
  if (paused !== null && result.tallies.some(isSendable)) printText(pausedText(paused), terminal);
  printRows(result, terminal);
  printTotals(result, terminal);
  printReport(result, terminal);
}

/**
 * A batch that the command has worked on, or met with nothing to do. What is settled and was left as it is must not look like a
 * payment: it has no totals. With `--quiet` only what needs somebody.
 */
export function printWorked(result: BatchResult, terminal: Terminal): void {
  if (result.error !== null) return;
  const needing = needingCount(result);
  const isStopped =
    (result.stops ?? []).length > 0 ||
    (isChanged(result) && (result.canary ?? null) !== null) ||
    result.problems.some(({ code }) => code === 'balance-short');
  if (terminal.isQuiet && needing === 0 && !isStopped) return;
  printText(result.canary?.text ?? `Batch ${result.batch ?? ''}: ${headingOf(result, needing)}`, terminal);
  printRows(result, terminal);
  const isLeftAlone = isSettled(result) && !isChanged(result);
  if (!isLeftAlone) printTotals(result, terminal);
  if (!isLeftAlone || needing > 0) printReport(result, terminal);
}

/** The state of a batch that was to be paid, or why it was refused. */
export function printPaid(result: BatchResult, terminal: Terminal): void {
  if (result.error !== null) return;
  if (result.refused) {
    printProblems(result.problems, {
      terminal,
      channel: 'fail',
      all: result.errors ?? '--json lists all',
    });
    const errors = result.errors === null ? '' : ` All problems: ${result.errors}`;
    terminal.fail(`${result.file ?? ''}: refused, nothing of it was sent.${errors}`);
    return;
  }
  const all = result.errors ?? '--json lists all';
  // Without the money the rest stays where it is.
  const short = result.problems.filter(({ code }) => code === 'balance-short');
  printProblems(short, { terminal, channel: 'fail', all });
  printProblems(result.problems, { terminal, channel: 'note', all });
  printWorked(result, terminal);
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

/** `: registered 28 Nov 05:00, settled 28 Nov 05:06, from salaries` */
function datesOf(result: BatchResult): string {
  const { registeredAt = '', settledAt } = result;
  const thisYear = new Date().getFullYear();
  const accounts = accountNamesOf(result);
  const parts = [
    ...(registeredAt === '' ? [] : [`registered ${dayText(registeredAt, thisYear)}`]),
    ...(settledAt !== '' && isSettled(result) ? [`settled ${dayText(settledAt, thisYear)}`] : []),
    ...(accounts.length === 0 ? [] : [`from ${accounts.join(', ')}`]),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

/** Payments that a person named, each with all that is known of it. */
export function printNamedPayments(result: BatchResult, terminal: Terminal): void {
  const { batch, rows } = result;
  printText(
    `Batch ${batch ?? ''}: ${rows.length === 1 ? '1 payment' : `${rows.length} payments`} of that name`,
    terminal,
  );
  for (const row of rows) for (const line of onePaymentLines(row, terminal.width)) terminal.data(line);
}

function needingCount({ rows }: BatchResult): number {
  return rows.filter(({ isNeeding }) => isNeeding).length;
}

/** Whether every payment has come to its end. */
function isSettled({ tallies }: BatchResult): boolean {
  return tallies.every(({ status, count }) => count === 0 || isFinal(status));
}

function isChanged({ sent, isMoved }: BatchResult): boolean {
  return sent > 0 || isMoved === true;
}

function headingOf(result: BatchResult, needing: number): string {
  const nothing = isChanged(result) ? '' : 'nothing sent now';
  if (isSettled(result) && nothing !== '') return nothingSentText(result.settledAt);
  const isPaid = countOf(result.tallies.filter(({ status }) => status === 'paid')) === result.count;
  if (isPaid && needing === 0)
    return result.count === 1 ? 'the one payment is paid' : `all ${result.count} payments are paid`;
  const of = `of ${result.count} ${result.count === 1 ? 'payment' : 'payments'}`;
  const planned = countOf(result.tallies.filter(({ status }) => status === 'planned'));
  const open = countOf(result.tallies.filter(({ status }) => !isFinal(status))) - planned;
  const openOf = planned > 0 ? `${open}` : `${open} ${of}`;
  const openTexts = [
    ...(planned > 0 ? [`${planned} ${of} ${planned === 1 ? 'is' : 'are'} not sent yet`] : []),
    ...(open > 0 ? [`${openOf} ${open === 1 ? 'has' : 'have'} not come to an end`] : []),
  ];
  const what =
    needing > 0
      ? [`${needing} ${of} ${needing === 1 ? 'needs' : 'need'} somebody`]
      : openTexts.length > 0
        ? openTexts
        : [`${result.count} ${of} ${result.count === 1 ? 'has' : 'have'} come to an end`];
  return [nothing, ...what].filter((text) => text !== '').join(', ');
}

function printRows(result: BatchResult, terminal: Terminal): void {
  const { rows } = result;
  const needing = rows.filter(({ isNeeding }) => isNeeding);
  for (const line of needingLines(needing, terminal.width)) terminal.data(line);
  printAllRows(result, terminal);
}

function printTotals({ tallies, simulated, count }: BatchResult, terminal: Terminal): void {
  for (const line of totalLines(tallies)) terminal.data(line);
  if (simulated === 0) return;
  const which = simulated === count ? 'All' : `${simulated} of`;
  const sent = count === 1 ? 'The payment was' : `${which} ${count} payments were`;
  printText(`${sent} sent only to the built-in simulator: no money moved.`, terminal);
}

function printText(text: string, terminal: Terminal): void {
  for (const line of fitted(text, terminal.width)) terminal.data(line);
}

function printReport({ report, failedRows }: BatchResult, terminal: Terminal): void {
  if (failedRows !== undefined) {
    const file = shortPath(failedRows);
    printText(`To correct rows: change ${file}, then: payrun run ${shellWord(file)}`, terminal);
  }
  if (report !== null) terminal.data(`Report: ${report}`);
}

/** A path below the working directory as it is typed there. */
function shortPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below === '' || below.startsWith('..') ? path : below;
}
