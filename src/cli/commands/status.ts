import { finishedExit, status } from '../../operations/index.ts';
import { printState } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { optionalArgument, switchFlag } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const statusCommand = defineCommand({
  name: 'status',
  description: 'counts and sums',
  parameters: { batch: optionalArgument('[batch]'), rows: switchFlag('--rows') },
  run: ({ batch, rows }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        const results = await status(context, { batch, rows: rows ? Number.POSITIVE_INFINITY : 0 });
        if (results.length === 0) shell.terminal.note('The ledger has no batches yet.');
        results.forEach(show);
      },
      print: printState,
      exit: finishedExit,
      hasRows: rows,
    }),
});
