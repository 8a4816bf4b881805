import { finishedExit, settle } from '../../operations/index.ts';
import { printState, rowLimit } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { optionalArgument, switchFlag } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const settleCommand = defineCommand({
  name: 'settle',
  description: 'ask providers about pending and unknown payments once',
  parameters: { batch: optionalArgument('[batch]'), rows: switchFlag('--rows') },
  run: ({ batch, rows }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        (await settle(context, { batch, rows: rowLimit(shell.isJson, rows) })).forEach(show);
      },
      print: printState,
      exit: finishedExit,
      hasRows: rows,
    }),
});
