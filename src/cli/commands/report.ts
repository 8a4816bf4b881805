import { report } from '../../operations/index.ts';
import { printState, rowChoice } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { textArgument } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const reportCommand = defineCommand({
  name: 'report',
  description: 'write the reports of a batch again from the ledger',
  help: {
    examples: ['payrun report november'],
    exits: [[0, 'written'], 2, 6],
    json: '`batches`: counts, sums, issues and report of each',
  },
  parameters: { batch: textArgument('<batch>') },
  run: ({ batch }, shell) =>
    runBatches(shell, {
      work: async (context, show) => show(await report(context, { batch, rows: rowChoice(shell.isJson, false) })),
      print: printState,
      exit: () => 0,
    }),
});
