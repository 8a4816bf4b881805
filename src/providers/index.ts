import { bitpesa } from './bitpesa/index.ts';
import { daraja } from './daraja/index.ts';
import { mpesaOpenapi } from './mpesa-openapi/index.ts';
import { pesaway } from './pesaway/index.ts';
import type { ProviderDefinition } from './port.ts';
import { sellapay } from './sellapay/index.ts';

export { bitpesa, daraja, mpesaOpenapi, pesaway, sellapay };

/** Every provider by the name that the configuration writes. */
export const providers: ReadonlyMap<string, ProviderDefinition> = new Map(
  [sellapay, mpesaOpenapi, daraja, bitpesa, pesaway].map((definition) => [definition.name, definition]),
);
