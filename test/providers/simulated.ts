import { seeded, simulatorNames, startSimulator, type Fault, type Simulator } from '../../src/simulator/index.ts';
import type { SimulatorSettings } from '../../src/simulator/kit/options.ts';
import { suiteClock } from './stage.ts';
import type { SuiteFault, ProviderHarness, SimulationSetting } from './harness.ts';

export interface SimulatedProvider {
  /** Name of the simulator. */
  readonly provider: string;
  /** What the simulator lets in: the harness's credentials as a pair. */
  readonly credential: { readonly key: string; readonly secret: string };
  /** Balance that is enough for every case. */
  readonly balance?: string;
  readonly settings?: (setting: SimulationSetting) => SimulatorSettings;
  /** Called with each simulator that has started, where the harness needs what only the simulator knows. */
  readonly started?: (simulator: Simulator) => void;
}

const FAULTS: Readonly<Record<SuiteFault, Fault>> = {
  'dropped-before-booking': { kind: 'drop-before-booking' },
  'dropped-after-booking': { kind: 'drop-after-booking' },
  'server-error': { kind: 'status', status: 500, booked: false },
  'server-error-after-booking': { kind: 'status', status: 503, booked: true },
  unreadable: { kind: 'unreadable' },
  'cut-short': { kind: 'cut-short' },
  'unlisted-status': { kind: 'status', status: 418, booked: true },
  throttled: { kind: 'throttle' },
  'callback-lost': { kind: 'callback', callbackFault: 'lost' },
  'callback-twice': { kind: 'callback', callbackFault: 'twice' },
  'callback-early': { kind: 'callback', callbackFault: 'early' },
  'callback-forged': { kind: 'callback', callbackFault: 'forged' },
  'token-expired': { kind: 'expire-tokens' },
};

/** Starts the provider's simulator for a case of the suite. */
export function simulated(of: SimulatedProvider): ProviderHarness['start'] {
  return async (setting) => {
    const provider = simulatorNames.find((name) => name === of.provider);
    if (provider === undefined) throw new Error(`no simulator is called ${of.provider}: run npm run generate`);
    const simulator = await startSimulator({
      provider,
      now: () => suiteClock.now(),
      random: seeded(1),
      balance: setting.balance === 'plenty' ? (of.balance ?? '9000000000000.00') : '1.00',
      credentials: [setting.credentials === 'known' ? of.credential : { key: 'other', secret: 'other' }],
      limits: null,
      settings: of.settings?.(setting) ?? {},
    });
    of.started?.(simulator);
    return {
      endpoint: simulator.endpoint,
      book: () => simulator.book(),
      injectFault: (fault) => simulator.addFaults([{ fault: FAULTS[fault] }]),
      idle: () => simulator.idle(),
      close: () => simulator.close(),
    };
  };
}
