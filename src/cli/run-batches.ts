import type { PayrunError } from '../domain/problem.ts';
import { worstExit, type BatchResult, type Exit, type OperationContext } from '../operations/index.ts';
import type { Shell } from './command.ts';
import { openContext } from './context.ts';
import { catchSignals } from './interrupt.ts';
import { batchDocument } from './json.ts';
import { withExitCode, exitFor } from './last-resort.ts';
import type { Terminal } from './terminal.ts';

/** A command that answers with results of batches. */
export interface BatchCommand {
  /** Runs the operation; each result goes to `show` as soon as it is there, so that a long sweep shows each batch as it ends. */
  work(context: OperationContext, show: (result: BatchResult) => void): Promise<void>;
  /** Prints one result for a person. */
  print(result: BatchResult, terminal: Terminal): void;
  exit(result: BatchResult): Exit;
  /** Whether the JSON document lists the payments. */
  readonly hasRows?: boolean;
  /** Whether the user has agreed beforehand to pay from live accounts. */
  readonly isConfirmed?: boolean;
}

/** Runs the command, prints for people or as one JSON document, and returns the exit code. */
export async function runBatches(shell: Shell, command: BatchCommand): Promise<number> {
  const { terminal, isJson } = shell;
  const { hasRows = false, isConfirmed = false } = command;
  const results: BatchResult[] = [];
  const interrupt = catchSignals(terminal);
  let failure: PayrunError | null = null;
  try {
    const context = await openContext(shell, { signal: interrupt.signal, isConfirmed });
    await command.work(context, (result) => {
      results.push(result);
      showResult(result, shell, command);
    });
  } catch (error) {
    failure = withExitCode(error);
    if (failure === null) {
      if (isJson) terminal.data(JSON.stringify(batchDocument(1, results, { failure, hasRows })));
      return exitFor(error);
    }
    terminal.fail(`payrun: ${failure.message}`);
  } finally {
    interrupt.release();
  }
  for (const line of terminal.printed.otherFiles()) terminal.fail(line);
  const exits = results.map((result) => command.exit(result));
  const exit: Exit = interrupt.signal.aborted ? 130 : worstExit(failure === null ? exits : [failure.exit, ...exits]);
  if (isJson) terminal.data(JSON.stringify(batchDocument(exit, results, { failure, hasRows }), null, 2));
  return exit;
}

/** Prints one result, with what has to be known of it. */
export function showResult(
  result: BatchResult,
  { terminal, isJson }: Shell,
  command: Pick<BatchCommand, 'print'>,
): void {
  const { printed } = terminal;
  const name = result.file ?? result.batch ?? '';
  if (result.error !== null && printed.isNewFault(result.error, name)) {
    terminal.fail(`payrun: ${name}: ${result.error.message}`);
  }
  if (!isJson) command.print(result, terminal);
  const { count: contradictions = 0, undecided = 0, replaced = 0 } = result.contradictions ?? {};
  // Contradictions that a person has decided about need nobody any more.
  const isNamed = terminal.isQuiet ? undecided + replaced > 0 : contradictions > 0;
  if (isNamed) terminal.fail(contradictionLine(result.batch ?? '', contradictions));
  const { notes, stops = [] } = result;
  for (const whole of notes) {
    const note = printed.withoutFaults(whole);
    if (note === '' || !printed.isNewText(note)) continue;
    if (stops.includes(whole)) terminal.fail(note);
    else terminal.note(note);
  }
}

function contradictionLine(batch: string, count: number): string {
  const what = count === 1 ? '1 payment has reports' : `${count} payments have reports`;
  return `Batch ${batch}: ${what} that contradict each other. See code "contradiction" in the report: its reason and next_action.`;
}
