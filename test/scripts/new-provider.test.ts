import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder = '';

/** A copy of what the script reads and writes. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payrun-new-provider-'));
  const parts = ['src', 'scripts', 'schemas', 'test/providers', 'README.md', 'package.json', '.prettierrc.json'];
  await Promise.all(parts.map((part) => cp(part, join(folder, part), { recursive: true })));
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('a new provider from the templates', () => {
  it('is listed wherever providers are listed, and no generated file is stale', async () => {
    run('scripts/new-provider.ts', 'acme-pay');
    run('scripts/generate.ts', '--check');
    const list = `import { providers } from './src/providers/index.ts';
      import { simulatorNames } from './src/simulator/index.ts';
      console.log(JSON.stringify([[...providers.keys()].at(-1), simulatorNames.at(-1)]));`;
    expect(JSON.parse(run('--input-type=module', '--eval', list))).toEqual(['acme-pay', 'acme-pay']);
    const schema = await readFile(join(folder, 'schemas/config.schema.json'), 'utf8');
    expect(schema).toContain('"acmePayOptions"');
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain('| `acme-pay` |');
    expect(await readFile(join(folder, 'test/providers/acme-pay.test.ts'), 'utf8')).not.toMatch(/template/i);
  });

  it.each(['Acme', 'acme_pay', 'sellapay', 'kit', ''])('is refused under the name %j', (name) => {
    expect(() => run('scripts/new-provider.ts', name)).toThrow();
  });
});

function run(...args: readonly string[]): string {
  return execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}
