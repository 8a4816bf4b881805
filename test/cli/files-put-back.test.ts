import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliver } from './callback-files.ts';
import { csvOf, Project } from './harness.ts';
import { pesawayProject, serve, until } from './pesaway-project.ts';

let state = '';
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'payrun-state-'));
});
afterEach(() => rm(state, { recursive: true, force: true }));

describe('files of the ledger that are put back under a live process', () => {
  // As a person restores a backup who forgets that serve is still on.
  it('are not made to look new when serve ends and the log was deleted: nobody is paid again', async () => {
    const { project, port } = await pesawayProject({ env: { XDG_STATE_HOME: state } });
    try {
      const ledger = join(project.dir, 'payrun.db');
      await project.write('batches/november.csv', csvOf(60));
      await project.run('pause', 'demo', '--by', 'mary', '--because', 'not yet');
      await project.run('run', 'batches/november.csv', '--wait', '0s');
      await project.run('resume', 'demo', '--by', 'mary', '--because', 'now');
      const old = readFileSync(ledger);
      expect((await project.run('run', 'batches/november.csv')).code).toBe(0);
      const server = await serve(project, port);
      const unknown = { ResultCode: 0, ResultDesc: 'Done', TransactionID: 'X-1', OriginatorReference: 'NOT-OURS' };
      expect(await deliver(port, JSON.stringify(unknown))).toBe(200);
      await until('serve has written', () => readFileSync(`${ledger}-wal`).length > 0);

      writeFileSync(ledger, old);
      for (const end of ['-wal', '-shm']) rmSync(`${ledger}${end}`);
      server.child.kill('SIGTERM');
      expect((await server.ended).code).toBe(6);

      expect(readFileSync(ledger).equals(old)).toBe(true);
      const { requests } = project.simulator.stats();
      for (const command of [['status'], ['run', 'batches/']]) {
        const ended = await project.run(...command);
        expect([ended.code, ended.stderr]).toEqual([6, expect.stringContaining('went back in time')]);
      }
      expect(project.simulator.stats().requests).toBe(requests);
    } finally {
      await project.close();
    }
  });

  it('stop a run when all of them go back together: nobody is paid again', async () => {
    const project = await Project.open({
      env: { XDG_STATE_HOME: state },
      simulator: { latencyMs: { min: 20, max: 30 } },
    });
    try {
      const ends = ['', '-wal', '-shm'];
      const ledger = join(project.dir, 'payrun.db');
      await project.write('batches/november.csv', csvOf(300));
      const started = project.start(['run', 'batches/november.csv']);
      await until('some are paid', () => project.book().length >= 20);
      const old = ends.map((end) => readFileSync(`${ledger}${end}`));
      await until('more are paid', () => project.book().length >= 60);
      ends.forEach((end, at) => writeFileSync(`${ledger}${end}`, old[at] ?? ''));
      const ended = await started.ended;
      expect([ended.code, ended.stderr]).toEqual([6, ended.stderr]);
      expect((await project.run('run', 'batches/')).code).toBe(6);
      expect(new Set(project.book().map(({ reference }) => reference)).size).toBe(project.book().length);
    } finally {
      await project.close();
    }
  });
});
