import * as runner from '../operations/index.ts';
import type { Exit } from '../operations/batch-result.ts';
import type { Flags } from './flags.ts';
import { openScreen, problemLine } from './terminal.ts';

/** Prints how many payments have which finding; the file has each of them. */
export async function reconcileCommand(flags: Flags, batch: string): Promise<number> {
  const screen = openScreen(flags, () => performance.now());
  const { statement } = flags;
  if (statement === undefined) throw new Error('commander let a reconcile without --statement pass');
  const project = await runner.openProject({ file: flags.config ?? null, from: process.cwd() }, runner.machine());
  for (const warning of project.warnings) screen.say(`Warning: ${warning}`);
  const request = { batch, statement, account: flags.account ?? null, apply: flags.apply === true };
  const found = await runner.reconcile(project, request);
  const exit: Exit = found.refused ? 3 : found.agrees ? 0 : 5;
  if (flags.json === true) {
    const { account, counts, applied, path: reconciliation, problems: issues } = found;
    screen.data(
      JSON.stringify({ version: 1, exit, batch, account, statement, counts, applied, reconciliation, issues }, null, 2),
    );
    return exit;
  }
  for (const problem of found.problems) screen.fail(problemLine(problem));
  if (found.refused) {
    screen.fail(`${statement}: refused, nothing was compared.`);
    return exit;
  }
  for (const [kind, count] of Object.entries(found.counts)) screen.data(`${String(count).padStart(8)}  ${kind}`);
  if (found.applied > 0) screen.data(`${String(found.applied).padStart(8)}  recorded from the statement`);
  if (found.path !== null) screen.data(`Reconciliation: ${found.path}`);
  return exit;
}
