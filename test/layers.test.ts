import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Cruise {
  readonly summary: { readonly totalCruised: number; readonly error: number; readonly violations: readonly object[] };
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
}

const bin = fileURLToPath(new URL('../node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', import.meta.url));

function cruise(...args: string[]): Cruise {
  const options = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const text = execFileSync(process.execPath, [bin, 'src', '--output-type', 'json', ...args], options);
  return JSON.parse(text) as Cruise;
}

describe('the rooms', () => {
  const seen = cruise('--config', '.dependency-cruiser.cjs');

  it('are joined only along their arrows', () => {
    expect(seen.summary.violations).toEqual([]);
  });

  it('were all looked at, with the arrows between them', () => {
    const rooms = new Set(seen.modules.map(({ source }) => /^src\/([a-z]+)\//.exec(source)?.[1]));
    for (const room of [
      'callbacks',
      'cli',
      'config',
      'domain',
      'execute',
      'intake',
      'ledger',
      'limits',
      'operations',
      'plan',
      'providers',
      'report',
      'schedule',
      'settle',
      'simulator',
      'workbook',
    ]) {
      expect(rooms).toContain(room);
    }
    const operations = seen.modules.filter(({ source }) => source.startsWith('src/operations/'));
    const reached = operations.flatMap(({ dependencies }) => dependencies.map(({ resolved }) => resolved));
    expect(reached.some((path) => path.startsWith('src/execute/'))).toBe(true);
    expect(seen.summary.totalCruised).toBeGreaterThan(50);
  });
});
