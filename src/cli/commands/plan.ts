import { formatAmount } from '../../domain/money.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { countOf, totalText } from '../../domain/totals.ts';
import { checkedExit, plan, type BatchResult } from '../../operations/index.ts';
import { printAllRows } from '../all-rows.ts';
import { againstFlag, batchFlags, batchOptions, repairFlag } from '../batch-flags.ts';
import { changesText } from '../change-text.ts';
import { defineCommand } from '../command.ts';
import { textArgument, type Values } from '../flag.ts';
import { runBatches } from '../run-batches.ts';
import { printProblems } from '../problem-lines.ts';
import type { Terminal } from '../terminal.ts';
import { payDurationText } from '../time-text.ts';

export const planCommand = defineCommand({
  name: 'plan',
  description: 'show what run would do, with totals and balance; sends nothing',
  help: {
    examples: ['payrun plan batches/november.csv', 'payrun plan batches/november.csv --rows'],
    exits: [[0, 'run would go ahead'], 2, 3, 6],
    json: '`batches`, as validate, with `plan`: new, resumed, skipped, blocked, balances, and `changes` since the payroll before',
  },
  parameters: { file: textArgument('<file>'), ...batchFlags, repair: repairFlag, against: againstFlag },
  run: ({ file, repair, against, ...flags }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        show(await plan(context, { file, options: { ...batchOptions(flags, shell), repair, against } }));
      },
      print: (result, terminal) =>
        printPlan(result, terminal, (digest) => runCommandText({ file, repair, against, flags, digest })),
      exit: checkedExit,
      hasRows: flags.rows,
    }),
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
  if (planned.compared !== null) {
    for (const line of changesText(planned.compared)) terminal.data(`  changes  ${line}`);
  }
  for (const { text } of planned.holds) terminal.data(`  held     ${text}`);
  printAllRows(result, terminal);
  const { action, planDigest } = planned;
  if (planDigest !== null) terminal.data(`plan_digest ${planDigest}`);
  if (refused) terminal.fail(`${planned.file}: refused. Nothing of it would be sent.`);
  else if (runText !== null && planDigest !== null && action !== 'nothing') {
    terminal.data(`To pay only this: ${runText(planDigest)}`);
  }
}

interface PlannedCommand {
  readonly file: string;
  readonly repair: string | null;
  readonly against: string | null;
  readonly flags: Values<typeof batchFlags>;
  readonly digest: string;
}

/** The command that pays what was shown: with the same flags, since they decide what the file means and which refusals are set aside. */
export function runCommandText({ file, repair, against, flags, digest }: PlannedCommand): string {
  const { account, batch, amend, allowDuplicate, allowDestination } = flags;
  const named = (flag: string, value: string | null): string[] => (value === null ? [] : [flag, shellWord(value)]);
  const words = [
    ...named('--account', account),
    ...named('--batch', batch),
    ...named('--repair', repair),
    ...named('--against', against),
    ...(amend ? ['--amend'] : []),
    ...(allowDuplicate ? ['--allow-duplicate'] : []),
    ...(allowDestination === null ? [] : ['--allow-destination', ...allowDestination.map(shellWord), '--because TEXT']),
  ];
  return ['payrun run', shellWord(file), ...words, '--plan', digest].join(' ');
}
