import { PayrunError } from '../../domain/problem.ts';
import { actingAs, finishedExit, run } from '../../operations/index.ts';
import { againstFlag, batchFlags, batchOptions, changeFlags, payFlags, repairFlag } from '../batch-flags.ts';
import { printPaid } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { digestFlag, textFlag, textsArgument, wholeNumberFlag } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const runCommand = defineCommand({
  name: 'run',
  description: 'check, pay, settle and report files, or all files of a folder',
  help: {
    examples: [
      'payrun run batches/november.csv',
      'payrun run batches/ --quiet',
      'payrun run november.csv --rows --json --wait 5m',
      'payrun run november.csv --plan DIGEST',
      'payrun run november.csv --canary 3',
    ],
    exits: [0, 2, 3, 4, 5, 6, 130],
    json: '`batches`: counts, sums, issues and report of each',
  },
  parameters: {
    files: textsArgument('<files...>', 'files, or folders to sweep'),
    ...batchFlags,
    ...payFlags,
    repair: repairFlag,
    against: againstFlag,
    canary: wholeNumberFlag(
      '--canary <n>',
      'pay so many of each account first; the others wait for a yes, or `payrun resume`',
    ),
    plan: digestFlag('--plan <digest>', 'pay one file only if its plan still has this plan_digest'),
    because: textFlag('--because <text>', 'why a refusal is set aside; recorded with the name'),
    by: changeFlags.by,
  },
  run: ({ files, wait, yes, repair, against, canary, plan, because, by, ...flags }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        const options = {
          ...batchOptions(flags, shell),
          repair,
          against,
          canary,
          agreedPlan: plan,
          because: because ?? '',
        };
        if (canary === 0)
          throw new PayrunError(2, 'canary-zero', '--canary takes a whole number from 1, such as --canary 3.');
        const setsAside = (flags.allowDestination ?? []).length > 0;
        if (setsAside && (because ?? '').trim() === '') {
          const text = '--allow-destination takes --because: how it is known that the new number is right.';
          throw new PayrunError(2, 'because-missing', text);
        }
        // Only a person's word needs a name; a run from cron has none.
        const acting = by === null && !setsAside ? context : await actingAs(context, by);
        await run(acting, { files, options, waitMs: wait }, show);
      },
      print: (result, terminal) => {
        printPaid(result, terminal);
        if (yes && (result.canary ?? null) !== null)
          terminal.note('--yes releases no canary: it agreed before anybody knew.');
      },
      exit: finishedExit,
      hasRows: flags.rows,
      isConfirmed: yes,
    }),
});
