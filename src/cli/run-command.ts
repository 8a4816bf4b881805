import type { PayrunError } from '../domain/problem.ts';
import { openProject, machine, type BatchResult, type Project } from '../operations/index.ts';
import { document, worstExit, type Exit } from '../operations/batch-result.ts';
import { asPayrunError, exitFor } from './last-resort.ts';
import type { Flags } from './flags.ts';
import { openScreen, type Screen } from './terminal.ts';

/** What every command that answers with batches has at hand. */
export interface Stage {
  readonly project: Project;
  readonly screen: Screen;
  /** Takes a result when it is there: a long sweep shows each batch as it ends. */
  readonly show: (result: BatchResult) => void;
  /** Aborts at the first SIGINT or SIGTERM; what is in flight is then finished. */
  readonly signal: AbortSignal;
}

export interface Act {
  work(stage: Stage): Promise<void>;
  /** Prints one result for a person. */
  print(result: BatchResult, screen: Screen): void;
  exit(result: BatchResult): Exit;
}

/** Opens the project, runs the command, prints for people or as one JSON document, and says with which code to exit. */
export async function conduct(flags: Flags, act: Act): Promise<number> {
  const screen = openScreen(flags, () => performance.now());
  const results: BatchResult[] = [];
  const interrupt = catchSignals(screen);
  let failure: PayrunError | null = null;
  try {
    const project = await openProject({ file: flags.config ?? null, from: process.cwd() }, machine());
    for (const warning of project.warnings) screen.say(`Warning: ${warning}`);
    await act.work({
      project,
      screen,
      signal: interrupt.signal,
      show: (result) => {
        screen.settle();
        results.push(result);
        if (result.error !== null) screen.fail(`payrun: ${result.file ?? result.batch ?? ''}: ${result.error.message}`);
        if (flags.json !== true) act.print(result, screen);
        for (const note of result.notes) screen.say(note);
      },
    });
  } catch (error) {
    failure = asPayrunError(error);
    if (failure === null) {
      if (flags.json === true) screen.data(JSON.stringify(document(1, results, null, flags.rows === true)));
      return exitFor(error);
    }
    screen.settle();
    screen.fail(`payrun: ${failure.message}`);
  } finally {
    interrupt.release();
  }
  const exits = results.map((result) => act.exit(result));
  const exit: Exit = interrupt.signal.aborted ? 130 : worstExit(failure === null ? exits : [failure.exit, ...exits]);
  if (flags.json === true) screen.data(JSON.stringify(document(exit, results, failure, flags.rows === true), null, 2));
  return exit;
}

/** SIGHUP too: a closed terminal is no reason to leave payments unknown. */
const DRAINING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal drains, the second one ends the process at once (what was in flight is then unknown). */
export function catchSignals(screen: Screen): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    screen.say('Interrupted: finishing what is in flight, sending nothing new. Once more to end at once.');
    controller.abort();
  };
  for (const name of DRAINING) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of DRAINING) process.off(name, onSignal);
    },
  };
}
