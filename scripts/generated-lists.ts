import type { Declaration } from './generated-files.ts';

const HEAD = '// Written by `npm run generate`: every folder of src/providers is listed here.\n';

/** `src/providers/index.ts`. */
export function providerList(declarations: readonly Declaration[]): string {
  const camels = declarations.map(({ camel }) => camel);
  return `${HEAD}${declarations.map(({ name, camel }) => `import { ${camel} } from './${name}/index.ts';`).join('\n')}
import type { ProviderDefinition } from './port.ts';

export { ${camels.join(', ')} };

/** Every provider by the name that the configuration writes. */
export const providers: ReadonlyMap<string, ProviderDefinition> = new Map(
  [${camels.join(', ')}].map((definition) => [definition.name, definition]),
);
`;
}

/** `src/simulator/names.ts`; apart from the services, which need the names themselves. */
export function simulatorNames(declarations: readonly Declaration[]): string {
  return `${HEAD}
/** Providers that can be simulated. */
export const simulatorNames = [${declarations.map(({ name }) => `'${name}'`).join(', ')}] as const;

export type SimulatorName = (typeof simulatorNames)[number];
`;
}

/** `src/simulator/services.ts`. */
export function simulatorServices(declarations: readonly Declaration[]): string {
  const services = declarations.map(({ name, camel }) => ({ name, service: `${pascal(camel)}Service` }));
  return `${HEAD}${services.map(({ name, service }) => `import { ${service} } from './${name}/index.ts';`).join('\n')}
import type { ServiceOptions } from './kit/options.ts';
import type { Service } from './kit/service.ts';
import type { SimulatorName } from './names.ts';

/** The simulator of every provider. */
export const services: Readonly<Record<SimulatorName, (options: ServiceOptions) => Service>> = {
${services.map(({ name, service }) => `'${name}': (options) => new ${service}(options),`).join('\n')}
};
`;
}

function pascal(camel: string): string {
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}
