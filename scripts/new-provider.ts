/**
 * `npm run new-provider NAME`: copies the templates of adapter, simulator and conformance test, puts the name in, and generates
 * what lists the providers. NAME is what `provider:` of an account says, such as `mpesa-openapi`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { camelCase } from './generated-files.ts';

const name = process.argv[2] ?? '';
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name === 'kit') {
  fail('Name the provider in lower-case letters, digits and hyphens: npm run new-provider mpesa-openapi');
}
if (existsSync(`src/providers/${name}`)) fail(`src/providers/${name} is there already.`);

const camel = camelCase(name);
const pascal = camel.charAt(0).toUpperCase() + camel.slice(1);
const written = [
  ...filesIn('src/providers/_template').map((path) => copy(path, path.replace('_template', name))),
  ...filesIn('src/simulator/_template').map((path) => copy(path, path.replace('_template', name))),
  copy('test/providers/_template.ts', `test/providers/${name}.test.ts`),
];
console.log(`written: ${written.join(', ')}`);
execFileSync(process.execPath, ['scripts/generate.ts'], { stdio: 'inherit' });
console.log(
  `Next: npx vitest run test/providers/${name}.test.ts, and fill in what is marked "Fill in" (CONTRIBUTING.md).`,
);

function copy(from: string, to: string): string {
  const text = readFileSync(from, 'utf8')
    .replaceAll('_template', name)
    .replaceAll('Template', pascal)
    .replaceAll(/\btemplate(?=[A-Z]|\b)/g, camel);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
  return to;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).map((file) => join(folder, file));
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
