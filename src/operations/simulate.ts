import { parseDuration } from '../domain/duration.ts';
import { PayrunError } from '../domain/problem.ts';
import {
  readFaultOdds,
  seeded,
  simulatorNames,
  startSimulator,
  type Simulator,
  type SimulatorName,
  type SimulatorOptions,
} from '../simulator/index.ts';
import type { System } from './session/system.ts';

export interface SimulateRequest {
  /** Providers to simulate; none: all of them. */
  readonly providers: readonly string[];
  /** Port of the first simulator, the next ones follow; 0: any free ports. */
  readonly firstPort: number;
  /** Seed of everything that is random; null: another one each time. */
  readonly seed: number | null;
  /** Decimal text: what the payer has there; null: the provider's default. */
  readonly balance: string | null;
  readonly hasRateLimits: boolean;
  /** Whether the magic values of docs/simulators.md have their effect; false: every ordinary payment is paid. */
  readonly hasMagic: boolean;
  /** Where the simulated account ledger is kept over restarts; null: nowhere. */
  readonly bookFile: string | null;
  /** Faults by chance, such as `drop-after=0.05,503=0.02`. */
  readonly faults: string | null;
  /** How long answers take, such as `20ms..80ms`. */
  readonly latency: string | null;
}

export interface SimulateContext {
  readonly system: System;
  /** Aborted to end the simulators. */
  readonly signal: AbortSignal;
  /** Called for each simulator that listens. */
  readonly started: (provider: string, endpoint: string) => void;
  /** Called when all of them listen. */
  readonly ready: () => void;
}

/** Serves provider simulators on loopback until `signal` aborts. Throws {@link PayrunError} 2 for a request that cannot be met. */
export async function simulate(request: SimulateRequest, context: SimulateContext): Promise<void> {
  const { system, signal, started, ready } = context;
  const { seed, firstPort } = request;
  const options = simulatorOptions(request);
  const simulators: Simulator[] = [];
  try {
    for (const [at, provider] of knownNames(request.providers).entries()) {
      const port = firstPort === 0 ? 0 : firstPort + at;
      const random = seed === null ? system.random : seeded(seed);
      const simulator = await startSimulator({
        ...options,
        provider,
        port,
        random,
        now: () => system.clock.now(),
      }).catch((error: unknown) => portTaken(port, error));
      simulators.push(simulator);
      started(provider, simulator.endpoint);
    }
    ready();
    await aborted(signal);
  } finally {
    for (const simulator of simulators) await simulator.close();
  }
}

function knownNames(providers: readonly string[]): readonly SimulatorName[] {
  const unknown = providers.filter((name) => !simulatorNames.some((known) => known === name));
  if (unknown.length > 0) {
    throw usage(`there is no simulator of ${unknown.join(', ')}; there are: ${simulatorNames.join(', ')}.`);
  }
  return simulatorNames.filter((name) => providers.length === 0 || providers.includes(name));
}

function simulatorOptions(request: SimulateRequest): Partial<SimulatorOptions> {
  const { balance, faults, latency, bookFile, hasRateLimits, hasMagic } = request;
  if (balance !== null && !/^\d{1,15}(\.\d{1,2})?$/.test(balance)) {
    throw usage('--balance wants digits with at most two decimals, such as 250000.00.');
  }
  const odds = faults === null ? null : readFaultOdds(faults);
  if (odds !== null && 'problem' in odds) throw usage(`--faults: ${odds.problem}.`);
  return {
    magicValues: hasMagic ? 'all' : 'none',
    ...(balance === null ? {} : { balance }),
    ...(hasRateLimits ? {} : { limits: null }),
    ...(bookFile === null ? {} : { bookFile }),
    ...(odds === null ? {} : { faults: { odds } }),
    ...(latency === null ? {} : { latencyMs: latencyRange(latency) }),
  };
}

/** `20ms..80ms`, or one duration for both. */
function latencyRange(text: string): { readonly min: number; readonly max: number } {
  const [from = '', to = from] = text.split('..');
  const [min, max] = [parseDuration(from), parseDuration(to)];
  if (min === null || max === null || max < min) throw usage('--latency wants a range such as 20ms..80ms.');
  return { min, max };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function usage(what: string): PayrunError {
  return new PayrunError(2, 'usage', `simulate: ${what}`);
}

function portTaken(port: number, error: unknown): never {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
  throw usage(`port ${port} is taken; choose another with --port.`);
}
