import { setFlagsFromString } from 'node:v8';
import { PayrunError } from '../../domain/problem.ts';
import {
  actingAs,
  reconcile,
  type Exit,
  type OpenedAction,
  type Reconciliation,
  type ReconcileRequest,
} from '../../operations/index.ts';
import { actionFlags, asInAction, givenAction, requiredText } from '../action-flags.ts';
import { changeFlags } from '../batch-flags.ts';
import { defineCommand } from '../command.ts';
import { openContext } from '../context.ts';
import { optionalArgument, switchFlag, textFlag } from '../flag.ts';
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
    statement: textFlag(
      '--statement <file>',
      "the provider's statement: .csv, .xlsx, MT940 or camt.053; needed without --action",
    ),
    account: textFlag(
      '--account <name>',
      'whose statement it is; needed without a batch, or where the batch has several accounts',
    ),
    apply: switchFlag('--apply', 'record what the statement proves'),
    because: changeFlags.because,
    by: changeFlags.by,
    dryRun: changeFlags.dryRun,
    ...actionFlags,
  },
  run: async ({ by, dryRun, action, out, ...given }, shell) => {
    keepHeapSmall();
    // Nothing is in flight, so a signal may end the process at once.
    const context = await openContext(shell, { signal: new AbortController().signal });
    const opened = await givenAction({ action, out, dryRun }, 'reconcile');
    const request = reconcileRequest(given, opened, out);
    const { statement, because } = request;
    // A reason is worth nothing without the name of a person.
    const person = by ?? (because === null ? null : (opened?.action.by ?? null));
    const acting = person === null && because === null ? context : await actingAs(context, person);
    const found = await reconcile(acting, { ...request, isDryRun: dryRun });
    const exit: Exit = found.refused ? 3 : found.agrees ? 0 : 5;
    if (shell.isJson) shell.terminal.data(reconciliationDocument(exit, statement, found));
    else printFound(statement, found, shell.terminal);
    return exit;
  },
});

interface GivenReconciliation {
  readonly batch: string | null;
  readonly statement: string | null;
  readonly account: string | null;
  readonly apply: boolean;
  readonly because: string | null;
}

/** As it is typed, or as the action has it. */
function reconcileRequest(
  { batch, statement, account, apply, because }: GivenReconciliation,
  opened: OpenedAction | null,
  out: string | null,
): Omit<ReconcileRequest, 'isDryRun'> {
  const { request = {}, batch: signedBatch = null, because: signedBecause = null } = opened?.action ?? {};
  if (out !== null && !apply) {
    throw new PayrunError(
      2,
      'usage',
      '--out goes with --apply: without it nothing is recorded that others could approve.',
    );
  }
  return {
    batch: asInAction(opened, 'the batch', batch, signedBatch),
    statement: requiredText(opened, '--statement <file>', statement, request['statement']),
    account: asInAction(opened, '--account', account, request['account']),
    apply: apply || opened !== null,
    because: asInAction(opened, '--because', because, signedBecause),
    action: opened,
    out,
  };
}

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
