import { formatAmount } from '../../domain/money.ts';
import { countOf, totalText } from '../../domain/totals.ts';
import {
  accountNeeds,
  checkedExit,
  plan,
  runCommandText,
  type AccountNeed,
  type BatchResult,
} from '../../operations/index.ts';
import { printAllRows } from '../all-rows.ts';
import { againstFlag, batchFlags, batchOptions, repairFlag } from '../batch-flags.ts';
import { changesText } from '../change-text.ts';
import { defineCommand } from '../command.ts';
import { textArgument, textFlag } from '../flag.ts';
import { runBatches } from '../run-batches.ts';
import { printProblems } from '../problem-lines.ts';
import type { Terminal } from '../terminal.ts';
import { payDurationText } from '../time-text.ts';

export const planCommand = defineCommand({
  name: 'plan',
  description: 'show what run would do, with totals and balance; sends nothing',
  help: {
    examples: ['payrun plan batches/november.csv', 'payrun plan batches/november.csv --out november-plan.html'],
    exits: [[0, 'run would go ahead'], 2, 3, 6],
    json: '`batches`, as validate, with `plan_digest` and `plan`: new, resumed, … and `changes` since the payroll before',
  },
  parameters: {
    file: textArgument('<file>'),
    ...batchFlags,
    repair: repairFlag,
    against: againstFlag,
    out: textFlag('--out <file>', 'write the plan for people: .html, or .csv with every payment'),
  },
  run: ({ file, repair, against, out, ...flags }, shell) => {
    const options = { ...batchOptions(flags, shell), repair, against };
    return runBatches(shell, {
      work: async (context, show) => {
        show(await plan(context, { file, options, out }));
      },
      print: (result, terminal) => {
        printPlan(result, terminal, (digest) => runCommandText(file, options, digest));
      },
      exit: checkedExit,
      hasRows: flags.rows,
    });
  },
});

/** What `run` would do, and why not. */
export function printPlan(result: BatchResult, terminal: Terminal, runText: ((digest: string) => string) | null): void {
  const { plan: planned, duration = null, problems, file, refused } = result;
  printProblems(problems, { terminal, channel: 'data', all: `payrun plan ${file ?? ''} --json` });
  if (planned === null) {
    terminal.fail(`${file ?? ''}: refused. Nothing of it would be sent.`);
    return;
  }
  terminal.data(`Batch ${planned.batch} (${planned.file}), digest ${planned.digest}`);
  const { fresh, resumed, skipped, blocked } = planned;
  for (const [name, totals] of Object.entries({ new: fresh, resumed, skipped, blocked })) {
    terminal.data(`  ${name.padEnd(8)} ${totals.length === 0 ? '0 payments' : totalText(totals)}`);
    for (const { account, currency, kind, count, sumMinor } of totals) {
      terminal.data(`           ${account}: ${count} ${kind}, ${formatAmount(sumMinor, currency)} ${currency}`);
    }
  }
  for (const need of accountNeeds(planned)) printNeed(need, terminal);
  if (duration !== null && countOf([...fresh, ...resumed]) > 0) {
    terminal.data(`  takes    ${payDurationText(duration)}`);
  }
  if (planned.compared !== null) {
    for (const line of changesText(planned.compared)) terminal.data(`  changes  ${line}`);
  }
  for (const { text } of planned.holds) terminal.data(`  held     ${text}`);
  for (const { shortages } of planned.coverage) {
    for (const { text } of shortages) terminal.data(`  waits    ${text}`);
  }
  printAllRows(result, terminal);
  if (result.planFile !== undefined) terminal.data(`Plan file: ${result.planFile}`);
  const { action, planDigest } = planned;
  if (planDigest !== null) terminal.data(`plan_digest ${planDigest}`);
  if (refused) terminal.fail(`${planned.file}: refused. Nothing of it would be sent.`);
  else if (runText !== null && planDigest !== null && action !== 'nothing') {
    terminal.data(`To pay only this: ${runText(planDigest)}`);
  }
}

function printNeed({ account, currency, topUpMinor, until, ...balance }: AccountNeed, terminal: Terminal): void {
  const { availableMinor, neededMinor, leftMinor } = balance;
  if (availableMinor === null || leftMinor === null) return;
  const amount = (minor: bigint): string => `${formatAmount(minor, currency)} ${currency}`;
  const [has, needs, leaves] = [availableMinor, neededMinor, leftMinor].map(amount);
  terminal.data(`  balance  ${account}: ${has ?? ''}, needs ${needs ?? ''}, leaves ${leaves ?? ''}`);
  if (topUpMinor === null) return;
  const when = until === null ? 'before it is run' : `until ${new Date(until).toISOString()}`;
  terminal.data(`  top up   ${account}: ${amount(topUpMinor)} ${when}, with the most that fees may come to`);
}
