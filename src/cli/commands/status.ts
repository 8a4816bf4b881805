import { finishedExit, status } from '../../operations/index.ts';
import { printState } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { rowsFlag } from '../batch-flags.ts';
import { optionalArgument } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const statusCommand = defineCommand({
  name: 'status',
  description: 'show counts and sums: of all batches or of one',
  help: {
    examples: ['payrun status', 'payrun status november'],
    exits: [0, 2, 4, 5, 6],
    json: '`batches`: counts, sums, issues and report of each',
  },
  parameters: { batch: optionalArgument('[batch]'), rows: rowsFlag },
  run: ({ batch, rows }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        const results = await status(context, { batch, rows: rows ? 'all' : 'none' });
        if (results.length === 0) shell.terminal.note('The ledger has no batches yet.');
        results.forEach(show);
      },
      print: printState,
      exit: finishedExit,
      hasRows: rows,
    }),
});
