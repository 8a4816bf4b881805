import type { SimulatorSettings, SimulatorName } from './kit/options.ts';

/** What the simulator inside a run is told, so that a rehearsal waits for nothing that only costs time. */
export const simulationSettings: Readonly<Partial<Record<SimulatorName, SimulatorSettings>>> = {
  'mpesa-openapi': { activationDelayMs: 50 },
};

/** What an account that rehearses is given where its options do not say otherwise: nobody activates a session of the simulator. */
export const simulationAccountOptions: Readonly<Partial<Record<string, Readonly<Record<string, unknown>>>>> = {
  'mpesa-openapi': { activation_delay: '100ms' },
};
