import { PayrunError } from '../domain/problem.ts';
import * as runner from '../operations/index.ts';
import { catchSignals } from './run-command.ts';
import type { Flags } from './flags.ts';
import { openScreen } from './terminal.ts';

/** Serves the simulators until it is interrupted, which is its normal end. */
export async function simulateCommand(flags: Flags, providers: readonly string[]): Promise<number> {
  const screen = openScreen(flags, () => performance.now());
  const { seed, port: firstPort = 0 } = flags;
  const options = simulatorOptions(flags);
  const machine = runner.machine();
  const interrupt = catchSignals(screen);
  const simulators: runner.Simulator[] = [];
  try {
    for (const [at, provider] of named(providers).entries()) {
      const port = firstPort === 0 ? 0 : firstPort + at;
      const random = seed === undefined ? machine.random : runner.seeded(seed);
      const simulator = await runner
        .startSimulator({ ...options, provider, port, random, now: () => machine.clock.now() })
        .catch((error: unknown) => portTaken(port, error));
      simulators.push(simulator);
      screen.data(`${provider}  ${simulator.endpoint}`);
    }
    screen.say('Put the address as `endpoint:` of an account. Ctrl-C ends the simulators.');
    if (!interrupt.signal.aborted) {
      await new Promise<void>((resolve) => {
        interrupt.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    return 0;
  } finally {
    for (const simulator of simulators) await simulator.close();
    interrupt.release();
  }
}

function named(providers: readonly string[]): readonly runner.SimulatorName[] {
  const unknown = providers.filter((name) => !runner.simulatorNames.some((known) => known === name));
  if (unknown.length > 0) {
    throw usage(`there is no simulator of ${unknown.join(', ')}; there are: ${runner.simulatorNames.join(', ')}.`);
  }
  return runner.simulatorNames.filter((name) => providers.length === 0 || providers.includes(name));
}

function simulatorOptions(flags: Flags): Partial<runner.SimulatorOptions> {
  const { balance, faults, latency, bookFile } = flags;
  if (balance !== undefined && !/^\d{1,15}(\.\d{1,2})?$/.test(balance)) {
    throw usage('--balance wants digits with at most two decimals, such as 250000.00.');
  }
  const odds = faults === undefined ? null : runner.readFaultOdds(faults);
  if (odds !== null && 'problem' in odds) throw usage(`--faults: ${odds.problem}.`);
  return {
    ...(balance === undefined ? {} : { balance }),
    ...(flags.limits === false ? { limits: null } : {}),
    ...(bookFile === undefined ? {} : { bookFile }),
    ...(odds === null ? {} : { faults: { odds } }),
    ...(latency === undefined ? {} : { latencyMs: latencyRange(latency) }),
  };
}

/** `20ms..80ms`, or one duration for both. */
function latencyRange(text: string): { readonly min: number; readonly max: number } {
  const [from = '', to = from] = text.split('..');
  const [min, max] = [runner.parseDuration(from), runner.parseDuration(to)];
  if (min === null || max === null || max < min) throw usage('--latency wants a range such as 20ms..80ms.');
  return { min, max };
}

function usage(what: string): PayrunError {
  return new PayrunError(2, 'usage', `simulate: ${what}`);
}

function portTaken(port: number, error: unknown): never {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
  throw usage(`port ${port} is taken; choose another with --port.`);
}
