import type { Knobs, SimulatorName } from './options.ts';

/** What the simulator inside a run is told, so that a rehearsal waits for nothing that only costs time. */
export const rehearsalKnobs: Readonly<Partial<Record<SimulatorName, Knobs>>> = {
  'mpesa-openapi': { activationDelayMs: 50 },
};
