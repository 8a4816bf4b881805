import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { freePort } from '../cli/pesaway-project.ts';
import { measure, node } from './measure.ts';
import { startCallbackProvider, type Server } from './server.ts';
import type { Workload, WorkloadFactory } from './workload.ts';

/** Which process receives the callbacks while a run pays: a `serve` beside the run, or the run itself. */
export type CallbackTaker = 'serve' | 'run';

const TOKEN = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const SECRET = 'callback-secret-of-the-benchmark';
const CONNECTIONS = 64;
/** More rows than the run can pay, at its rate, while the callbacks come. */
const PAID_MEANWHILE = 20_000;
const PAID_PER_SECOND = 300;
const ENV = { PW_KEY: 'ck', PW_SECRET: 'cs', PW_CALLBACK: SECRET };

/** A burst of callbacks about pending payments, beside a paying run: how long each durable acknowledgement takes, and /health. */
export function callbacksOf(count: number, taker: CallbackTaker): WorkloadFactory {
  return async (folder, bin): Promise<Workload> => {
    const place = { folder, bin, ports: { provider: await freePort(), callbacks: await freePort() } };
    await prepare(place, count);
    return { name: `${count} callbacks taken by ${taker}`, sample: () => burst(place, count, taker) };
  };
}

interface BenchPlace {
  readonly folder: string;
  readonly bin: string;
  readonly ports: { readonly provider: number; readonly callbacks: number };
}

/** Pays a batch at a provider that never calls back, and keeps the folder as it is then for every sample. */
async function prepare({ folder, bin, ports }: BenchPlace, count: number): Promise<void> {
  const first = join(folder, 'first');
  mkdirSync(join(first, 'batches'), { recursive: true });
  writeFileSync(join(first, 'payrun.yaml'), configOf(ports, '1000000/s'));
  writeFileSync(join(first, 'batches', 'pending.csv'), rowsOf('PEN', count, '+25471'));
  const provider = await startCallbackProvider(ports.provider);
  try {
    const args = [bin, 'run', 'batches/pending.csv', '--quiet', '--wait', '0s'];
    const sent = await measure(args, first, { ...ENV, ...stateOf(first) });
    if (sent.code !== 5) throw new Error(`sending ${count} payments: exit ${sent.code}: ${sent.stderr}`);
  } finally {
    await provider.close();
  }
  writeFileSync(join(first, 'payrun.yaml'), configOf(ports, `${PAID_PER_SECOND}/s`));
  writeFileSync(join(first, 'batches', 'paid-meanwhile.csv'), rowsOf('NEW', PAID_MEANWHILE, '+25472'));
  const report = readFileSync(join(first, 'reports', 'pending', 'report.csv'), 'utf8');
  const rows = parse<Record<string, string>>(report, { columns: true });
  writeFileSync(join(folder, 'callbacks.txt'), `${rows.map(callbackLine).join('\n')}\n`);
}

async function burst({ folder, bin, ports }: BenchPlace, count: number, taker: CallbackTaker) {
  const work = join(folder, 'work');
  rmSync(work, { recursive: true, force: true });
  cpSync(join(folder, 'first'), work, { recursive: true });
  const provider = await startCallbackProvider(ports.provider);
  const running: ChildProcess[] = [];
  const start = (...args: readonly string[]): void => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: work, ...ENV, ...stateOf(work) };
    running.push(spawn(node, [bin, ...args, '--quiet'], { cwd: work, env, stdio: 'ignore' }));
  };
  try {
    if (taker === 'serve') {
      start('serve');
      await listening(ports.callbacks);
    }
    start('run', 'batches/paid-meanwhile.csv', '--wait', '0s');
    await listening(ports.callbacks);
    await paying(provider);
    const sent = await send(join(folder, 'callbacks.txt'), ports.callbacks);
    if (sent.acknowledged !== count) throw new Error(`${sent.acknowledged} of ${count} callbacks were acknowledged`);
    const health = [...sent.healthMs].sort((a, b) => a - b);
    return {
      'ms per 1000': (sent.wallMs / count) * 1_000,
      'p99 of /health, ms': health[Math.floor(health.length * 0.99)] ?? Number.NaN,
    };
  } finally {
    for (const child of running) await ended(child);
    await provider.close();
  }
}

async function send(file: string, port: number) {
  const args = [join(import.meta.dirname, 'callback-sender.ts'), file, String(port), `/callbacks/${TOKEN}`];
  const child = spawn(node, [...args, String(CONNECTIONS)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(text) as { acknowledged: number; wallMs: number; healthMs: number[] };
}

async function listening(port: number): Promise<void> {
  for (const deadline = Date.now() + 60_000; ;) {
    const isThere = await fetch(`http://127.0.0.1:${port}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isThere) return;
    if (Date.now() > deadline) throw new Error('nothing takes the callbacks');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Resolves when the run has begun to pay. */
async function paying(provider: Server): Promise<void> {
  for (const deadline = Date.now() + 60_000; (await provider.bookings()) === 0;) {
    if (Date.now() > deadline) throw new Error('the run does not pay');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** What payrun keeps outside of its folder goes back with the folder. */
function stateOf(folder: string): Readonly<Record<string, string>> {
  return { XDG_STATE_HOME: join(folder, 'state') };
}

function callbackLine(row: Readonly<Record<string, string>>): string {
  const body = JSON.stringify({
    ResultCode: 0,
    ResultDesc: 'Successful',
    TransactionID: row['provider_reference'],
    OriginatorReference: row['reference'],
    TransactionAmount: row['amount'],
  });
  return `${createHmac('sha256', SECRET).update(body).digest('base64')} ${body}`;
}

function rowsOf(id: string, count: number, prefix: string): string {
  const rows = Array.from(
    { length: count },
    (_, at) => `${id}-${at},Person ${at},100.50,${prefix}${String(1_000_009 + at * 10)}`,
  );
  return ['id,name,amount,mobile', ...rows, ''].join('\n');
}

function configOf(ports: BenchPlace['ports'], rate: string): string {
  return `
organisation: acme-ke
ledger: sqlite:payrun.db
callbacks: { listen: "127.0.0.1:${ports.callbacks}", public_url: https://pay.example.org }
accounts:
  demo:
    provider: pesaway
    endpoint: http://127.0.0.1:${ports.provider}
    currency: KES
    callback_token: ${TOKEN}
    credentials: { consumer_key: "\${PW_KEY}", consumer_secret: "\${PW_SECRET}", callback_secret: "\${PW_CALLBACK}" }
    options: { poll: [1h], poll_every: 1h, statement_after: 1h }
    limits: { rate: ${rate}, concurrency: 16 }
defaults:
  - match: "*.csv"
    account: demo
`;
}
