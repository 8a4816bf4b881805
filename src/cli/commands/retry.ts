import { actingAs, finishedExit, retry } from '../../operations/index.ts';
import { changeFlags, payFlags } from '../batch-flags.ts';
import { printChanges, printPaid, rowLimit } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { switchFlag, textArgument, textsFlag } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const retryCommand = defineCommand({
  name: 'retry',
  description: 'send failed payments again, with a new reference',
  parameters: {
    batch: textArgument('<batch>'),
    ids: textsFlag('--id <ids...>', 'only these payments'),
    rows: switchFlag('--rows'),
    yes: payFlags.yes,
    wait: payFlags.wait,
    because: changeFlags.because,
    by: changeFlags.by,
    dryRun: changeFlags.dryRun,
  },
  run: ({ batch, ids, rows, yes, wait, because, by, dryRun }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        const request = { batch, ids, waitMs: wait, rows: rowLimit(shell.isJson, rows), isDryRun: dryRun, because };
        // A reason is worth nothing without the name of a person.
        const isAnonymous = by === null && because === null;
        show(await retry(isAnonymous ? context : await actingAs(context, by), request));
      },
      print: (result, terminal) => (dryRun ? printChanges(result, terminal, true) : printPaid(result, terminal)),
      exit: (result) => (dryRun && result.error === null ? 0 : finishedExit(result)),
      hasRows: rows,
      isConfirmed: yes,
    }),
});
