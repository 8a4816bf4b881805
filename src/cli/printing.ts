import { formatAmount } from '../domain/money.ts';
import { totalText } from '../domain/totals.ts';
import type { BatchResult } from '../operations/index.ts';
import { problemLine, type Screen } from './terminal.ts';
import { tableLines, totalLines } from './tables.ts';

/** How each command shows a batch to a person. */

/** `validate`: every problem is the data that was asked for. */
export function printChecked(result: BatchResult, screen: Screen, line: (text: string) => void): void {
  for (const problem of result.problems) line(problemLine(problem));
  const name = result.file ?? result.batch ?? '';
  if (result.error !== null) return;
  if (result.refused) {
    const errors = result.problems.filter((problem) => problem.severity === 'error').length;
    screen.fail(`${name}: refused, ${errors} ${errors === 1 ? 'problem' : 'problems'}. Nothing of it was sent.`);
  } else {
    line(`${name}: batch ${result.batch ?? ''} is clean: ${totalText(result.tallies)}`);
  }
}

export function printPlan(result: BatchResult, screen: Screen): void {
  const { plan } = result;
  for (const problem of result.problems) screen.data(problemLine(problem));
  if (plan === null) {
    screen.fail(`${result.file ?? ''}: refused. Nothing of it would be sent.`);
    return;
  }
  screen.data(`Batch ${plan.batch} (${plan.file}), digest ${plan.digest}`);
  const parts = { new: plan.fresh, resumed: plan.resumed, skipped: plan.skipped, blocked: plan.blocked };
  for (const [name, totals] of Object.entries(parts)) {
    screen.data(`  ${name.padEnd(8)} ${totals.length === 0 ? '0 payments' : totalText(totals)}`);
    for (const { account, currency, kind, count, sumMinor } of totals) {
      screen.data(`           ${account}: ${count} ${kind}, ${formatAmount(sumMinor, currency)} ${currency}`);
    }
  }
  for (const { account, currency, availableMinor, neededMinor, leftMinor } of plan.balances) {
    if (availableMinor === null || leftMinor === null) continue;
    const amount = (minor: bigint): string => `${formatAmount(minor, currency)} ${currency}`;
    screen.data(
      `  balance  ${account}: ${amount(availableMinor)}, needs ${amount(neededMinor)}, leaves ${amount(leftMinor)}`,
    );
  }
  if (plan.heldUntil !== null) screen.data(`  held until ${new Date(plan.heldUntil).toISOString()} (not_before)`);
  if (result.refused) screen.fail(`${plan.file}: refused. Nothing of it would be sent.`);
}

export function printRun(result: BatchResult, screen: Screen): void {
  if (result.error !== null) return;
  if (result.refused) {
    for (const problem of result.problems) screen.fail(problemLine(problem));
    const errors = result.errors === null ? '' : ` All problems: ${result.errors}`;
    screen.fail(`${result.file ?? ''}: refused, nothing of it was sent.${errors}`);
    return;
  }
  for (const problem of result.problems) screen.say(problemLine(problem));
  printState(result, screen);
}

export function printState(result: BatchResult, screen: Screen): void {
  if (result.error !== null) return;
  screen.data(`Batch ${result.batch ?? ''}`);
  if (result.rows.length > 0) for (const line of tableLines(result.rows, result.count)) screen.data(line);
  for (const line of totalLines(result.tallies)) screen.data(line);
  if (result.report !== null) screen.data(`Report: ${result.report}`);
}

export function printResolved(reference: string, status: string, result: BatchResult, screen: Screen): void {
  screen.data(`Payment ${reference} of batch ${result.batch ?? ''} is recorded as ${status}.`);
  for (const line of totalLines(result.tallies)) screen.data(line);
}
