/**
 * npm run bench [-- throughput validation startup pace]: measures payrun against what it replaces, both in one run, and prints
 * a table of ratios. Nothing here is a test: a machine's speed proves nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIN } from '../cli/harness.ts';
import { table, type Line } from './measure.ts';
import { pace } from './pace.ts';
import { startup } from './startup.ts';
import { throughput } from './throughput.ts';
import { validation } from './validation.ts';

const parts = process.argv.slice(2);
const wanted = (part: string): boolean => parts.length === 0 || parts.includes(part);
const folder = mkdtempSync(join(tmpdir(), 'payrun-bench-'));
const lines: Line[] = [];
const take = (line: Line): void => {
  lines.push(line);
  process.stderr.write(`${line.what}: ${line.ours} against ${line.theirs}, ${line.ratio} (${line.target})\n`);
};
try {
  if (wanted('throughput')) take(await throughput(join(folder, 'throughput'), BIN, 20_000, 3));
  if (wanted('validation'))
    for (const line of await validation(join(folder, 'validation'), BIN, 1_000_000, 3)) take(line);
  if (wanted('startup')) for (const files of [1, 1_000]) take(await startup(join(folder, 'startup'), BIN, files, 21));
  if (wanted('pace')) for (const line of await pace()) take(line);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${table(lines)}\n`);
