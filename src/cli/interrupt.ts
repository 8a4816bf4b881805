import type { Terminal } from './terminal.ts';

/** SIGHUP too: a closed terminal must not leave payments unknown. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt {
  /** Aborts at the first signal. What is in flight is then finished, and nothing more is sent. */
  readonly signal: AbortSignal;
  release(): void;
}

/** Handles signals until it is released. The second signal ends the process at once: what was in flight is then unknown. */
export function catchSignals(terminal: Terminal): Interrupt {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    terminal.note('Interrupted: finishing what is in flight, sending nothing new. Once more to end at once.');
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
