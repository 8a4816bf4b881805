import { totalText } from '../../domain/totals.ts';
import { checkedExit, validate, type BatchResult } from '../../operations/index.ts';
import { batchFlags, batchOptions } from '../batch-flags.ts';
import { defineCommand } from '../command.ts';
import { textsArgument } from '../flag.ts';
import { runBatches } from '../run-batches.ts';
import { problemLine, type Terminal } from '../terminal.ts';

export const validateCommand = defineCommand({
  name: 'validate',
  description: 'check files and print every problem; sends and writes nothing',
  parameters: { files: textsArgument('<files...>'), ...batchFlags },
  run: ({ files, ...flags }, shell) =>
    runBatches(shell, {
      work: (context, show) => validate(context, { files, options: batchOptions(flags, shell) }, show),
      print: printChecked,
      exit: checkedExit,
      hasRows: flags.rows,
    }),
});

/** The problems are the data that the user asked for, so they go to stdout. */
function printChecked(result: BatchResult, terminal: Terminal): void {
  for (const problem of result.problems) terminal.data(problemLine(problem));
  const name = result.file ?? result.batch ?? '';
  if (result.error !== null) return;
  if (result.refused) {
    const errors = result.problems.filter((problem) => problem.severity === 'error').length;
    terminal.fail(`${name}: refused, ${errors} ${errors === 1 ? 'problem' : 'problems'}. Nothing of it was sent.`);
  } else {
    terminal.data(`${name}: batch ${result.batch ?? ''} is clean: ${totalText(result.tallies)}`);
  }
}
