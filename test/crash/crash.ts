import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFaults, seeded, startSimulator, type Simulator, type WireEvent } from '../../src/simulator/index.ts';
import { audit, type AuditResult } from './audit.ts';
import { Copies } from './copies.ts';
import { draftRows, dropBatch, type BatchFile } from './files.ts';
import { leaks } from './privacy.ts';
import type { Payer } from './payers.ts';
import { TOKEN } from './settling-payers.ts';
import { live, Wire, type Life, type Trigger } from './lives.ts';

export interface CrashOptions {
  readonly payer: Payer;
  readonly seed: number;
  /** Kills that must hit a living process. */
  readonly kills: number;
  /** Payments to begin with; more are dropped when they run out before the kills do. */
  readonly rows: number;
  /** Chance that two processes are started at once. */
  readonly pairs: number;
  /** Copies and renames of the files between lives. */
  readonly copies: boolean;
  /** Path of the built command line. */
  readonly cli: string;
  readonly log: (line: string) => void;
}

export interface CrashResult extends AuditResult {
  readonly lives: readonly Life[];
  readonly kills: number;
  /** Kills at which the provider was working on at least one payout. */
  readonly killsInFlight: number;
  readonly rows: number;
  readonly booked: number;
  /** Kept when something was found. */
  readonly folder: string;
}

const CONCURRENCY = 8;
/** How often the last run is repeated until nothing more is learnt. */
const LAST_RUNS = 6;

/**
 * Kills the real command line at random moments, again and again, lets it finish once, and compares its reports with the
 * book of a provider that would pay every repeated reference twice.
 */
export async function crash(options: CrashOptions): Promise<CrashResult> {
  const folder = await mkdtemp(join(tmpdir(), 'crash-'));
  const world = await openWorld(options, folder);
  try {
    await killAgainAndAgain(world);
    await world.copies.restore();
    const last = await finish(world);
    const payouts = world.events.length;
    const idle = await liveOnce(world, null, ['run', 'batches/', '--json', '--wait', '5s']);
    const problems = [...exitProblems(world), ...lastProblems(world, last, idle)];
    if (world.events.length !== payouts) problems.push('a run after the last run sent payouts');
    const refusals = world.copies.check(last.stdout);
    const batches = world.files.map((file) => world.copies.registered(file, last.stdout));
    const reports = join(folder, 'reports');
    const book = world.simulator.book();
    const { events, spoilt, lives } = world;
    const found = await audit({
      payer: options.payer,
      reports,
      batches,
      book,
      events,
      spoilt,
      lives,
      concurrency: CONCURRENCY,
    });
    const leaked = await leaks(folder, options.payer.secret, lives);
    return await summarise(world, [...problems, ...refusals, ...found.problems, ...leaked], found.statuses);
  } finally {
    await world.simulator.close();
  }
}

interface World {
  readonly options: CrashOptions;
  readonly folder: string;
  readonly random: () => number;
  readonly simulator: Simulator;
  readonly wire: Wire;
  readonly events: WireEvent[];
  readonly spoilt: Set<string>;
  readonly lives: Life[];
  readonly files: BatchFile[];
  readonly copies: Copies;
  /** How many processes were started, and how often two at once. */
  born: number;
  pairs: number;
}

async function openWorld(options: CrashOptions, folder: string): Promise<World> {
  const random = seeded(options.seed);
  const wire = new Wire();
  const events: WireEvent[] = [];
  const spoilt = new Set<string>();
  const faultOf = randomFaults(options.payer.odds, seeded(options.seed + 1));
  const callbacksAt = `127.0.0.1:${await freePort()}`;
  const simulator = await startSimulator({
    provider: options.payer.provider,
    now: () => Date.now(),
    random: seeded(options.seed + 2),
    balance: '1000000000',
    limits: null,
    latencyMs: { min: 2, max: 40 },
    ...options.payer.simulator,
    callbackOrigin: `http://${callbacksAt}`,
    faults: (request) => {
      const fault = faultOf(request);
      if (fault !== null && fault.kind !== 'expire-tokens') spoilt.add(request.reference);
      return fault;
    },
    observe: (event) => {
      if (event.reference === '') return;
      events.push(event);
      wire.emit(event);
    },
  });
  await mkdir(join(folder, 'batches'));
  await writeFile(join(folder, 'payrun.yaml'), configuration(options.payer, simulator.endpoint, callbacksAt));
  const copies = new Copies(join(folder, 'batches'), options.copies, random);
  return { options, folder, random, simulator, wire, events, spoilt, lives: [], files: [], copies, born: 0, pairs: 0 };
}

/** Everything that can be passed in the middle of a run: the callbacks' listener too, which two runs cannot both have. */
function configuration(payer: Payer, endpoint: string, callbacksAt: string): string {
  return `organisation: crash
ledger: sqlite:payrun.db
batches: batches
reports: reports
timezone: Africa/Nairobi
callbacks: { listen: "${callbacksAt}", public_url: "http://${callbacksAt}" }
accounts:
  demo:
    ${payer.account(endpoint)},
      callback_token: ${TOKEN}, limits: { rate: 1000/s, concurrency: ${CONCURRENCY} } }
defaults:
  - match: "*.csv"
    account: demo
    currency: ${payer.currency}
`;
}

/** Runs to the end, and again while there is something to learn: what was lost is asked about after a while. */
async function finish(world: World): Promise<Life> {
  let last = await liveOnce(world, null, ['run', 'batches/', '--json', '--wait', '5s']);
  for (let times = 1; times < LAST_RUNS && world.options.payer.resends; times++) {
    const before = countsIn(last.stdout);
    last = await liveOnce(world, null, ['run', 'batches/', '--json', '--wait', '5s']);
    if (countsIn(last.stdout) === before && !/"(unknown|pending)":/.test(before)) break;
  }
  return last;
}

function countsIn(stdout: string): string {
  const document = JSON.parse(stdout) as { batches: { counts: Record<string, number> }[] };
  return JSON.stringify(document.batches.map(({ counts }) => counts));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function killAgainAndAgain(world: World): Promise<void> {
  const { options, lives, random } = world;
  const { kills, rows, pairs } = options;
  // Every third kill finds a new file, so that kills also hit its checking and its registration.
  const rowsPerFile = Math.max(4, Math.round(rows / Math.max(1, kills / 3)));
  const livesMax = kills * 4 + 20;
  for (let killed = 0; killed < kills && lives.length < livesMax;) {
    const sent = new Set(world.events.map((event) => event.reference)).size;
    const dropped = world.files.reduce((sum, file) => sum + file.rows.length, 0);
    // What was claimed and killed unsent never comes, so a process that came to its end says more than the count.
    const isIdle = lives.at(-1)?.wasKilled === false;
    if (isIdle || dropped - sent < rowsPerFile / 2) await dropNext(world, rowsPerFile);
    await world.copies.stir(world.files);
    const wait = random() < 0.5 ? '0s' : '2s';
    const args = ['run', 'batches/', '--quiet', '--wait', wait];
    // A test of few kills hits payouts in flight, and has two processes at once, all the same.
    const hits = lives.filter((life) => life.wasKilled && life.inFlightAtKill > 0).length;
    const first: Trigger =
      hits < (killed + 2) / 5 ? { kind: 'in-flight', delayMs: 0 } : triggerFor(random, rowsPerFile);
    const born = [liveOnce(world, first, args)];
    if (random() < pairs || (world.pairs === 0 && pairs > 0)) {
      const others = options.copies ? ['run', ...world.copies.namesBackwards(), ...args.slice(2)] : args;
      // Now and then the second one is left alone: it must take over what the first one leaves, and nothing else.
      born.push(liveOnce(world, random() < 0.25 ? null : triggerFor(random, rowsPerFile), others));
      world.pairs += 1;
    }
    for (const life of await Promise.all(born)) if (life.wasKilled) killed += 1;
  }
}

async function dropNext(world: World, count: number): Promise<void> {
  const at = world.files.length;
  const from = world.files.reduce((sum, file) => sum + file.rows.length, 0);
  const name = `batch-${String(at).padStart(3, '0')}`;
  world.files.push(
    await dropBatch(
      world.options.payer,
      join(world.folder, 'batches'),
      name,
      draftRows(world.options.payer, from, count),
      at,
    ),
  );
}

function triggerFor(random: () => number, rowsPerFile: number): Trigger {
  const kind = random();
  if (kind < 0.15) return { kind: 'early', delayMs: Math.floor(random() * 700) };
  if (kind < 0.3) return { kind: 'ledger', delayMs: Math.floor(random() * 120) };
  const steps = ['received', 'served', 'answered'] as const;
  const step = steps[Math.floor(random() * steps.length)] ?? 'received';
  const count = 1 + Math.floor(random() * rowsPerFile * 0.6);
  // Half of them at the very step, the others just after it.
  const delayMs = random() < 0.5 ? 0 : Math.floor(random() * 15);
  return { kind: 'wire', step, count, delayMs };
}

async function liveOnce(world: World, trigger: Trigger | null, args: readonly string[]): Promise<Life> {
  const { options, folder, wire, simulator } = world;
  const life = await live({
    number: (world.born += 1),
    cli: options.cli,
    args: [...args, '--config', 'payrun.yaml'],
    folder,
    env: { ...process.env, XDG_STATE_HOME: join(folder, '.state'), ...options.payer.env(simulator) },
    trigger,
    wire,
    inFlight: () => simulator.stats().payoutsInFlight,
  });
  world.lives.push(life);
  const end = life.wasKilled ? `killed, ${life.inFlightAtKill} in flight` : `exit ${life.exit ?? 'none'}`;
  options.log(`life ${life.number}: ${life.trigger}: ${end} after ${life.endedAt - life.startedAt} ms`);
  return life;
}

/** Whoever was not killed ended with a code that says: paid, some failed, or not finished. */
function exitProblems({ lives, options }: World): string[] {
  const allowed = options.copies ? [0, 3, 4, 5] : [0, 4, 5];
  return lives
    .filter((life) => !life.wasKilled && !allowed.includes(life.exit ?? -1))
    .map((life) => `life ${life.number} (${life.trigger}) ended with exit ${life.exit ?? 'none'}: ${life.stderr}`);
}

function lastProblems({ options }: World, last: Life, idle: Life): string[] {
  // Some rows fail; some may stay open (5), as Sellapay's banks always do; refused copies come before that.
  const wanted = options.copies ? [3, 4, 5] : [0, 4, 5];
  return [last, idle]
    .filter((life) => !wanted.includes(life.exit ?? -1))
    .map((life) => `the last run ended with exit ${life.exit ?? 'none'}: ${life.stderr}`);
}

async function summarise(world: World, found: string[], statuses: AuditResult['statuses']): Promise<CrashResult> {
  const { lives, folder, options, files, simulator } = world;
  const killed = lives.filter((life) => life.wasKilled);
  const killsInFlight = killed.filter((life) => life.inFlightAtKill > 0).length;
  const problems = [...found];
  // A check that looked at nothing is no check.
  if (killed.length < options.kills)
    problems.push(`only ${killed.length} of ${options.kills} kills hit a living process`);
  if (killsInFlight < options.kills / 5) problems.push(`only ${killsInFlight} kills hit a payout in flight`);
  if (options.pairs > 0 && world.pairs === 0) problems.push('no two processes ran at once');
  if (simulator.book().length === 0) problems.push('nothing was paid at all');
  if (problems.length === 0) await rm(folder, { recursive: true });
  const rows = files.reduce((sum, file) => sum + file.rows.length, 0);
  return {
    problems,
    statuses,
    lives,
    kills: killed.length,
    killsInFlight,
    rows,
    booked: simulator.book().length,
    folder,
  };
}
