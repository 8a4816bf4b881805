import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG } from '../cli/harness.ts';
import { measure, median, type Line, type Measured } from './measure.ts';
import { startServer } from './server.ts';
import type { WorkloadFactory } from './workload.ts';

const CONCURRENCY = 32;
const ENV = { SELLAPAY_API_KEY: 'key', SELLAPAY_API_SECRET: 'secret' };

/** `run` of one new batch with every intent and outcome durable; the server is a process of its own, new for each run. */
export function throughputOf(rows: number): WorkloadFactory {
  return (folder, bin) => {
    const file = writeBatch(folder, rows);
    return Promise.resolve({
      name: `run, ${rows} rows`,
      sample: async () => {
        const { wallMs, cpuMs, peakMb } = await payOnce(folder, rows, () => [bin, 'run', file, '--quiet']);
        return { 'wall ms': wallMs, 'CPU µs per row': (cpuMs * 1_000) / rows, 'peak MB': peakMb };
      },
    });
  };
}

/** `run` against the script without a ledger; the same kind of server, run by run in turn. */
export async function throughput(folder: string, bin: string, rows: number, rounds: number): Promise<Line> {
  const file = writeBatch(folder, rows);
  const script = join(import.meta.dirname, 'naive.ts');
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const out = join(folder, 'out.csv');
    const naive = await payOnce(folder, rows, (endpoint) => [script, file, endpoint, String(CONCURRENCY), out]);
    const payrun = await payOnce(folder, rows, () => [bin, 'run', file, '--quiet']);
    theirs.push((rows / naive.wallMs) * 1_000);
    ours.push((rows / payrun.wallMs) * 1_000);
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

function writeBatch(folder: string, rows: number): string {
  const file = join(folder, 'batches', 'bench.csv');
  mkdirSync(join(folder, 'batches'), { recursive: true });
  const lines = Array.from(
    { length: rows },
    (_, at) => `EMP-${at},Person ${at},100.50,+2547${String(20_000_000 + at * 10 + 9)}`,
  );
  writeFileSync(file, ['id,name,amount,mobile', ...lines, ''].join('\n'));
  return file;
}

/** One payer, one new server and a ledger that does not exist yet. Throws unless every row was booked. */
async function payOnce(folder: string, rows: number, args: (endpoint: string) => readonly string[]): Promise<Measured> {
  const server = await startServer();
  try {
    for (const name of readdirSync(folder)) if (name.startsWith('payrun.db')) rmSync(join(folder, name));
    // What payrun keeps outside of its folder and in its reports goes with the ledger: a ledger that is gone is refused otherwise.
    const state = join(folder, 'state');
    for (const gone of [state, join(folder, 'reports')]) rmSync(gone, { recursive: true, force: true });
    const limits = `limits: { rate: 1000000/s, concurrency: ${CONCURRENCY} }`;
    const config = CONFIG.replaceAll('ENDPOINT', server.endpoint).replace(/limits:.*/, limits);
    writeFileSync(join(folder, 'payrun.yaml'), config);
    const command = args(server.endpoint);
    const measured = await measure(command, folder, { ...ENV, XDG_STATE_HOME: state });
    const booked = await server.bookings();
    if (measured.code === 0 && booked === rows) return measured;
    throw new Error(`${command.join(' ')}: exit ${measured.code}, ${booked} booked: ${measured.stderr}`);
  } finally {
    await server.close();
  }
}
