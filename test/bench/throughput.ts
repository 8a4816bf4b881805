import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG } from '../cli/harness.ts';
import { measure, median, type Line } from './measure.ts';
import { startServer } from './server.ts';

const CONCURRENCY = 32;

/** `run` with every intent and outcome durable, against the script without a ledger; the same server, run by run in turn. */
export async function throughput(folder: string, bin: string, rows: number, rounds: number): Promise<Line> {
  const file = join(folder, 'batches', 'bench.csv');
  mkdirSync(join(folder, 'batches'), { recursive: true });
  const lines = Array.from(
    { length: rows },
    (_, at) => `EMP-${at},Person ${at},100.50,+2547${String(20_000_000 + at * 10 + 9)}`,
  );
  writeFileSync(file, ['id,name,amount,mobile', ...lines, ''].join('\n'));
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const who of ['naive', 'payrun'] as const) {
      const server = await startServer();
      try {
        for (const name of readdirSync(folder)) if (name.startsWith('payrun.db')) rmSync(join(folder, name));
        const config = CONFIG.replaceAll('ENDPOINT', server.endpoint).replace(
          /limits:.*/,
          `limits: { rate: 1000000/s, concurrency: ${CONCURRENCY} }`,
        );
        writeFileSync(join(folder, 'payrun.yaml'), config);
        const env = { SELLAPAY_API_KEY: 'key', SELLAPAY_API_SECRET: 'secret' };
        const args =
          who === 'payrun'
            ? [bin, 'run', file, '--quiet']
            : [
                join(import.meta.dirname, 'naive.ts'),
                file,
                server.endpoint,
                String(CONCURRENCY),
                join(folder, 'out.csv'),
              ];
        const measured = await measure(args, folder, env);
        const booked = await server.bookings();
        if (measured.code !== 0 || booked !== rows)
          throw new Error(`${who}: exit ${measured.code}, ${booked} booked: ${measured.stderr}`);
        (who === 'payrun' ? ours : theirs).push((rows / measured.wallMs) * 1_000);
      } finally {
        await server.close();
      }
    }
  }
  const ratio = median(ours.map((rate, at) => rate / (theirs[at] ?? rate)));
  return {
    what: `run, ${rows} rows, whole process`,
    ours: `${median(ours).toFixed(0)} rows/s`,
    theirs: `${median(theirs).toFixed(0)} rows/s (script without ledger)`,
    ratio: ratio.toFixed(2),
    target: '>= 0.90',
    met: ratio >= 0.9,
  };
}
