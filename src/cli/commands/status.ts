import { finishedExit, status } from '../../operations/index.ts';
import { printNamedPayments, printState, rowChoice } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { rowsFlag } from '../batch-flags.ts';
import { optionalArgument } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const statusCommand = defineCommand({
  name: 'status',
  description: 'show batches, or one batch or payment by its name',
  help: {
    examples: [
      'payrun status',
      'payrun status november --rows',
      'payrun status batches/november.csv',
      'payrun status EMP-7',
      'payrun status Y871NJGPXMTG2K2N0NHP',
    ],
    exits: [0, 2, 4, 5, 6],
    json: '`batches`: counts, sums, issues, accounts and dates of each; of a payment that was named its batch, with counts of what was found and `payments`',
  },
  parameters: {
    name: optionalArgument(
      '[what]',
      "a batch, its file, or a payment's id, reference or receipt; left out: all batches",
    ),
    rows: rowsFlag,
  },
  run: ({ name, rows }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        const results = await status(context, {
          name,
          rows: name === null && !rows ? 'none' : rowChoice(shell.isJson, rows),
        });
        if (results.length === 0) shell.terminal.note('The ledger has no batches yet.');
        results.forEach(show);
      },
      print: (result, terminal) => (result.isOfPayments === true ? printNamedPayments : printState)(result, terminal),
      exit: finishedExit,
      hasRows: rows,
    }),
});
