import { actingAs, finishedExit, run } from '../../operations/index.ts';
import { batchFlags, batchOptions, changeFlags, payFlags } from '../batch-flags.ts';
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
    by: changeFlags.by,
    because: textFlag('--because <text>', 'why a refusal is set aside'),
  },
  run: ({ files, wait, yes, by, because, ...flags }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        const options = { ...batchOptions(flags, shell), because: because ?? '' };
        // Only a person's word needs a name; a run from cron has none.
        await run(by === null ? context : await actingAs(context, by), { files, options, waitMs: wait }, show);
      },
      print: printPaid,
      exit: finishedExit,
      hasRows: flags.rows,
      isConfirmed: yes,
    }),
});
