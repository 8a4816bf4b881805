import { formatAmount } from '../../domain/money.ts';
import { countOf, totalText } from '../../domain/totals.ts';
import { checkedExit, plan, type BatchResult } from '../../operations/index.ts';
import { printAllRows } from '../all-rows.ts';
import { batchFlags, batchOptions, repairFlag } from '../batch-flags.ts';
import { defineCommand } from '../command.ts';
import { textArgument } from '../flag.ts';
import { runBatches } from '../run-batches.ts';
import { printProblems } from '../problem-lines.ts';
import type { Terminal } from '../terminal.ts';
import { payDurationText } from '../time-text.ts';

export const planCommand = defineCommand({
  name: 'plan',
  description: 'show what run would do, with totals and balance; sends nothing',
  help: {
    examples: ['payrun plan batches/november.csv'],
    exits: [[0, 'run would go ahead'], 2, 3, 6],
    json: '`batches`, as validate, with `plan`: new, resumed, skipped, blocked, balances',
  },
  parameters: { file: textArgument('<file>'), ...batchFlags, repair: repairFlag },
  run: ({ file, repair, ...flags }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        show(await plan(context, { file, options: { ...batchOptions(flags, shell), repair } }));
      },
      print: printPlan,
      exit: checkedExit,
      hasRows: flags.rows,
    }),
});

function printPlan(result: BatchResult, terminal: Terminal): void {
  const { plan: planned, duration = null, problems, file, refused } = result;
  printProblems(problems, { terminal, channel: 'data', all: `payrun plan ${file ?? ''} --json` });
  if (planned === null) {
    terminal.fail(`${file ?? ''}: refused. Nothing of it would be sent.`);
    return;
  }
  terminal.data(`Batch ${planned.batch} (${planned.file}), digest ${planned.digest}`);
  if (planned.planDigest !== null) terminal.data(`plan_digest ${planned.planDigest}`);
  const { fresh, resumed, skipped, blocked } = planned;
  for (const [name, totals] of Object.entries({ new: fresh, resumed, skipped, blocked })) {
    terminal.data(`  ${name.padEnd(8)} ${totals.length === 0 ? '0 payments' : totalText(totals)}`);
    for (const { account, currency, kind, count, sumMinor } of totals) {
      terminal.data(`           ${account}: ${count} ${kind}, ${formatAmount(sumMinor, currency)} ${currency}`);
    }
  }
  for (const { account, currency, availableMinor, neededMinor, leftMinor } of planned.balances) {
    if (availableMinor === null || leftMinor === null) continue;
    const amount = (minor: bigint): string => `${formatAmount(minor, currency)} ${currency}`;
    terminal.data(
      `  balance  ${account}: ${amount(availableMinor)}, needs ${amount(neededMinor)}, leaves ${amount(leftMinor)}`,
    );
  }
  if (duration !== null && countOf([...fresh, ...resumed]) > 0) {
    terminal.data(`  takes    ${payDurationText(duration)}`);
  }
  for (const { text } of planned.holds) terminal.data(`  held     ${text}`);
  printAllRows(result, terminal);
  if (refused) terminal.fail(`${planned.file}: refused. Nothing of it would be sent.`);
}
