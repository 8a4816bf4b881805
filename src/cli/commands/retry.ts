import { finishedExit, retry } from '../../operations/index.ts';
import { payFlags } from '../batch-flags.ts';
import { printPaid, rowLimit } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { switchFlag, textArgument, textsFlag } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const retryCommand = defineCommand({
  name: 'retry',
  description: 'present failed payments again, as a new generation',
  parameters: {
    batch: textArgument('<batch>'),
    ids: textsFlag('--id <ids...>', 'only these payments'),
    rows: switchFlag('--rows'),
    yes: payFlags.yes,
    wait: payFlags.wait,
  },
  run: ({ batch, ids, rows, yes, wait }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        show(await retry(context, { batch, ids, waitMs: wait, rows: rowLimit(shell.isJson, rows) }));
      },
      print: printPaid,
      exit: finishedExit,
      hasRows: rows,
      isConfirmed: yes,
    }),
});
