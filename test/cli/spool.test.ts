import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { callbacksIn, deliver, resultAbout, spooled } from './callback-files.ts';
import { BIN, csvOf, type Project, type Started } from './harness.ts';
import { freePort, pesawayProject, serve, TOKEN, until } from './pesaway-project.ts';

const running: Started[] = [];
let project: Project | null = null;
afterEach(async () => {
  for (const started of running.splice(0)) await kill(started);
  await project?.close();
  project = null;
});

async function kill({ child, ended }: Started): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

/** Pending payments at a PesaWay that neither calls back nor is asked. */
async function pendingPayments(
  count: number,
  options = 'poll: [10m], poll_every: 10m, statement_after: 10m',
): Promise<{ project: Project; port: number; rows: Record<string, string>[] }> {
  const opened = await pesawayProject({
    options,
    faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 9999 }],
  });
  project = opened.project;
  await opened.project.write('batches/november.csv', csvOf(count));
  expect((await opened.project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
  return { ...opened, rows: await opened.project.report('november') };
}

async function served(of: Project, port: number): Promise<Started> {
  const started = await serve(of, port);
  running.push(started);
  return started;
}

/** Locks the ledger against every writer, as a long registration by another process does. */
function lockedLedger(of: Project): DatabaseSync {
  const other = new DatabaseSync(join(of.dir, 'payrun.db'), { timeout: 10_000 });
  other.exec('BEGIN IMMEDIATE');
  return other;
}

const statuses = async (of: Project): Promise<(string | undefined)[]> =>
  (await of.report('november')).map((row) => row['status']);

const results = (of: Project): (string | null)[] => callbacksIn(of).map(({ result }) => result);

describe('callbacks while the ledger is locked', () => {
  it('are acknowledged, survive a kill, and are applied once each in their order', async () => {
    const { project, port, rows } = await pendingPayments(2);
    const [first = {}, second = {}] = rows;
    const server = await served(project, port);
    const other = lockedLedger(project);
    // The first final report wins, so that another order would show.
    const bodies = [resultAbout(first), resultAbout(first, { code: 1, words: 'Failed' }), resultAbout(second)];
    for (const body of bodies) expect(await deliver(port, body)).toBe(200);
    // A repeat, as of a provider that calls twice.
    expect(await deliver(port, resultAbout(second))).toBe(200);
    expect(spooled(project)).toHaveLength(4);
    await kill(server);
    other.close();
    await project.run('settle');
    expect(spooled(project)).toEqual([]);
    expect(results(project)).toEqual(['settled', 'contradicted', 'settled']);
    expect(await statuses(project)).toEqual(['paid', 'paid']);
    expect(callbacksIn(project).map(({ body }) => body)).toEqual(bodies);
  });

  it('are taken in by the same process as soon as the ledger is free', async () => {
    const { project, port, rows } = await pendingPayments(2);
    await served(project, port);
    const other = lockedLedger(project);
    for (const row of rows) expect(await deliver(port, resultAbout(row))).toBe(200);
    expect(spooled(project)).toHaveLength(2);
    other.close();
    await until('both are paid in the report', async () => (await statuses(project)).join() === 'paid,paid');
    expect(spooled(project)).toEqual([]);
    expect(results(project)).toEqual(['settled', 'settled']);
  });

  it('keep a failed payment from a retry: the spool is taken in first', async () => {
    const { project, port, rows } = await pendingPayments(1);
    const [row = {}] = rows;
    const server = await served(project, port);
    expect(await deliver(port, resultAbout(row, { code: 1, words: 'Failed' }))).toBe(200);
    await until('it failed', async () => (await statuses(project)).join() === 'failed');
    const other = lockedLedger(project);
    expect(await deliver(port, resultAbout(row))).toBe(200);
    await kill(server);
    other.close();
    expect(spooled(project)).toHaveLength(1);
    const sent = project.book().length;
    await project.run('retry', 'november', '--yes', '--wait', '0s');
    expect(await statuses(project)).toEqual(['unknown']);
    expect(project.book()).toHaveLength(sent);
  });

  it('are noticed by a sweep that has nothing else to do', async () => {
    const { project, port, rows } = await pendingPayments(1);
    const [row = {}] = rows;
    const first = await served(project, port);
    expect(await deliver(port, resultAbout(row))).toBe(200);
    await until('it is paid', async () => (await statuses(project)).join() === 'paid');
    expect((await project.run('run', 'batches/')).code).toBe(0);
    const other = lockedLedger(project);
    expect(await deliver(port, resultAbout(row, { code: 1, words: 'Failed' }))).toBe(200);
    await kill(first);
    other.close();
    await project.run('run', 'batches/');
    expect(spooled(project)).toEqual([]);
    expect((await project.report('november'))[0]).toMatchObject({ status: 'paid', code: 'contradiction' });
  });
});

describe('callbacks while the ledger is full or away', () => {
  it('are acknowledged when the ledger has no room, and are applied when it has', async () => {
    const { project, port, rows } = await pendingPayments(60);
    // The limit of a file's size, in blocks of 512 or 1024 bytes, is met by the write-ahead log of the ledger alone.
    const limited = ['sh', '-c', 'ulimit -f 700; exec "$0" "$@"', process.execPath, BIN, 'serve'];
    running.push(await startLimited(project, port, limited));
    for (const row of rows) expect(await deliver(port, resultAbout(row))).toBe(200);
    expect(spooled(project).length).toBeGreaterThan(0);
    for (const started of running.splice(0)) await kill(started);
    expect((await project.run('settle')).code).toBe(0);
    expect(new Set(await statuses(project))).toEqual(new Set(['paid']));
    expect(results(project)).toEqual(rows.map(() => 'settled'));
    expect(spooled(project)).toEqual([]);
  });

  it('are acknowledged when the ledger is missing, and are taken in when it is back', async () => {
    const { project, port, rows } = await pendingPayments(2);
    const [path, away] = [join(project.dir, 'payrun.db'), join(project.dir, 'elsewhere.db')];
    await rename(path, away);
    const server = project.start(['serve']);
    running.push(server);
    await until('the port is open', () => deliver(port, '{}').then(Boolean, () => false));
    for (const row of rows) expect(await deliver(port, resultAbout(row))).toBe(200);
    expect(spooled(project)).toHaveLength(2);
    expect(existsSync(path)).toBe(false);
    await rename(away, path);
    await until('both are paid in the report', async () => (await statuses(project)).join() === 'paid,paid');
    expect(results(project)).toEqual(['settled', 'settled']);
    server.child.kill('SIGTERM');
    expect((await server.ended).stderr).toContain('payrun.db.spool');
  });

  it('are not believed without a signature, and then neither kept nor acknowledged', async () => {
    const { project, port, rows } = await pendingPayments(1);
    await rename(join(project.dir, 'payrun.db'), join(project.dir, 'elsewhere.db'));
    running.push(project.start(['serve']));
    await until('the port is open', () => deliver(port, '{}').then(Boolean, () => false));
    const body = resultAbout(rows[0] ?? {});
    const unsigned = await fetch(`http://127.0.0.1:${port}/callbacks/${TOKEN}`, {
      method: 'POST',
      body,
    });
    expect(unsigned.status).toBe(401);
    expect(spooled(project)).toEqual([]);
  });
});

describe('a report that a killed process owed', () => {
  it.each([
    ['run', 'batches/'],
    ['settle', 'november'],
    ['report', 'november'],
    ['serve', ''],
  ])('is written by the next %s', async (command, subject) => {
    const { project, port, rows } = await pendingPayments(1);
    const server = await served(project, port);
    expect(await deliver(port, resultAbout(rows[0] ?? {}))).toBe(200);
    await kill(server);
    expect(await statuses(project)).toEqual(['pending']);
    if (command === 'serve') await served(project, await portOf(project, port));
    else await project.run(command, subject);
    await until('the report says paid', async () => (await statuses(project)).join() === 'paid');
  });
});

/** The address of a server that was killed may stay taken for a moment. */
async function portOf(of: Project, old: number): Promise<number> {
  const port = await freePort();
  const config = (await of.read('payrun.yaml')).replace(`127.0.0.1:${old}`, `127.0.0.1:${port}`);
  await of.write('payrun.yaml', config);
  return port;
}

describe('callbacks about payments that do not exist', () => {
  it('leave a bounded number of short texts in the ledger', async () => {
    const { project, port, rows } = await pendingPayments(1);
    await served(project, port);
    const [row = {}] = rows;
    expect(await deliver(port, resultAbout(row, { words: 'x'.repeat(3000) }))).toBe(200);
    const post = (n: number): Promise<number> =>
      deliver(port, resultAbout(row, { reference: `STRANGER${n}`, words: 'y'.repeat(3000) }));
    for (let n = 0; n < 1200; n += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => post(n + at)));
      expect(new Set(answers)).toEqual(new Set([200]));
    }
    // Acknowledged means stored; what a callback is about is found out beside that.
    await until('every callback is processed', () => callbacksIn(project).every(({ result }) => result !== null));
    const kept = callbacksIn(project);
    const ours = kept.filter(({ result }) => result === 'settled');
    expect(ours.map(({ body, digest }) => [body.length > 3000, digest])).toEqual([[true, null]]);
    const foreign = kept.filter(({ result }) => result !== 'settled');
    expect(foreign).toHaveLength(1000);
    expect(Math.max(...foreign.map(({ body }) => Buffer.byteLength(body)))).toBe(1024);
    expect(foreign.every(({ digest }) => /^sha256:[0-9a-f]{64}$/.test(digest ?? ''))).toBe(true);
  });
});

async function startLimited(of: Project, port: number, shell: readonly string[]): Promise<Started> {
  const started = of.startProgram(shell);
  await until('serve listens', () =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
  return started;
}
