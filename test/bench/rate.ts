/**
 * node test/bench/rate.ts [COUNT/SECONDS/PAYMENTS…] [--seed N]: how much of a provider's rate is used, against a server that
 * counts strictly. Without arguments 100 in 60 s and 5 in 1 s side by side, in two minutes. With few windows chance weighs more:
 * `5/1/100` takes 23 seconds, and its ratio is anything from 1.01 to 1.06.
 */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Rate } from '../../src/domain/limits.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { execute } from '../../src/execute/execute.ts';
import { openRateLimiter } from '../../src/limits/rate-limiter.ts';
import { systemClock } from '../../src/operations/session/system.ts';
import { seeded } from '../../src/simulator/kit/random.ts';
import { LOCK, StagedLedger } from '../execute/staged-ledger.ts';
import type { Line } from './measure.ts';
import type { WorkloadFactory } from './workload.ts';

export interface RateCase {
  readonly rate: Rate;
  readonly payments: number;
}

/** The same in the build's own checkout, as a process: `bin` tells where it stands. The figure is the ratio to the least time. */
export function rateUseOf(one: string): WorkloadFactory {
  return (_folder, bin) => {
    const bench = join(dirname(bin), '../../test/bench');
    // Builds before this file had its name call it pace.ts.
    const script = [join(bench, 'rate.ts'), join(bench, 'pace.ts')].find((file) => existsSync(file));
    if (script === undefined) throw new Error(`There is no rate.ts in ${bench}.`);
    return Promise.resolve({
      name: `rate ${one}`,
      sample: () => {
        // The script prints one line with "ratio R"; a build that a server refused a request ends with exit 1.
        const result = spawnSync(process.execPath, [script, one], { encoding: 'utf8' });
        const ratio = Number(/ratio ([0-9.]+)/.exec(result.stdout)?.[1]);
        if (!/, 0 refused/.test(result.stdout) || Number.isNaN(ratio)) throw new Error(result.stdout + result.stderr);
        return Promise.resolve({ 'ratio to the least time': ratio });
      },
    });
  };
}

export interface RateMeasure extends RateCase {
  /** Requests that the server refused, each of them one too many in some window. */
  readonly refused: number;
  readonly makespanMs: number;
  readonly leastMs: number;
  readonly ratio: number;
}

const LEAST_LATENCY_MS = 20;
const MOST_LATENCY_MS = 300;
const RATIO_MOST = 1.05;
const CASES: readonly RateCase[] = [
  { rate: { count: 100, windowMs: 60_000 }, payments: 300 },
  { rate: { count: 5, windowMs: 1_000 }, payments: 500 },
];

/** For the table of `npm run bench`. */
export async function rateUse(cases: readonly RateCase[] = CASES, seed = 1): Promise<Line[]> {
  const measures = await Promise.all(cases.map((one, index) => measureRate(one, seed + index)));
  return measures.map(({ rate, payments, refused, makespanMs, leastMs, ratio }) => ({
    what: `${payments} payments at ${rate.count} in ${rate.windowMs / 1000} s, ${refused} refused`,
    ours: `${(makespanMs / 1000).toFixed(2)} s`,
    theirs: `${(leastMs / 1000).toFixed(2)} s`,
    ratio: ratio.toFixed(4),
    target: `≤ ${RATIO_MOST}, none refused`,
    met: ratio <= RATIO_MOST && refused === 0,
  }));
}

/** Pays `payments` over real HTTP on loopback with the real rate limiter and the real execution; only the ledger is in memory. */
export async function measureRate({ rate, payments }: RateCase, seed: number): Promise<RateMeasure> {
  const server = await strictServer(rate, seed);
  const ledger = new StagedLedger(payments);
  const signal = new AbortController().signal;
  const common = { ledger, clock: systemClock, signal };
  const limiter = await openRateLimiter({
    ...common,
    lock: LOCK,
    host: 'desk',
    provider: 'strict',
    limits: {
      concurrency: rate.count,
      budgets: [{ name: 'payout', scope: 'account', rates: [rate] }],
      payoutBudget: 'payout',
      documentedRates: [rate],
    },
    overrides: { rates: null, concurrency: null },
  });
  const started = performance.now();
  const result = await execute({
    ...common,
    lock: LOCK,
    batch: 'payroll',
    provider: { prepare: () => Promise.resolve({ kind: 'ready' }), submit: () => submit(server.url) },
    concurrency: limiter.concurrency,
    limiter,
    by: 'bench',
  });
  const makespanMs = performance.now() - started;
  const refused = server.refused();
  await server.close();
  if (result.counts.paid !== payments) throw new Error(`${result.counts.paid} of ${payments} were paid`);
  const leastMs = leastMakespanMs(rate, payments);
  return { rate, payments, refused, makespanMs, leastMs, ratio: makespanMs / leastMs };
}

/**
 * The least that a sender can need which does not know when within a round trip its requests are counted: all windows but the
 * last have to pass, each some latency longer. The tail is the last window's requests, sent together: the slowest of `last`
 * answers, of which latencies spread evenly between least and most are expected to reach `last / (last + 1)` of the spread.
 */
function leastMakespanMs({ count, windowMs }: Rate, payments: number): number {
  const windows = Math.floor((payments - 1) / count);
  const last = payments - windows * count;
  const meanMs = (LEAST_LATENCY_MS + MOST_LATENCY_MS) / 2;
  const tailMs = LEAST_LATENCY_MS + ((MOST_LATENCY_MS - LEAST_LATENCY_MS) * last) / (last + 1);
  return windows * (windowMs + meanMs - LEAST_LATENCY_MS) + tailMs;
}

async function submit(url: string): Promise<Outcome> {
  const response = await fetch(url, { method: 'POST' });
  await response.arrayBuffer();
  const evidence = { code: String(response.status), reason: 'As the server said.' };
  return response.status === 429 ? { kind: 'throttled', evidence, waitMs: 0 } : { kind: 'paid', evidence };
}

/** Counts each request half its latency after it arrived, and answers the other half later. */
async function strictServer(
  { count, windowMs }: Rate,
  seed: number,
): Promise<{ readonly url: string; refused(): number; close(): Promise<void> }> {
  const random = seeded(seed);
  const counted: number[] = [];
  let refused = 0;
  const server = createServer((request, response) => {
    const halfMs = (LEAST_LATENCY_MS + random() * (MOST_LATENCY_MS - LEAST_LATENCY_MS)) / 2;
    request.resume();
    setTimeout(() => {
      const at = performance.now();
      // Both ends of the window belong to it: the strictest reading of "N in any window".
      while (counted[0] !== undefined && counted[0] < at - windowMs) counted.shift();
      counted.push(at);
      const isTooMany = counted.length > count;
      if (isTooMany) refused += 1;
      setTimeout(() => response.writeHead(isTooMany ? 429 : 200).end(), halfMs);
    }, halfMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    refused: () => refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readCase(text: string): RateCase {
  const [count, seconds, payments] = text.split('/').map(Number);
  if (!count || !seconds || !payments) throw new Error(`not COUNT/SECONDS/PAYMENTS: ${text}`);
  return { rate: { count, windowMs: seconds * 1000 }, payments };
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const at = args.indexOf('--seed');
  const seed = at === -1 ? 1 : Number(args[at + 1]);
  const cases = (at === -1 ? args : args.toSpliced(at, 2)).map(readCase);
  for (const line of await rateUse(cases.length > 0 ? cases : CASES, seed)) {
    console.log(`${line.what}: ${line.ours}, least ${line.theirs}, ratio ${line.ratio} (${line.target})`);
    if (!line.met) process.exitCode = 1;
  }
}
