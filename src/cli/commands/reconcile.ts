import { setFlagsFromString } from 'node:v8';
import { actingAs, reconcile, type Exit, type Reconciliation } from '../../operations/index.ts';
import { changeFlags } from '../batch-flags.ts';
import { defineCommand } from '../command.ts';
import { openContext } from '../context.ts';
import { optionalArgument, requiredTextFlag, switchFlag, textFlag } from '../flag.ts';
import { printProblems } from '../problem-lines.ts';
import type { Terminal } from '../terminal.ts';
import { fitted, plainLine, wrapped } from '../wrap.ts';

export const reconcileCommand = defineCommand({
  name: 'reconcile',
  description: "compare a provider's statement with the ledger",
  help: {
    examples: [
      'payrun reconcile --account salaries --statement november.csv',
      'payrun reconcile november --statement november.csv --apply',
    ],
    exits: [
      [0, 'both agree'],
      2,
      [3, 'the statement was refused'],
      [5, 'they differ: the file that is named says where'],
      6,
    ],
    json: '`counts` by finding, `batches`, the first `differences`, `applied`, `changes`, `reconciliation` (the file) and `issues`',
  },
  parameters: {
    batch: optionalArgument('[batch]', 'left out: all batches of the account'),
    statement: requiredTextFlag('--statement <file>', "the provider's statement: .csv, .xlsx, MT940 or camt.053"),
    account: textFlag(
      '--account <name>',
      'whose statement it is; needed without a batch, or where the batch has several accounts',
    ),
    apply: switchFlag('--apply', 'record what the statement proves'),
    because: changeFlags.because,
    by: changeFlags.by,
    dryRun: changeFlags.dryRun,
  },
  run: async ({ batch, statement, account, apply, because, by, dryRun }, shell) => {
    keepHeapSmall();
    // Nothing is in flight, so a signal may end the process at once.
    const context = await openContext(shell, { signal: new AbortController().signal });
    // A reason is worth nothing without the name of a person.
    const acting = by === null && because === null ? context : await actingAs(context, by);
    const found = await reconcile(acting, { batch, statement, account, apply, because, isDryRun: dryRun });
    const exit: Exit = found.refused ? 3 : found.agrees ? 0 : 5;
    if (shell.isJson) shell.terminal.data(reconciliationDocument(exit, statement, found));
    else printFound(statement, found, shell.terminal);
    return exit;
  },
});

/**
 * The rows of a statement die young. Without this V8 gives them ever more room, up to 128 MB, before it collects them, which costs
 * more time as well: the processor's cache holds less of it.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

function reconciliationDocument(exit: Exit, statement: string, found: Reconciliation): string {
  const { batch, account, counts, batches, differences, differenceCount, applied, changes, path, problems } = found;
  const document = {
    version: 1,
    exit,
    batch,
    account,
    statement,
    counts,
    batches,
    differences,
    differenceCount,
    applied,
    changes,
    reconciliation: path,
    issues: problems,
  };
  return JSON.stringify(document, null, 2);
}

/** What needs somebody first, and how many payments there are of each kind. The file has each of them. */
function printFound(statement: string, found: Reconciliation, terminal: Terminal): void {
  printProblems(found.problems, { terminal, channel: 'fail', all: '--json lists all' });
  if (found.refused) {
    terminal.fail(`${statement}: refused, nothing was compared.`);
    return;
  }
  for (const line of statementLines(found, terminal.width)) terminal.data(line);
  for (const [kind, count] of Object.entries(found.counts)) terminal.data(`${String(count).padStart(8)}  ${kind}`);
  for (const { batch, counts } of found.batches) {
    const kinds = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
    terminal.data(`          ${batch}: ${kinds.join(', ')}`);
  }
  for (const { id, name, amount, currency, from, to } of found.applied > 0 ? [] : found.changes) {
    terminal.data(`${id} ${name}, ${amount} ${currency}: ${from}, would become ${to}`);
  }
  if (found.applied > 0) terminal.data(`${String(found.applied).padStart(8)}  recorded from the statement`);
  if (found.path !== null) terminal.data(`Reconciliation: ${found.path}`);
}

/** Each difference with whom it is about and, in full, the next step. */
function statementLines({ differences, differenceCount }: Reconciliation, width: number | null): string[] {
  const lines = differences.flatMap(({ kind, payment, amount, currency, statementLine, nextAction }) => {
    const who = payment === null ? '' : `  ${payment.batch}/${payment.id} ${payment.name}`.trimEnd();
    const where = statementLine === null ? '' : `, line ${statementLine} of the statement`;
    const heading = plainLine(`${kind}${who}  ${amount} ${currency}${where}`);
    return [...fitted(heading, width), ...wrapped(plainLine(nextAction), width, '  ')];
  });
  const left = differenceCount - differences.length;
  return left > 0 ? [...lines, `… and ${left} more in the file below`] : lines;
}
