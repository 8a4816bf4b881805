import { finishedExit, settle } from '../../operations/index.ts';
import { printWorked, rowChoice } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { rowsFlag } from '../batch-flags.ts';
import { optionalArgument } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const settleCommand = defineCommand({
  name: 'settle',
  description: 'ask providers once how open payments ended',
  help: {
    examples: ['payrun settle', 'payrun settle november'],
    exits: [0, 2, 4, 5, 6, 130],
    json: '`batches`: counts, sums, issues and report of each',
  },
  parameters: { batch: optionalArgument('[batch]'), rows: rowsFlag },
  run: ({ batch, rows }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        (await settle(context, { batch, rows: rowChoice(shell.isJson, rows) })).forEach(show);
      },
      print: printWorked,
      exit: finishedExit,
      hasRows: rows,
    }),
});
