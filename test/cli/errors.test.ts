import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BIN, CONFIG, csvOf, phoneOf, Project, startCli, type Ended } from './harness.ts';

let project: Project;
beforeEach(async () => {
  project = await Project.open();
});
afterEach(() => project.close());

/** Every error has an exit code and a message in words, without a stack trace. */
function expectError(ended: Ended, code: number, ...words: readonly string[]): void {
  expect(ended.stderr + ended.stdout).not.toMatch(/\n\s+at |node:internal|bug of ours/);
  for (const word of words) expect(ended.stderr).toContain(word);
  expect(ended.code).toBe(code);
}

describe('an error of the surroundings', () => {
  it('no configuration: exit 2 and how to get one', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'payrun-empty-'));
    try {
      expectError(await startCli(['run', '.'], dir).ended, 2, 'payrun.yaml', 'payrun init');
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('a missing environment variable: exit 2 and its name, before anything is registered', async () => {
    await project.write('batches/november.csv', csvOf(2));
    const started = startCli(['run', 'batches/'], project.dir, { SELLAPAY_API_KEY: 'a-key-of-the-test' });
    const ended = await started.ended;
    expectError(ended, 2, 'SELLAPAY_API_SECRET', 'demo');
    expect(ended.stderr).not.toContain('a-key-of-the-test');
    expect(project.simulator.stats().requests).toBe(0);
  });

  it('an account that the batch names and the configuration lacks: exit 3', async () => {
    await project.write('batches/n.csv', 'id,amount,mobile,account\nE1,1.00,0712345678,wages\n');
    expectError(await project.run('run', 'batches/n.csv'), 3, 'wages', 'demo');
  });

  it('a file that does not exist: exit 2', async () => {
    expectError(await project.run('run', 'batches/none.csv'), 2, 'batches/none.csv');
    expectError(await project.run('validate', 'batches/none.csv'), 2, 'batches/none.csv');
  });

  it('an unknown flag, command or duration: exit 2', async () => {
    expectError(await project.run('run', 'batches/', '--frobnicate'), 2, '--frobnicate');
    expectError(await project.run('pay'), 2, 'pay');
    expectError(await project.run('run', 'batches/', '--wait', 'soon'), 2, 'soon');
  });

  it('a usage error with --json: a document too', async () => {
    const ended = await project.run('run', '--json', 'batches/', '--wait', 'soon');
    expect(ended.code).toBe(2);
    expect(JSON.parse(ended.stdout)).toMatchObject({ version: 1, exit: 2, batches: [], error: { code: 'usage' } });
  });

  it('an empty file: exit 3', async () => {
    for (const name of ['empty.csv', 'empty.yaml']) {
      await project.write(`batches/${name}`, '');
      expectError(await project.run('run', `batches/${name}`), 3, name);
    }
    await project.write('batches/header.csv', 'id,amount,mobile\n');
    expectError(await project.run('run', 'batches/header.csv'), 3, 'header.csv');
  });

  it('a folder without batches: nothing to do, with a message', async () => {
    expectError(await project.run('run', 'batches/'), 0, 'Nothing to do');
    expectError(await project.run('run', 'nowhere/'), 2, 'nowhere');
  });

  it('a reports folder that cannot be written: exit 2 before anything is sent', async () => {
    await project.write('batches/november.csv', csvOf(2));
    await writeFile(join(project.dir, 'reports'), 'in the way');
    expectError(await project.run('run', 'batches/'), 2, 'reports');
    expect(project.simulator.stats().requests).toBe(0);
  });

  it('a ledger folder that is not there or no folder: exit 6, nothing sent', async () => {
    await project.write('batches/november.csv', csvOf(2));
    await project.write('file', '');
    const config = CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint);
    for (const path of ['file/payrun.db', 'missing/payrun.db']) {
      await project.write('payrun.yaml', config.replace('sqlite:payrun.db', `sqlite:${path}`));
      expectError(await project.run('run', 'batches/'), 6, path);
    }
    expect(project.simulator.stats().requests).toBe(0);
  });

  it('a ledger that is no ledger, or one from the future: exit 6, nothing sent', async () => {
    await project.write('batches/november.csv', csvOf(2));
    await project.write(
      'payrun.db',
      'this is a text file, and quite a long one, to be sure that it is read as one\n'.repeat(20),
    );
    expectError(await project.run('run', 'batches/'), 6, 'payrun.db');
    await rm(join(project.dir, 'payrun.db'));
    await project.write('batches/other.csv', csvOf(1));
    expect((await project.run('run', 'batches/other.csv')).code).toBe(0);
    const db = new DatabaseSync(join(project.dir, 'payrun.db'));
    db.exec('PRAGMA user_version = 9999');
    db.close();
    const booked = project.book().length;
    expectError(await project.run('run', 'batches/november.csv'), 6, 'Upgrade payrun');
    expect(project.book()).toHaveLength(booked);
  });

  it('a provider that cannot be reached: nothing is sent, the rows stay planned, exit 5', async () => {
    const port = await freePort();
    const config = CONFIG.replaceAll('ENDPOINT', `http://127.0.0.1:${port}/api/v1`);
    await project.write('payrun.yaml', config);
    await project.write('batches/november.csv', csvOf(2));
    expectError(await project.run('run', 'batches/'), 5, 'demo');
    expect((await project.report('november')).map((row) => row['status'])).toEqual(['planned', 'planned']);
  });

  it('credentials that are refused: nothing is sent, the rows stay planned, exit 5', async () => {
    await project.close();
    project = await Project.open({ simulator: { credentials: [{ key: 'other', secret: 'pair' }] } });
    await project.write('batches/november.csv', csvOf(2));
    const ended = await project.run('run', 'batches/');
    expectError(ended, 5, 'demo');
    expect(ended.stderr).not.toContain('secret-of-the-test');
    expect((await project.report('november')).map((row) => row['status'])).toEqual(['planned', 'planned']);
  });

  it('a file that is still being written: skipped in a sweep, with a message', async () => {
    await project.write('batches/done.csv', csvOf(1));
    const path = await project.write('batches/growing.csv', '');
    const growing = openSync(path, 'w');
    try {
      writeSync(growing, csvOf(3, phoneOf('0722')).replaceAll('EMP-', 'NEW-'));
      const ended = await project.run('run', 'batches/');
      expectError(ended, 0, 'growing.csv', 'being written');
      expect(project.book()).toHaveLength(1);
    } finally {
      closeSync(growing);
    }
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(project.book()).toHaveLength(4);
  });

  it('a disk that fills up while paying: exit 6, and after making room every payment is made once', async () => {
    const config = CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint);
    await project.write('payrun.yaml', config.replace('sqlite:payrun.db', 'sqlite:disk/payrun.db'));
    await project.write('batches/november.csv', csvOf(1500));
    await mkdir(join(project.dir, 'disk'));
    const pay = `"${process.execPath}" "${BIN}" run batches/november.csv`;
    // A small disk of its own in a mount namespace, which needs no root; where even that is forbidden, files that may not grow.
    const disk = spawnSync('unshare', ['-Urm', 'true']).status === 0;
    const script = disk
      ? `mount -t tmpfs -o size=24m tmpfs disk && head -c 20000000 /dev/zero > disk/ballast
         ${pay} 2> full.txt; echo $? > full.code; : > disk/ballast; ${pay}; ${pay}; ${pay}`
      : `(ulimit -f 8000; ${pay} 2> full.txt; echo $? > full.code); ${pay}; ${pay}; ${pay}`;
    await project.script(disk ? ['unshare', '-Urm', 'sh', '-c', script] : ['sh', '-c', script]);

    expect((await project.read('full.code')).trim()).toBe('6');
    const message = await project.read('full.txt');
    expect(message).toContain('payrun.db');
    expect(message).not.toMatch(/\n\s+at |bug of ours/);
    const references = project.book().map((entry) => entry.reference);
    const booked = new Set(references);
    expect(booked.size).toBe(references.length);
    const rows = await project.report('november');
    expect(rows).toHaveLength(1500);
    for (const row of rows) {
      // A result that could not be recorded is unknown. No payment is left unsent, and none is shown as paid that was not.
      expect(['paid', 'unknown']).toContain(row['status']);
      if (row['status'] === 'paid') expect(booked).toContain(row['reference']);
    }
  });

  it('an older Node: one line and exit 2', async () => {
    const older = "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})";
    const started = startCli(['run', 'batches/'], project.dir, {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(older)}`,
    });
    const ended = await started.ended;
    expect(ended.code).toBe(2);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    expect(ended.stderr).toContain('Node 24');
    expect(BIN).toMatch(/bin\.js$/);
  });

  it('a reader that goes away does not end a run', async () => {
    await project.write('batches/november.csv', csvOf(40));
    const started = project.start(['run', 'batches/']);
    started.child.stdout?.destroy();
    started.child.stderr?.destroy();
    await started.ended;
    expect(project.book()).toHaveLength(40);
    expect(await project.report('november')).toHaveLength(40);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
