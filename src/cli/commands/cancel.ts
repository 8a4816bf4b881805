import { actingAs, cancelBatch, type Exit } from '../../operations/index.ts';
import { changeFlags, payFlags } from '../batch-flags.ts';
import { printChanges } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { requiredTextFlag, textArgument, textsFlag } from '../flag.ts';
import { runBatches } from '../run-batches.ts';

export const cancelCommand = defineCommand({
  name: 'cancel',
  description: 'end planned payments, also while a run pays',
  help: {
    examples: [
      'payrun cancel november --because "wrong list"',
      'payrun cancel november --id EMP-7 --because "left the company"',
    ],
    exits: [[0, 'nothing more of it leaves'], 2, [5, 'some are on their way and cannot be called back'], 6, 130],
    json: '`batches` with their `changes`',
  },
  parameters: {
    batch: textArgument('<batch>'),
    ids: textsFlag('--id <ids...>', 'only these payments'),
    because: requiredTextFlag('--because <text>', 'why they are not to be paid'),
    by: changeFlags.by,
    dryRun: changeFlags.dryRun,
    wait: payFlags.wait,
  },
  run: ({ batch, ids, because, by, dryRun, wait }, shell) => {
    let exit: Exit = 0;
    return runBatches(shell, {
      work: async (context, show) => {
        const request = { batch, ids, because, waitMs: wait, isDryRun: dryRun };
        const cancelled = await cancelBatch(await actingAs(context, by), request);
        exit = cancelled.exit;
        show(cancelled.result);
      },
      print: (result, terminal) => printChanges(result, terminal, dryRun),
      exit: () => exit,
    });
  },
});
