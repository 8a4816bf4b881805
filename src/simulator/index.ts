import { centsOf } from './kit/decimal.ts';
import { FaultScript, randomFaults, type FaultSource } from './kit/faults.ts';
import type { Simulator, SimulatorSettings, AnySimulatorOptions } from './kit/options.ts';
import { serveSimulator } from './kit/server.ts';
import { rmSync } from 'node:fs';
import { Journal } from './kit/journal.ts';
import { JournaledRuntime, JournaledService } from './kit/journaled.ts';
import { Magic } from './kit/magic.ts';
import { LiveRuntime } from './kit/runtime.ts';
import type { ExampleAccount, Service, SimulatorDefinition } from './kit/service.ts';
import { simulators } from './list.ts';

export { entryLine, readEntryLine, type BookEntry } from './kit/book.ts';
export { faultNames, randomFaults, readFaultOdds } from './kit/faults.ts';
export type {
  CallbackFault,
  Fault,
  FaultKind,
  FaultName,
  FaultOdds,
  FaultRequest,
  FaultRule,
  FaultSource,
} from './kit/faults.ts';
export type { Credential, Simulator, SimulatorStats, WireEvent } from './kit/options.ts';
export { seeded } from './kit/random.ts';
export type { WindowRate, WindowStats } from './kit/rate-limit.ts';
export type { ExampleAccount } from './kit/service.ts';

export type SimulatorName = (typeof simulators)[number]['name'];

export type SimulatorOptions = AnySimulatorOptions<SimulatorName>;

/** Providers that can be simulated. */
export const simulatorNames: readonly SimulatorName[] = simulators.map(({ name }) => name);

/** By provider: settings of the simulator inside a run. */
export const simulationSettings: Readonly<Record<string, SimulatorSettings>> = Object.fromEntries(
  simulators.map((simulator) => [simulator.name, simulator.simulationSettings]),
);

/** By provider: an account that works with its simulator. */
export const exampleAccounts: Readonly<Record<string, ExampleAccount>> = Object.fromEntries(
  simulators.map((simulator) => [simulator.name, simulator.exampleAccount]),
);

/** By provider: options of an account with `endpoint: simulator`, where the account does not set them. */
export const simulationAccountOptions: Readonly<Record<string, SimulatorDefinition['simulationAccountOptions']>> =
  Object.fromEntries(simulators.map((simulator) => [simulator.name, simulator.simulationAccountOptions]));

/**
 * Starts a simulation of a payout provider on 127.0.0.1: its endpoints, rules, limits and faults, with a book of the money
 * that moved. Besides the provider's own API it serves `GET /_simulator/book` (JSON lines), `GET /_simulator/stats` and
 * `GET|POST|DELETE /_simulator/faults`, by which other processes read the book and script faults.
 *
 * Rejects when the port is taken or the book's file cannot be read or written.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const balanceMinor = centsOf(options.balance ?? '10000000.00');
  if (balanceMinor === null) throw new Error('the starting balance is digits with at most two decimals');
  const runtime = new LiveRuntime(options.now, options.random, options.callbackOrigin ?? null);
  const { service, resume } = await openService(options, { runtime, balanceMinor });
  const script = new FaultScript();
  const standing = standingFaults(options, script);
  // Rules that were added while the simulator runs come first.
  const faults: FaultSource = (request) => script.decide(request) ?? standing(request);
  try {
    const listening = await serveSimulator(options, service, faults, script);
    resume();
    let closing: Promise<void> | null = null;
    return {
      provider: options.provider,
      url: listening.url,
      endpoint: listening.url + service.basePath,
      book: () => service.entries(),
      stats: () => listening.recorder.stats(),
      addFaults: (rules) => script.add(rules),
      credentials: service.credentials(),
      callbacks: () => runtime.stats(),
      idle: () => runtime.idle(),
      close: () => {
        runtime.close();
        return (closing ??= listening.close().then(() => service.close()));
      },
    };
  } catch (error) {
    service.close();
    throw error;
  }
}

interface OpenedService {
  readonly service: Service;
  /** Called when the simulator listens: what a restart has kept from happening happens now. */
  readonly resume: () => void;
}

/** The service, with the state that it had before a restart where that is kept. */
async function openService(
  options: SimulatorOptions,
  { runtime, balanceMinor }: { readonly runtime: LiveRuntime; readonly balanceMinor: bigint },
): Promise<OpenedService> {
  const { bookFile = null } = options;
  const shared = {
    balanceMinor,
    credentials: options.credentials ?? null,
    limits: options.limits,
    tokenSeconds: options.tokenSeconds ?? 3600,
    dedupe: options.dedupe ?? 'reject',
    fees: options.fees ?? true,
    magic: new Magic(options.magicValues ?? 'all'),
    settings: options.settings ?? {},
  };
  const make = serviceOf(options.provider);
  if (options.isJournaled !== true || bookFile === null) {
    const book = bookFile === null ? null : { path: bookFile, isReplayed: false };
    return { service: make({ ...shared, bookFile: book, runtime }), resume: () => undefined };
  }
  const seed = (): number => Math.floor(options.random() * 0x1_0000_0000);
  const journal = new Journal(`${bookFile}.journal`, options.provider, { seed, magic: shared.magic.level });
  // A book without its journal, or of another provider, tells nothing of this one.
  if (journal.past.length === 0) rmSync(bookFile, { force: true });
  const journaled = new JournaledRuntime(runtime, journal, shared.magic);
  const service = make({ ...shared, bookFile: { path: bookFile, isReplayed: true }, runtime: journaled });
  await journaled.replay(service);
  return { service: new JournaledService(service, journaled), resume: () => journaled.resume() };
}

function standingFaults({ faults, random }: SimulatorOptions, script: FaultScript): FaultSource {
  if (faults === undefined) return () => null;
  if (typeof faults === 'function') return faults;
  if ('odds' in faults) return randomFaults(faults.odds, random);
  script.add(faults);
  return () => null;
}

function serviceOf(provider: SimulatorName): SimulatorDefinition['service'] {
  const simulator = simulators.find(({ name }) => name === provider);
  if (simulator === undefined) throw new Error(`there is no simulator of ${provider}`);
  return simulator.service;
}
