import type { Terminal } from './terminal.ts';

const ENDING = 'Once more to end at once: whatever has no answer by then is unknown, until somebody finds out.';

/** SIGHUP too: a closed terminal must not leave payments unknown. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt {
  /** Aborts at the first signal. What is in flight is then finished, and nothing more is sent. */
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * Handles signals until it is released. The second signal says what is waited for, since that is what its sender wants to know; the
 * third ends the process at once, and what was under way is unknown then.
 */
export function catchSignals(terminal: Terminal): Interrupt {
  const controller = new AbortController();
  let count = 0;
  const onSignal = (): void => {
    count += 1;
    if (count > 2) process.exit(130);
    if (count === 1)
      terminal.note('Interrupted: finishing what is in flight, sending nothing new. Once more says what that is.');
    else terminal.fail(`${terminal.waitsFor() ?? 'Waiting for the ledger and the reports to be written'}. ${ENDING}`);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
