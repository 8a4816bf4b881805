import { PayrunError } from '../../domain/problem.ts';
import { actingAs, recover, type Exit, type OpenedAction, type Recovery } from '../../operations/index.ts';
import { actionFlags, givenAction, requiredText, textsInAction } from '../action-flags.ts';
import { defineCommand } from '../command.ts';
import { openContext } from '../context.ts';
import { switchFlag, textFlag, textsArgument, textsFlag } from '../flag.ts';
import { printProblems } from '../problem-lines.ts';
import type { Terminal } from '../terminal.ts';

export const recoverCommand = defineCommand({
  name: 'recover',
  description: 'go on after the ledger went back in time',
  help: {
    examples: [
      'payrun recover --because "disk replaced"',
      'payrun recover --statement nov.csv --account salaries --because "new disk"',
    ],
    exits: [
      [0, 'nothing is missing, or all of it is decided'],
      2,
      [3, 'a statement was refused, nothing was changed'],
      [5, 'recovered; some payments are unknown or pending: payrun settle'],
      6,
    ],
    json: 'what was missing, what was `marked`, and `counts`',
  },
  parameters: {
    files: textsArgument('[file...]', 'batch files that were run since, besides those in the drop folder'),
    statements: textsFlag(
      '--statement <file...>',
      "a provider's statement; its account is the --account in the same place",
    ),
    accounts: textsFlag('--account <name...>', 'whose statement it is'),
    because: textFlag('--because <text>', 'what happened to the ledger; needed without --action'),
    isDryRun: switchFlag('--dry-run', 'say what would be done, and do nothing'),
    by: textFlag('--by <name>', 'who acts; by default the login name'),
    ...actionFlags,
  },
  run: async ({ files, statements, accounts, because, isDryRun, by, action, out }, shell) => {
    // Nothing is in flight, so a signal may end the process at once: the next recovery begins anew.
    const unnamed = await openContext(shell, { signal: new AbortController().signal });
    const opened = await givenAction({ action, out, dryRun: isDryRun }, 'recover');
    const context = await actingAs(unnamed, by ?? opened?.action.by ?? null);
    const named = paired(statements, accounts);
    const request = {
      files: files.length === 0 ? (textsInAction(opened?.action.request['files']) ?? []) : files,
      statements: named.length === 0 ? statementsInAction(opened) : named,
      because: requiredText(opened, '--because <text>', because, opened?.action.because),
    };
    const found = await recover(context, { ...request, isDryRun, action: opened, out });
    const exit = recoveryExit(found);
    if (shell.isJson) shell.terminal.data(JSON.stringify({ version: 1, exit, dry_run: isDryRun, ...found }, null, 2));
    else printRecovery(found, isDryRun, shell.terminal);
    return exit;
  },
});

function paired(
  statements: readonly string[] | null,
  accounts: readonly string[] | null,
): { readonly file: string; readonly account: string }[] {
  const [files, names] = [statements ?? [], accounts ?? []];
  if (files.length !== names.length) {
    const message = `Name the account of each statement: ${files.length} times --statement, ${names.length} times --account.`;
    throw new PayrunError(2, 'usage', message);
  }
  return files.map((file, at) => ({ file, account: names[at] ?? '' }));
}

/** The statements of an action, where none was named: those that were read for it. */
function statementsInAction(opened: OpenedAction | null): { readonly file: string; readonly account: string }[] {
  const statements = opened?.action.request['statements'];
  if (!Array.isArray(statements)) return [];
  return statements.flatMap((one: unknown) => {
    const { file, account } = (typeof one === 'object' && one !== null ? one : {}) as Partial<Record<string, unknown>>;
    return typeof file === 'string' && typeof account === 'string' ? [{ file, account }] : [];
  });
}

function recoveryExit({ reason, problems, counts }: Recovery): Exit {
  if (problems.some(({ severity }) => severity === 'error')) return 3;
  if (reason === null) return 0;
  return (counts.unknown ?? 0) + (counts.pending ?? 0) > 0 ? 5 : 0;
}

function printRecovery(found: Recovery, isDryRun: boolean, terminal: Terminal): void {
  printProblems(found.problems, { terminal, channel: 'fail', all: '--json lists all' });
  if (found.problems.some(({ severity }) => severity === 'error')) {
    terminal.fail('A statement has errors, so that nothing was changed.');
    return;
  }
  if (found.reason === null) {
    terminal.data('Nothing is missing: the ledger is the newest that is known here. Nothing was changed.');
    return;
  }
  terminal.data(found.reason);
  for (const { batch, count, source, path } of found.batches) {
    terminal.data(`Batch ${batch} is missing (${count} payments, by its ${source} ${path}).`);
  }
  for (const path of found.unread) terminal.data(`${path} is not read: as it stands it was never paid.`);
  for (const path of found.differing) {
    terminal.data(`${path} has other payments than those that were sent of its batch: look at both.`);
  }
  for (const path of found.unlinked) {
    terminal.data(
      `${path} corrects payments that the ledger does not have, so that it stands alone. Name the file of those, or never run it again: ` +
        'both would be paid.',
    );
  }
  for (const { payment, correction } of found.lostCorrections) {
    const by = correction === '' ? '' : ` by ${correction}`;
    terminal.fail(
      `Payment ${payment} was corrected${by}, says its report, and the file of that correction is not known here: it may have been paid. ` +
        'Name the file: payrun recover FILE --because …',
    );
  }
  terminal.data(
    `Batch files are looked for in ${found.folder} only. A file that was run from anywhere else and has no report must be named ` +
      '(payrun recover FILE… --because …), now or later, before it is ever run again: nothing else knows that it was paid.',
  );
  const would = isDryRun ? 'would become' : 'became';
  terminal.data(`${found.marked} payments may have been sent since and ${would} unknown.`);
  if (isDryRun) return;
  if (found.decidedByReports > 0) terminal.data(`${found.decidedByReports} were decided by reports.`);
  if (found.decidedByStatements > 0) terminal.data(`${found.decidedByStatements} were decided by statements.`);
  const open = found.counts.unknown ?? 0;
  terminal.data(
    open === 0
      ? 'Nothing is left unknown. The ledger can be used again.'
      : `${open} are unknown. The ledger can be used again; ask the providers with: payrun settle. ` +
          `Then see what is left with: payrun status --rows`,
  );
}
