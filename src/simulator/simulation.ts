import type { SimulatorSettings } from './kit/options.ts';
import type { SimulatorName } from './names.ts';

/** Settings of the simulator inside a run: delays that only cost time are short. */
export const simulationSettings: Readonly<Partial<Record<SimulatorName, SimulatorSettings>>> = {
  'mpesa-openapi': { activationDelayMs: 50 },
};

/** Options of an account with `endpoint: simulator`, where the account does not set them. */
export const simulationAccountOptions: Readonly<Partial<Record<string, Readonly<Record<string, unknown>>>>> = {
  'mpesa-openapi': { activation_delay: '100ms' },
};
