import { actingAs, checkUnverifiedOptions, finishedExit, run } from '../../operations/index.ts';
import { acceptUnverifiedFlag, batchFlags, batchOptions, changeFlags, payFlags, repairFlag } from '../batch-flags.ts';
import { printPaid } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { textFlag, textsArgument } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const runCommand = defineCommand({
  name: 'run',
  description: 'validate, register, pay, settle and report',
  parameters: {
    files: textsArgument('<files...>', 'files, or folders to sweep'),
    ...batchFlags,
    ...payFlags,
    acceptUnverified: acceptUnverifiedFlag,
    repair: repairFlag,
    because: textFlag('--because <text>', 'why a refusal is set aside; recorded with the name'),
    by: changeFlags.by,
  },
  run: ({ files, wait, yes, acceptUnverified: isAccepted, repair, because, by, ...flags }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        const unverified = { isAccepted, because };
        checkUnverifiedOptions(unverified);
        const options = { ...batchOptions(flags, shell), repair, because: because ?? '', unverified };
        // Only a person's word needs a name; a run from cron has none.
        const acting = by === null && !isAccepted ? context : await actingAs(context, by);
        await run(acting, { files, options, waitMs: wait }, show);
      },
      print: printPaid,
      exit: finishedExit,
      hasRows: flags.rows,
      isConfirmed: yes,
    }),
});
