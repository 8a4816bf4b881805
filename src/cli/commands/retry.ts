import { actingAs, finishedExit, retry } from '../../operations/index.ts';
import { actionFlags, asInAction, givenAction, requiredText, textsInAction } from '../action-flags.ts';
import { changeFlags, payFlags, rowsFlag } from '../batch-flags.ts';
import { printChanges, printPaid, rowChoice } from '../batch-text.ts';
import { defineCommand } from '../command.ts';
import { optionalArgument, switchFlag, textsFlag } from '../flag.ts';
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
    batch: optionalArgument('[batch]', 'needed without --action'),
    ids: textsFlag('--id <ids...>', 'only these payments'),
    rows: rowsFlag,
    isLateAllowed: switchFlag('--allow-late', 'send them although the not_after of the batch is over'),
    yes: payFlags.yes,
    wait: payFlags.wait,
    because: changeFlags.because,
    by: changeFlags.by,
    dryRun: changeFlags.dryRun,
    ...actionFlags,
  },
  run: ({ batch, ids, rows, isLateAllowed, yes, wait, because, by, dryRun, action, out }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        const opened = await givenAction({ action, out, dryRun }, 'retry');
        const signed = opened?.action;
        const idsOf = (list: readonly string[] | null): string | null => (list === null ? null : list.join(' '));
        const signedIds = textsInAction(signed?.request['ids']);
        asInAction(opened, '--id', idsOf(ids), idsOf(signedIds));
        const request = {
          batch: requiredText(opened, '<batch>', batch, signed?.batch),
          ids: opened === null ? ids : signedIds,
          isLateAllowed: opened === null ? isLateAllowed : signed?.request['allow_late'] === true,
          waitMs: wait,
          rows: rowChoice(shell.isJson, rows),
          isDryRun: dryRun,
          because: asInAction(opened, '--because', because, signed?.because),
          action: opened,
          out,
        };
        // A reason is worth nothing without the name of a person.
        const person = by ?? (request.because === null ? null : (signed?.by ?? null));
        const isAnonymous = person === null && request.because === null;
        show(await retry(isAnonymous ? context : await actingAs(context, person), request));
      },
      print: (result, terminal) => (dryRun ? printChanges(result, terminal, true) : printPaid(result, terminal)),
      exit: (result) => (dryRun && result.error === null ? 0 : finishedExit(result)),
      hasRows: rows,
      isConfirmed: yes,
    }),
});
