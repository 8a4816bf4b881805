import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Life } from './lives.ts';

/** Nothing that a killed run leaves behind holds a secret, and what holds whole phone numbers is its owner's only. */
export async function leaks(folder: string, secret: string, lives: readonly Life[]): Promise<string[]> {
  const problems: string[] = [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let looked = 0;
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    looked += 1;
    if ((await readFile(path)).includes(secret)) problems.push(`${name} holds the secret`);
    const mode = (await stat(path)).mode & 0o777;
    const isOurs = name.startsWith('payrun.db') || name.startsWith('reports/');
    if (isOurs && (mode & 0o077) !== 0) problems.push(`${name} has mode ${mode.toString(8)}`);
  }
  if (looked === 0) problems.push('no file was looked at');
  for (const life of lives) {
    if (`${life.stdout}${life.stderr}`.includes(secret)) problems.push(`life ${life.number} printed the secret`);
  }
  return problems;
}
