// Written by `npm run generate`: every folder of src/providers is listed here.
import { sellapaySimulator } from './sellapay/index.ts';
import { pesawaySimulator } from './pesaway/index.ts';
import { bitpesaSimulator } from './bitpesa/index.ts';
import { mpesaOpenapiSimulator } from './mpesa-openapi/index.ts';
import { darajaSimulator } from './daraja/index.ts';
import type { SimulatorDefinition } from './kit/service.ts';

/** Every provider that can be simulated, in the order in which `payrun simulate` starts them. */
export const simulators = [
  sellapaySimulator,
  pesawaySimulator,
  bitpesaSimulator,
  mpesaOpenapiSimulator,
  darajaSimulator,
] as const satisfies readonly SimulatorDefinition[];
