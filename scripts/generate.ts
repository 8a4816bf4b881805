/**
 * Writes what follows from the declarations of the providers (`src/providers/NAME/options.ts`): the providers' part of the
 * configuration's schema, the tables in the READMEs, and the lists of providers and simulators. `--check` writes nothing and
 * fails when a file is stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { generatedFiles } from './generated-files.ts';

const isCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const { path, text } of await generatedFiles()) {
  if ((await readFile(path, 'utf8').catch(() => '')) === text) continue;
  stale.push(path);
  if (!isCheck) await writeFile(path, text);
}
if (stale.length > 0) console.log(`${isCheck ? 'stale' : 'written'}: ${stale.join(', ')}`);
if (isCheck && stale.length > 0) {
  console.log('Run `npm run generate` and commit what it writes.');
  process.exitCode = 1;
}
