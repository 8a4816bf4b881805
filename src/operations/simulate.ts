import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import {
  checkNothingInTheWay,
  simulatedPlaces,
  writeSimulatedProject,
  type SimulatedAccount,
} from '../config/simulated-project.ts';
import { parseDuration } from '../domain/duration.ts';
import { PayrunError } from '../domain/problem.ts';
import { providers } from '../providers/index.ts';
import {
  exampleAccounts,
  readFaultOdds,
  seeded,
  simulationSettings,
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
  /**
   * Where the state of a simulated provider is kept over restarts: its book of money, and `.journal` beside it. Of several providers
   * each has its own, `<file>.<provider>`. Null: nowhere.
   */
  readonly bookFile: string | null;
  /** Faults by chance, such as `drop-after=0.05,503=0.02`. */
  readonly faults: string | null;
  /** How long answers take, such as `20ms..80ms`. */
  readonly latency: string | null;
  /** File for a configuration with accounts that work with these simulators; null: none is written. */
  readonly configFile: string | null;
}

export type StartedSimulator = Pick<Simulator, 'provider' | 'endpoint' | 'credentials'>;

export interface SimulateContext {
  readonly system: System;
  /** Aborted to end the simulators. */
  readonly signal: AbortSignal;
  /** Called when all of them listen. @param written files of the configuration, absolute; none where none is written. */
  readonly ready: (simulators: readonly StartedSimulator[], written: readonly string[]) => void;
}

/** Serves provider simulators on loopback until `signal` aborts. Throws {@link PayrunError} 2 for a request that cannot be met. */
export async function simulate(request: SimulateRequest, context: SimulateContext): Promise<void> {
  const { system, signal, ready } = context;
  const { seed, firstPort, configFile } = request;
  const names = knownNames(request.providers);
  const options = simulatorOptions(request);
  if (simulatorNames.some((name) => name === configFile)) {
    const providers = [...request.providers, configFile].join(' ');
    throw usage(
      `--write-config takes a file behind it. Name providers before it: payrun simulate ${providers} --write-config`,
    );
  }
  const places = configFile === null ? null : simulatedPlaces(configFile);
  if (places !== null) await checkNothingInTheWay(places);
  const simulators: Simulator[] = [];
  try {
    for (const [at, provider] of names.entries()) {
      const port = firstPort === 0 ? 0 : firstPort + at;
      const random = seed === null ? system.random : seeded(seed);
      const simulator = await startSimulator({
        ...options,
        ...(request.bookFile === null ? {} : keptIn(request.bookFile, provider, names.length)),
        provider,
        settings: simulationSettings[provider] ?? {},
        port,
        random,
        now: () => system.clock.now(),
      }).catch((error: unknown) => portTaken(port, error));
      simulators.push(simulator);
    }
    const written =
      places === null
        ? []
        : await writeSimulatedProject(
            places,
            accountsOfSimulators(simulators),
            await callbackPlace(firstPort, names.length),
          );
    ready(simulators, written);
    await aborted(signal);
  } finally {
    for (const simulator of simulators) await simulator.close();
  }
}

function accountsOfSimulators(simulators: readonly Simulator[]): readonly SimulatedAccount[] {
  return simulators.map(({ provider, endpoint, credentials }) => {
    const example = exampleAccounts[provider];
    if (example === undefined) throw new Error(`the simulator of ${provider} has no example of an account`);
    const isCalled = providers.get(provider)?.callbacks !== undefined;
    return {
      provider,
      endpoint,
      credentials,
      ...example,
      callbackToken: isCalled ? randomBytes(32).toString('hex') : null,
    };
  });
}

/** HOST:PORT behind the last simulator, or any free port where those of the simulators are any. */
async function callbackPlace(firstPort: number, count: number): Promise<string> {
  if (firstPort > 0) return `127.0.0.1:${firstPort + count}`;
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

function knownNames(providers: readonly string[]): readonly SimulatorName[] {
  const unknown = providers.filter((name) => !simulatorNames.some((known) => known === name));
  if (unknown.length > 0) {
    throw usage(`there is no simulator of ${unknown.join(', ')}; there are: ${simulatorNames.join(', ')}.`);
  }
  return simulatorNames.filter((name) => providers.length === 0 || providers.includes(name));
}

function simulatorOptions(request: SimulateRequest): Partial<SimulatorOptions> {
  const { balance, faults, latency, hasRateLimits, hasMagic } = request;
  if (balance !== null && !/^\d{1,15}(\.\d{1,2})?$/.test(balance)) {
    throw usage('--balance wants digits with at most two decimals, such as 250000.00.');
  }
  const odds = faults === null ? null : readFaultOdds(faults);
  if (odds !== null && 'problem' in odds) throw usage(`--faults: ${odds.problem}.`);
  return {
    magicValues: hasMagic ? 'all' : 'none',
    ...(balance === null ? {} : { balance }),
    ...(hasRateLimits ? {} : { limits: null }),
    ...(odds === null ? {} : { faults: { odds } }),
    ...(latency === null ? {} : { latencyMs: latencyRange(latency) }),
  };
}

/** Throws 2 for a file that no simulator has written: nothing is written over, and nothing is told of its payments. */
function keptIn(file: string, provider: SimulatorName, providerCount: number): Partial<SimulatorOptions> {
  const bookFile = providerCount === 1 ? file : `${file}.${provider}`;
  if (existsSync(bookFile) && !existsSync(`${bookFile}.journal`)) {
    throw usage(
      `${bookFile} is there without ${bookFile}.journal, so that no simulator can go on with it. Name another --book-file.`,
    );
  }
  return { bookFile, isJournaled: true };
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
