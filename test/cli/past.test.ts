import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliver, resultAbout, spooled } from './callback-files.ts';
import { BIN, CONFIG, csvOf, phoneOf, Project, startCli, type Ended } from './harness.ts';
import { pesawayProject, serve } from './pesaway-project.ts';

let state = '';
let project: Project;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'payrun-state-'));
  project = await Project.open({ env: { XDG_STATE_HOME: state } });
});
afterEach(async () => {
  await project.close();
  await rm(state, { recursive: true, force: true });
});

/** Every file of the ledger, by what stands behind its name: what a person copies, deletes or forgets. */
const files = (): readonly string[] =>
  readdirSync(project.dir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith('payrun.db'))
    .map(({ name }) => name.slice('payrun.db'.length));

const path = (end = ''): string => join(project.dir, `payrun.db${end}`);

async function paid(batch: string, prefix: string): Promise<void> {
  await project.write(`batches/${batch}.csv`, csvOf(3, phoneOf(prefix)).replaceAll('EMP', batch));
  expect((await project.run('run', `batches/${batch}.csv`)).code).toBe(0);
}

/** A run that is killed when the provider has booked so many payments: its write-ahead log stays. */
async function killedRun(batch: string, prefix: string): Promise<void> {
  await project.write(`batches/${batch}.csv`, csvOf(200, phoneOf(prefix)).replaceAll('EMP', batch));
  const booked = project.book().length;
  const started = project.start(['run', `batches/${batch}.csv`]);
  await until(() => project.book().length >= booked + 20);
  started.child.kill('SIGKILL');
  await started.ended;
  expect(statSync(path('-wal')).size).toBeGreaterThan(0);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Every command that could send or that would show an old state, and what the provider saw of them. */
async function refused(...words: readonly string[]): Promise<Ended> {
  const [booked, { requests }] = [project.book().length, project.simulator.stats()];
  const commands = [['run', 'batches/'], ['settle'], ['retry', 'november'], ['status'], ['report', 'november']];
  const log = statSync(path('-wal'), { throwIfNoEntry: false })?.size;
  let last: Ended | null = null;
  for (const command of commands) {
    const ended = await project.run(...command);
    expect([command, ended.code, ended.stderr]).toEqual([command, 6, ended.stderr]);
    expect(ended.stderr).not.toContain('bug of ours');
    expect(statSync(path('-wal'), { throwIfNoEntry: false })?.size).toBe(log);
    for (const word of words) expect(ended.stderr).toContain(word);
    last = ended;
  }
  expect(project.book()).toHaveLength(booked);
  expect(project.simulator.stats().requests).toBe(requests);
  if (last === null) throw new Error('no command was run');
  return last;
}

function keep(ends: readonly string[] = files()): ReadonlyMap<string, Buffer> {
  return new Map(ends.filter((end) => existsSync(path(end))).map((end) => [end, readFileSync(path(end))]));
}

/** What `mv` does with the old file, or `cp` onto it: the file keeps its inode, and its bytes are others. */
function replace(bytes: Buffer | undefined, how: string): void {
  writeFileSync(path(how === 'in place' ? '' : '.new'), bytes ?? '');
  if (how !== 'in place') renameSync(path('.new'), path());
}

function putBack(kept: ReadonlyMap<string, Buffer>): void {
  for (const end of files()) rmSync(path(end), { force: true });
  for (const [end, bytes] of kept) writeFileSync(path(end), bytes, { mode: 0o600 });
}

describe('a ledger that went back in time', () => {
  it('is refused when a copy is put back, with its mark or without, and goes on when the newest is back', async () => {
    await paid('november', '0712');
    const old = keep();
    await paid('december', '0722');
    const newest = keep();
    putBack(old);
    await refused('payrun recover', 'went back in time');
    putBack(new Map([['', old.get('') ?? Buffer.alloc(0)], ['.mark', newest.get('.mark') ?? Buffer.alloc(0)]])); // prettier-ignore
    await refused('payrun recover', 'went back in time');
    putBack(newest);
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(project.book()).toHaveLength(6);
  });

  it('is refused when a copy was put back on a machine whose state folder is new, by the mark that stayed', async () => {
    await paid('november', '0712');
    const old = keep(['']);
    await paid('december', '0722');
    writeFileSync(path(), old.get('') ?? '');
    await rm(state, { recursive: true });
    await refused('payrun.db.mark');
  });

  it('is refused by its reports when both marks went back too', async () => {
    await paid('november', '0712');
    await project.run('run', 'batches/november.csv');
    const old = keep();
    await project.write('batches/december.csv', csvOf(3, phoneOf('0722')).replaceAll('EMP', 'D'));
    expect((await project.run('run', 'batches/')).code).toBe(0);
    putBack(old);
    await rm(state, { recursive: true });
    await refused('december', 'reports');
  });

  it('is refused when it comes alone, and accepted with its mark on another machine', async () => {
    await paid('november', '0712');
    rmSync(path('.mark'));
    await rm(state, { recursive: true });
    await refused('came alone');
    await paidElsewhere();
  });

  it('is refused when its write-ahead log was deleted, shortened, or damaged in one byte', async () => {
    await killedRun('november', '0712');
    const killed = keep();
    const log = killed.get('-wal') ?? Buffer.alloc(0);
    putBack(new Map([...killed].filter(([end]) => end !== '-wal' && end !== '-shm')));
    await refused();
    putBack(new Map([...killed, ['-wal', log.subarray(0, Math.floor(log.length / 2))]]));
    await refused('went back in time');
    const damaged = Buffer.from(log);
    damaged.writeUInt8(damaged.readUInt8(Math.floor(log.length / 3)) ^ 1, Math.floor(log.length / 3));
    putBack(new Map([...killed, ['-wal', damaged]]));
    await refused('went back in time');
    putBack(killed);
    expect((await project.run('run', 'batches/')).code).not.toBe(6);
    expect(new Set(project.book().map(({ reference }) => reference)).size).toBe(project.book().length);
  });

  it('is refused when an older file met a newer write-ahead log', async () => {
    await paid('october', '0732');
    const old = keep(['']);
    await paid('november', '0712');
    await killedRun('december', '0722');
    writeFileSync(path(), old.get('') ?? '');
    rmSync(path('-shm'), { force: true });
    await refused();
  });

  it('is refused when its write-ahead log is of another ledger', async () => {
    await killedRun('november', '0712');
    const other = await Project.open({ env: { XDG_STATE_HOME: state } });
    try {
      const mine = project;
      project = other;
      await killedRun('december', '0722');
      const log = readFileSync(path('-wal'));
      project = mine;
      writeFileSync(path('-wal'), log);
      rmSync(path('-shm'), { force: true });
      await refused();
    } finally {
      await other.close();
    }
  });

  async function paidElsewhere(): Promise<void> {
    const other = await Project.open({ env: { XDG_STATE_HOME: state } });
    try {
      const mine = project;
      project = other;
      await paid('november', '0712');
      const moved = await mkdtemp(join(tmpdir(), 'payrun-moved-'));
      cpSync(other.dir, moved, { recursive: true });
      const elsewhere = { XDG_STATE_HOME: join(moved, '.state'), SELLAPAY_API_KEY: 'k', SELLAPAY_API_SECRET: 's' };
      expect((await startCli(['run', 'batches/november.csv'], moved, elsewhere).ended).code).toBe(0);
      expect(existsSync(join(moved, '.state/payrun'))).toBe(true);
      await rm(moved, { recursive: true });
      project = mine;
    } finally {
      await other.close();
    }
  }
});

describe('a ledger that is gone, or another one', () => {
  it('is not made anew after rm payrun.db*, with its reports or without', async () => {
    await paid('november', '0712');
    for (const end of files()) rmSync(path(end), { force: true });
    await refused('payrun recover');
    await rm(join(project.dir, 'reports'), { recursive: true });
    await refused('payrun recover');
    expect(existsSync(path())).toBe(false);
  });

  it('is not made anew in a clone that has reports and batches without it', async () => {
    await paid('november', '0712');
    const clone = await mkdtemp(join(tmpdir(), 'payrun-clone-'));
    try {
      await cp(project.dir, clone, { recursive: true, filter: (from) => !from.includes('payrun.db') });
      const elsewhere = { XDG_STATE_HOME: join(clone, '.state'), SELLAPAY_API_KEY: 'k', SELLAPAY_API_SECRET: 's' };
      const ended = await startCli(['run', 'batches/'], clone, elsewhere).ended;
      expect(ended.code).toBe(6);
      expect(ended.stderr).toContain('november');
      expect(project.book()).toHaveLength(3);
      expect((await startCli(['validate', 'batches/'], clone, elsewhere).ended).code).toBe(0);
    } finally {
      await rm(clone, { recursive: true });
    }
  });

  it('is not taken for the right one when ledger: points elsewhere', async () => {
    await paid('november', '0712');
    await configure((text) => text.replace('sqlite:payrun.db', 'sqlite:other.db'));
    await refused('november', 'other.db');
    expect(existsSync(join(project.dir, 'other.db'))).toBe(false);
  });

  it('is refused when another ledger knows the batch by name', async () => {
    await paid('november', '0712');
    await configure((text) => text.replace('sqlite:payrun.db', 'sqlite:other.db').replace('reports: reports', 'reports: r2')); // prettier-ignore
    expect((await project.run('run', 'batches/november.csv', '--batch', 'november')).code).toBe(0);
    await configure((text) => text.replace('sqlite:payrun.db', 'sqlite:other.db'));
    const booked = project.book().length;
    const ended = await project.run('retry', 'november');
    expect(ended.code).toBe(6);
    expect(project.book()).toHaveLength(booked);
  });

  it('is refused with another organisation, and both are named', async () => {
    await paid('november', '0712');
    await configure((text) => text.replace('organisation: acme-ke', 'organisation: other-ke'));
    await refused('acme-ke', 'other-ke');
  });

  it('may be thrown away and made anew where only the simulator was paid', async () => {
    const simulated = CONFIG.replace('endpoint: ENDPOINT', 'endpoint: simulator').replace(/ +credentials:.*\n/, '');
    for (let time = 0; time < 2; time++) {
      await project.write('payrun.yaml', simulated);
      await project.write('batches/november.csv', csvOf(3));
      const ended = await project.run('run', 'batches/november.csv');
      expect([ended.code, ended.stderr]).toEqual([0, ended.stderr]);
      for (const end of files()) rmSync(path(end), { force: true });
      rmSync(path('.sim'), { recursive: true, force: true });
    }
  });

  async function configure(change: (text: string) => string): Promise<void> {
    await project.write('payrun.yaml', change(CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint)));
  }
});

describe('the file of a ledger', () => {
  it('is refused under two names', async () => {
    await paid('november', '0712');
    linkSync(path(), join(project.dir, 'second.db'));
    await refused('hard links');
  });

  const alone = 'touch "$0" 2>/dev/null; mount --bind "$0" "$0" && exec "$@"';
  const canMount = spawnSync('unshare', ['-Urm', 'true']).status === 0;
  it.runIf(canMount)('is refused when it is mounted alone', async () => {
    await paid('november', '0712');
    await project.write('batches/december.csv', csvOf(3, phoneOf('0722')).replaceAll('EMP', 'D'));
    const command = ['unshare', '-Urm', 'sh', '-c', alone, path(), process.execPath, BIN, 'run', 'batches/'];
    expect(await project.script(command)).toBe(6);
    expect(project.book()).toHaveLength(3);
  });

  it.each(['by another file', 'in place'])('stops a run when it is replaced under it, %s', async (how) => {
    await project.close();
    project = await Project.open({ env: { XDG_STATE_HOME: state }, simulator: { latencyMs: { min: 20, max: 30 } } });
    await paid('september', '0742');
    const old = keep(['']);
    await paid('october', '0732');
    await project.write('batches/november.csv', csvOf(400));
    const started = project.start(['run', 'batches/november.csv']);
    await until(() => project.book().length >= 20);
    replace(old.get(''), how);
    const ended = await started.ended;
    expect([ended.code, ended.stderr]).toEqual([6, ended.stderr]);
    expect(ended.stderr).toContain('replaced');
    expect(project.book().length).toBeLessThan(406);
    await refused();
  });

  it.each(['-wal', '-shm'])('stops a run when its %s file is deleted under it', async (end) => {
    await project.close();
    project = await Project.open({ env: { XDG_STATE_HOME: state }, simulator: { latencyMs: { min: 20, max: 30 } } });
    await project.write('batches/november.csv', csvOf(400));
    const started = project.start(['run', 'batches/november.csv']);
    await until(() => project.book().length >= 20);
    rmSync(path(end));
    expect((await started.ended).code).toBe(6);
    expect(project.book().length).toBeLessThan(400);
    expect((await project.run('run', 'batches/')).code).not.toBe(1);
    expect(new Set(project.book().map(({ reference }) => reference)).size).toBe(project.book().length);
  });

  it.each(['by another file', 'in place'])(
    'ends serve when it is replaced %s, and no callback is lost',
    async (how) => {
      const { project: served, port } = await pesawayProject({
        env: { XDG_STATE_HOME: state },
        options: 'poll: [10m], poll_every: 10m, statement_after: 10m',
        faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 9999 }],
      });
      const sellapay = project;
      project = served;
      try {
        await project.write('batches/october.csv', csvOf(1, phoneOf('0732')).replaceAll('EMP', 'O'));
        await project.run('run', 'batches/', '--wait', '0s');
        const old = keep(['']);
        await project.write('batches/november.csv', csvOf(1));
        await project.run('run', 'batches/', '--wait', '0s');
        const [row = {}] = await project.report('november');
        const server = await serve(project, port);
        replace(old.get(''), how);
        const status = await deliver(port, resultAbout(row)).catch(() => 0);
        const ended = await server.ended;
        expect([ended.code, ended.stderr]).toEqual([6, ended.stderr]);
        // Acknowledged: then it waits in the spool, and is never lost.
        expect(status === 200 ? spooled(project).length : 1).toBe(1);
      } finally {
        project = sellapay;
        await served.close();
      }
    },
  );

  it('has its mark again when that is deleted under a run', async () => {
    await project.close();
    project = await Project.open({ env: { XDG_STATE_HOME: state }, simulator: { latencyMs: { min: 100, max: 120 } } });
    await project.write('batches/november.csv', csvOf(100));
    const started = project.start(['run', 'batches/november.csv']);
    await until(() => project.book().length >= 4);
    rmSync(path('.mark'));
    expect((await started.ended).code).toBe(0);
    expect(readFileSync(path('.mark'), 'utf8')).toMatch(/^[0-9a-f]{32} \d+\n$/);
  });
});

describe('the lock file of an account', () => {
  it('keeps a second run out although it was deleted while the first one pays', async () => {
    await project.close();
    project = await Project.open({ env: { XDG_STATE_HOME: state }, simulator: { latencyMs: { min: 100, max: 120 } } });
    await project.write('batches/november.csv', csvOf(300));
    await project.write('batches/december.csv', csvOf(2, phoneOf('0722')).replaceAll('EMP', 'D'));
    const started = project.start(['run', 'batches/november.csv']);
    await until(() => project.book().length >= 4);
    for (const end of files().filter((name) => name.startsWith('.hold-'))) rmSync(path(end), { force: true });
    const second = await project.run('run', 'batches/december.csv', '--wait', '0s');
    expect(second.code).toBe(5);
    expect(second.stderr).toContain('lock file');
    expect((await started.ended).code).toBe(0);
    expect(project.book()).toHaveLength(300);
    expect((await project.run('run', 'batches/december.csv')).code).toBe(0);
    expect(new Set(project.book().map(({ reference }) => reference)).size).toBe(302);
  });

  it('of a process that was killed keeps nobody out', async () => {
    await killedRun('november', '0712');
    for (const end of files().filter((name) => name.startsWith('.hold-'))) rmSync(path(end));
    await project.write('batches/december.csv', csvOf(2, phoneOf('0722')).replaceAll('EMP', 'D'));
    expect((await project.run('run', 'batches/december.csv')).code).toBe(0);
  });
});
