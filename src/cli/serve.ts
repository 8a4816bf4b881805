import * as runner from '../operations/index.ts';
import { catchSignals } from './run-command.ts';
import type { Flags } from './flags.ts';
import { openScreen } from './terminal.ts';

/** Receives callbacks until it is interrupted, which is its normal end. Its log is one JSON line per event, on stderr. */
export async function serveCommand(flags: Flags): Promise<number> {
  const screen = openScreen(flags, () => performance.now());
  // Large, and no other command logs.
  const { pino } = await import('pino');
  const log = pino(
    { level: flags.quiet === true ? 'error' : 'info', base: { service: 'payrun' } },
    pino.destination(2),
  );
  const interrupt = catchSignals(screen);
  try {
    const project = await runner.openProject({ file: flags.config ?? null, from: process.cwd() }, runner.machine());
    for (const warning of project.warnings) log.warn(warning);
    await runner.serve(
      project,
      {
        listening: (url, accounts) => {
          screen.data(`Callbacks: ${url}/callbacks/…  health: ${url}/health  metrics: ${url}/metrics`);
          log.info({ url, accounts }, 'listening');
        },
        received: (account, result) => log.info({ account, result }, 'callback'),
        note: (text) => log.info(text),
        fail: (text) => log.error(text),
      },
      interrupt.signal,
    );
    return 0;
  } finally {
    interrupt.release();
  }
}
