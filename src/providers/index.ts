// Written by `npm run generate`: every folder of src/providers is listed here.
import { sellapay } from './sellapay/index.ts';
import { pesaway } from './pesaway/index.ts';
import { bitpesa } from './bitpesa/index.ts';
import { mpesaOpenapi } from './mpesa-openapi/index.ts';
import { daraja } from './daraja/index.ts';
import type { ProviderDefinition } from './port.ts';

export { sellapay, pesaway, bitpesa, mpesaOpenapi, daraja };

/** Every provider by the name that the configuration writes. */
export const providers: ReadonlyMap<string, ProviderDefinition> = new Map(
  [sellapay, pesaway, bitpesa, mpesaOpenapi, daraja].map((definition) => [definition.name, definition]),
);
