import type { ProviderDefinition } from './port.ts';
import { sellapay } from './sellapay/index.ts';

export { sellapay };

/** Every provider by the name that the configuration writes. */
export const providers: ReadonlyMap<string, ProviderDefinition> = new Map(
  [sellapay].map((definition) => [definition.name, definition]),
);
