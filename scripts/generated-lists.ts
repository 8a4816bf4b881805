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

/** `src/simulator/list.ts`. */
export function simulatorList(declarations: readonly Declaration[]): string {
  const simulators = declarations.map(({ name, camel }) => ({ name, simulator: `${camel}Simulator` }));
  return `${HEAD}${simulators.map(({ name, simulator }) => `import { ${simulator} } from './${name}/index.ts';`).join('\n')}
import type { SimulatorDefinition } from './kit/service.ts';

/** Every provider that can be simulated, in the order in which \`payrun simulate\` starts them. */
export const simulators = [${simulators.map(({ simulator }) => simulator).join(', ')}] as const satisfies readonly SimulatorDefinition[];
`;
}
