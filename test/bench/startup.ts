import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG } from '../cli/harness.ts';
import { measure, median, wall, type Line } from './measure.ts';
import { startServer } from './server.ts';
import type { WorkloadFactory } from './workload.ts';

/** `run batches/` where every file was settled before. */
export function startupOf(files: number): WorkloadFactory {
  return async (folder, bin) => {
    await settleFiles(folder, bin, files);
    return {
      name: nameOf(files),
      sample: async () => ({ 'wall ms': await wall([bin, 'run', 'batches/'], folder) }),
    };
  };
}

/** `run batches/` with nothing to do, against the start of bare `node`, run by run in turn. */
export async function startup(folder: string, bin: string, files: number, rounds: number): Promise<Line> {
  await settleFiles(folder, bin, files);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const bare = await wall(['-e', '0'], folder);
    const nothing = await wall([bin, 'run', 'batches/'], folder);
    // The first round only warms the disk's cache.
    if (round === 0) continue;
    theirs.push(bare);
    ours.push(nothing);
  }
  const ratio = median(ours.map((ms, at) => ms / (theirs[at] ?? ms)));
  return {
    what: nameOf(files),
    ours: `${median(ours).toFixed(0)} ms`,
    theirs: `${median(theirs).toFixed(0)} ms (bare node)`,
    ratio: ratio.toFixed(2),
    target: '< 3.00',
    met: ratio < 3,
  };
}

function nameOf(files: number): string {
  return `run batches/, nothing to do, ${files} settled ${files === 1 ? 'file' : 'files'}`;
}

async function settleFiles(folder: string, bin: string, files: number): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'batches'), { recursive: true });
  const server = await startServer();
  try {
    const limits = 'limits: { rate: 1000000/s, concurrency: 4 }';
    const config = CONFIG.replaceAll('ENDPOINT', server.endpoint).replace(/limits:.*/, limits);
    writeFileSync(join(folder, 'payrun.yaml'), config);
    for (let n = 0; n < files; n++) {
      const phone = `+2547${String(20_000_000 + n * 10 + 9)}`;
      writeFileSync(join(folder, 'batches', `batch-${n}.csv`), `id,amount,mobile\nE${n},10.00,${phone}\n`);
    }
    const env = { SELLAPAY_API_KEY: 'key', SELLAPAY_API_SECRET: 'secret' };
    const settled = await measure([bin, 'run', 'batches/', '--quiet'], folder, env);
    if (settled.code !== 0) throw new Error(`settling ${files} files: exit ${settled.code}: ${settled.stderr}`);
  } finally {
    await server.close();
  }
}
