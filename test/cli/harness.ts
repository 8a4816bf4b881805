import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import {
  startSimulator,
  seeded,
  type BookEntry,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index.ts';

/** Where the processes of this test keep second copies of marks: never in the user's own folder. */
export const STATE_HOME = mkdtempSync(join(tmpdir(), 'payrun-state-'));
process.on('exit', () => rmSync(STATE_HOME, { recursive: true, force: true }));

/** The real command line, as built; `npm test` builds it first. */
export const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface ProjectOptions {
  readonly simulator?: Partial<SimulatorOptions>;
  /** Text of payrun.yaml; `ENDPOINT` stands for the simulator's address. */
  readonly config?: string;
  /** Of every process, besides Sellapay's credentials. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A payer's folder with a configuration, beside a simulator whose book outlives every process that the test starts. */
export class Project {
  readonly dir: string;
  readonly simulator: Simulator;

  private readonly env: Readonly<Record<string, string>>;

  private constructor(dir: string, simulator: Simulator, env: Readonly<Record<string, string>>) {
    this.env = env;
    this.dir = dir;
    this.simulator = simulator;
  }

  static async open(options: ProjectOptions = {}): Promise<Project> {
    const dir = await mkdtemp(join(tmpdir(), 'payrun-cli-'));
    const simulator = await startSimulator({
      provider: 'sellapay',
      now: Date.now,
      random: seeded(1),
      limits: null,
      dedupe: 'ignore',
      ...options.simulator,
    });
    const project = new Project(dir, simulator, options.env ?? {});
    await project.write('payrun.yaml', (options.config ?? CONFIG).replaceAll('ENDPOINT', simulator.endpoint));
    await mkdir(join(dir, 'batches'));
    return project;
  }

  async write(path: string, content: string | Uint8Array): Promise<string> {
    const full = join(this.dir, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, content);
    return full;
  }

  read(path: string): Promise<string> {
    return readFile(join(this.dir, path), 'utf8');
  }

  /** Rows of a batch's report.csv, by its header. */
  async report(batch: string): Promise<Record<string, string>[]> {
    return parse(await this.read(`reports/${batch}/report.csv`), { columns: true });
  }

  async errors(batch: string): Promise<Record<string, string>[]> {
    return parse(await this.read(`reports/${batch}/errors.csv`), { columns: true });
  }

  book(): readonly BookEntry[] {
    return this.simulator.book();
  }

  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    return this.startProgram([process.execPath, BIN, ...args], env);
  }

  /** Starts any program in the payer's folder, with the credentials in its environment. */
  startProgram(
    program: readonly string[],
    env: Readonly<Record<string, string>> = {},
    stdin: 'ignore' | 'pipe' = 'ignore',
  ): Started {
    const credentials = { SELLAPAY_API_KEY: 'key-of-the-test', SELLAPAY_API_SECRET: 'secret-of-the-test' };
    return startProgram(program, this.dir, { env: { ...credentials, ...this.env, ...env }, stdin });
  }

  /** Runs a command line with redirections; `line` follows the name of the command. */
  shell(line: string): Promise<number | null> {
    return this.script(['sh', '-c', `exec "${process.execPath}" "${BIN}" ${line}`]);
  }

  /** Runs a command in the payer's folder to its end, with credentials in its environment and its output thrown away. */
  async script([command = '', ...args]: readonly string[]): Promise<number | null> {
    const env = { ...process.env, SELLAPAY_API_KEY: 'key-of-the-test', SELLAPAY_API_SECRET: 'secret-of-the-test' };
    const child = spawn(command, args, { cwd: this.dir, env, stdio: 'ignore' });
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  }

  async close(): Promise<void> {
    await this.simulator.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

export function startCli(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Started {
  return startProgram([process.execPath, BIN, ...args], cwd, { env, stdin: 'ignore' });
}

function startProgram(
  [command = '', ...args]: readonly string[],
  cwd: string,
  { env, stdin }: { readonly env: Readonly<Record<string, string>>; readonly stdin: 'ignore' | 'pipe' },
): Started {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? cwd, XDG_STATE_HOME: STATE_HOME, ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Without rate limits: these tests do not check the rate. */
export const CONFIG = `
organisation: acme-ke
ledger: sqlite:payrun.db
batches: batches
reports: reports
timezone: Africa/Nairobi
accounts:
  demo:
    provider: sellapay
    endpoint: ENDPOINT
    currency: KES
    credentials: { api_key: "\${SELLAPAY_API_KEY}", api_secret: "\${SELLAPAY_API_SECRET}" }
    options: { authorize_rate: 1000/s }
    limits: { rate: 1000/s, concurrency: 4 }
defaults:
  - match: "*.csv"
    account: demo
`;

/** Numbers that end in 9, since some other endings are the simulator's magic. */
export function phoneOf(prefix: string): (n: number) => string {
  return (n) => `${prefix}${String(200_009 + n * 10)}`;
}

/** A CSV of mobile payments: EMP-1 … EMP-n, 100.00 each plus its number in cents. */
export function csvOf(count: number, phone: (n: number) => string = phoneOf('0712')): string {
  const rows = Array.from({ length: count }, (_, at) => {
    const n = at + 1;
    return `EMP-${n},Person ${n},100.${String(n % 100).padStart(2, '0')},${phone(n)}`;
  });
  return ['id,name,amount,mobile', ...rows, ''].join('\n');
}
