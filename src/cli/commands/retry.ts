import { actingAs, finishedExit, retry } from '../../operations/index.ts';
import { changeFlags, payFlags, rowsFlag } from '../batch-flags.ts';
import { printChanges, printPaid, rowChoice } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { switchFlag, textArgument, textsFlag } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const retryCommand = defineCommand({
  name: 'retry',
  description: 'send failed payments again, with a new reference',
  help: {
    examples: ['payrun retry november', 'payrun retry november --id EMP-7 EMP-9 --dry-run'],
    exits: [0, 2, 3, 4, 5, 6, 130],
    json: '`batches`; with --dry-run their `changes`',
  },
  parameters: {
    batch: textArgument('<batch>'),
    ids: textsFlag('--id <ids...>', 'only these payments'),
    rows: rowsFlag,
    isLateAllowed: switchFlag('--allow-late', 'send them although the not_after of the batch is over'),
    yes: payFlags.yes,
    wait: payFlags.wait,
    because: changeFlags.because,
    by: changeFlags.by,
    dryRun: changeFlags.dryRun,
  },
  run: ({ batch, ids, rows, isLateAllowed, yes, wait, because, by, dryRun }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        const choice = { ids, isLateAllowed, isDryRun: dryRun, because };
        const request = { batch, waitMs: wait, rows: rowChoice(shell.isJson, rows), ...choice };
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
