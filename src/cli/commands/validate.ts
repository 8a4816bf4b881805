import { totalText } from '../../domain/totals.ts';
import { checkedExit, validate, type BatchResult } from '../../operations/index.ts';
import { printAllRows } from '../all-rows.ts';
import { batchFlags, batchOptions } from '../batch-flags.ts';
import { defineCommand } from '../command.ts';
import { textFlag, textsArgument } from '../flag.ts';
import { runBatches } from '../run-batches.ts';
import { errorCount, printProblems } from '../problem-lines.ts';
import type { Terminal } from '../terminal.ts';

export const validateCommand = defineCommand({
  name: 'validate',
  description: 'check files and print every problem; sends nothing',
  help: {
    examples: ['payrun validate batches/november.csv', 'payrun validate november.csv --repair mend.csv'],
    exits: [[0, 'every file is clean'], 2, 3, 6],
    json: '`batches`: counts, sums, issues and report of each',
  },
  parameters: {
    files: textsArgument('<files...>'),
    ...batchFlags,
    repair: textFlag('--repair <csv>', 'write the repairs that can be proposed to this file'),
  },
  run: ({ files, repair, ...flags }, shell) =>
    runBatches(shell, {
      work: (context, show) => {
        const options = batchOptions(flags, shell);
        return validate(context, { files, options, proposals: repair }, show);
      },
      print: printChecked,
      exit: checkedExit,
      hasRows: flags.rows,
    }),
});

/** The problems are the data that the user asked for, so they go to stdout. */
function printChecked(result: BatchResult, terminal: Terminal): void {
  printProblems(result.problems, { terminal, channel: 'data', all: `payrun validate ${result.file ?? ''} --json` });
  if (result.proposals !== undefined) terminal.data(proposalsText(result, result.proposals));
  const name = result.file ?? result.batch ?? '';
  if (result.error !== null) return;
  if (result.refused) {
    const errors = errorCount(result.problems);
    terminal.fail(`${name}: refused, ${errors} ${errors === 1 ? 'problem' : 'problems'}. Nothing of it was sent.`);
  } else {
    terminal.data(`${name}: batch ${result.batch ?? ''} is clean: ${totalText(result.tallies)}`);
    printAllRows(result, terminal);
  }
}

function proposalsText(
  { file }: BatchResult,
  { file: proposals, count }: NonNullable<BatchResult['proposals']>,
): string {
  if (count === 0) return `${proposals}: payrun has no repair to propose.`;
  const cells = count === 1 ? '1 cell' : `${count} cells`;
  return `${proposals}: repairs proposed for ${cells}. Write yes under accept where you agree, then: payrun run ${file ?? ''} --repair ${proposals}`;
}
