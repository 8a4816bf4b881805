/**
 * npm run bench [-- PART…]: measures payrun against what it replaces, both in one run, and prints a table of ratios.
 * npm run bench -- --against DIR [--pairs N] [PART…]: measures it against another build of payrun (a checkout in DIR, built
 * there), run by run in turn, and decides figure by figure. Parts: throughput, validation, workbook, reconcile and comparison (alone only), startup, rate,
 * callbacks (against another build only).
 * Nothing here is a test: a machine's speed proves nothing.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BIN } from '../cli/harness.ts';
import { callbacksOf } from './callbacks.ts';
import { comparison } from './comparison.ts';
import { compare, comparedTable, type ComparedFigure } from './compare.ts';
import { syncLatencyUs } from './disk.ts';
import { table, type Line } from './measure.ts';
import { rateUse, rateUseOf } from './rate.ts';
import { reconciliation } from './reconciliation.ts';
import { startup, startupOf } from './startup.ts';
import { throughput, throughputOf } from './throughput.ts';
import { validation, validationOf } from './validation.ts';
import { workbook, workbookOf } from './workbook.ts';
import type { WorkloadFactory } from './workload.ts';

const LEAST_PAIRS = 15;

const { values, positionals } = parseArgs({
  options: { against: { type: 'string' }, pairs: { type: 'string', default: String(LEAST_PAIRS) } },
  allowPositionals: true,
});
const wanted = (part: string): boolean => positionals.length === 0 || positionals.includes(part);
const folder = mkdtempSync(join(tmpdir(), 'payrun-bench-'));
try {
  process.stdout.write(`one durable 4 KiB write: ${syncLatencyUs(folder).toFixed(0)} µs\n`);
  if (values.against === undefined) await measureAlone();
  else await measureAgainst(resolve(values.against), Math.max(LEAST_PAIRS, Number(values.pairs)));
  process.stdout.write(`one durable 4 KiB write, at the end: ${syncLatencyUs(folder).toFixed(0)} µs\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureAlone(): Promise<void> {
  const lines: Line[] = [];
  const take = (line: Line): void => {
    lines.push(line);
    process.stderr.write(`${line.what}: ${line.ours} against ${line.theirs}, ${line.ratio} (${line.target})\n`);
  };
  if (wanted('throughput')) take(await throughput(join(folder, 'throughput'), BIN, 20_000, 3));
  if (wanted('validation'))
    for (const line of await validation(join(folder, 'validation'), BIN, 1_000_000, 3)) take(line);
  if (wanted('workbook')) for (const line of await workbook(join(folder, 'workbook'), BIN, 100_000, 3)) take(line);
  if (wanted('reconcile'))
    for (const line of await reconciliation(join(folder, 'reconcile'), BIN, 200_000, 3)) take(line);
  if (wanted('comparison'))
    for (const line of await comparison(join(folder, 'comparison'), BIN, 100_000, 5)) take(line);
  if (wanted('startup')) for (const files of [1, 1_000]) take(await startup(join(folder, 'startup'), BIN, files, 21));
  if (wanted('rate')) for (const line of await rateUse()) take(line);
  process.stdout.write(`${table(lines)}\n`);
}

/** @param other a checkout of payrun with `dist/` built and `node_modules/` installed. */
async function measureAgainst(other: string, pairs: number): Promise<void> {
  const bin = join(other, 'dist/cli/bin.js');
  if (!existsSync(bin)) throw new Error(`There is no ${bin}. Build that checkout first: npm ci && npm run build`);
  const parts: readonly (readonly [string, WorkloadFactory])[] = [
    ['throughput', throughputOf(20_000)],
    ['validation', validationOf(1_000_000)],
    ['workbook', workbookOf(100_000)],
    ['startup', startupOf(1)],
    ['startup', startupOf(1_000)],
    ['rate', rateUseOf('5/1/100')],
    ['callbacks', callbacksOf(20_000, 'serve')],
    ['callbacks', callbacksOf(20_000, 'run')],
  ];
  const figures: ComparedFigure[] = [];
  for (const [at, [part, factory]] of parts.entries()) {
    if (!wanted(part)) continue;
    const ours = await factory(join(folder, `ours-${at}`), BIN);
    const theirs = await factory(join(folder, `theirs-${at}`), bin);
    figures.push(...(await compare(ours, theirs, pairs)));
  }
  process.stdout.write(`${pairs} pairs\n${comparedTable(figures)}\n`);
  if (figures.some(({ decision }) => decision === 'worse')) process.exitCode = 1;
}
