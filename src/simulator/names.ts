// Written by `npm run generate`: every folder of src/providers is listed here.

/** Providers that can be simulated. */
export const simulatorNames = ['sellapay', 'pesaway', 'bitpesa', 'mpesa-openapi', 'daraja'] as const;

export type SimulatorName = (typeof simulatorNames)[number];
