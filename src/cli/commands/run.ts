import { finishedExit, run } from '../../operations/index.ts';
import { batchFlags, batchOptions, payFlags } from '../batch-flags.ts';
import { printPaid } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { textsArgument } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const runCommand = defineCommand({
  name: 'run',
  description: 'validate, register, pay, settle and report',
  parameters: { files: textsArgument('<files...>', 'files, or folders to sweep'), ...batchFlags, ...payFlags },
  run: ({ files, wait, yes, ...flags }, shell) =>
    runBatches(shell, {
      work: (context, show) => run(context, { files, options: batchOptions(flags, shell), waitMs: wait }, show),
      print: printPaid,
      exit: finishedExit,
      hasRows: flags.rows,
      isConfirmed: yes,
    }),
});
