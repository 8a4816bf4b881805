import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, Project } from './harness.ts';

let project: Project;
afterEach(() => project.close());

describe('backup', () => {
  it('copies everything that was recorded while a run pays, and the run goes on', async () => {
    project = await Project.open({ simulator: { latencyMs: { min: 40, max: 60 } } });
    await project.write('batches/november.csv', csvOf(400));
    const running = project.start(['run', 'batches/november.csv']);
    while (project.book().length < 20) await sleep(10);
    const ended = await project.run('backup', 'copy.db', '--json');
    const seen = project.book().length;
    expect(seen).toBeLessThan(400);
    expect(ended).toMatchObject({ code: 0 });
    const made = JSON.parse(ended.stdout) as Record<string, unknown>;
    expect(made).toMatchObject({ version: 1, exit: 0, batches: 1, payments: 400, file: 'copy.db' });
    const statuses = statusesIn(join(project.dir, 'copy.db'));
    expect(statuses.get('paid') ?? 0).toBeGreaterThan(0);
    expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(400);
    expect(statSync(join(project.dir, 'copy.db')).mode & 0o777).toBe(0o600);
    expect((await running.ended).code).toBe(0);
    expect(project.book()).toHaveLength(400);
  });

  it('replaces no file, makes no folder, and says so', async () => {
    project = await Project.open();
    await project.write('batches/november.csv', csvOf(2));
    const early = await project.run('backup', 'copy.db');
    expect([early.code, early.stderr]).toEqual([2, expect.stringContaining('no ledger')]);
    await project.run('run', 'batches/november.csv');
    await project.write('copy.db', 'mine');
    const taken = await project.run('backup', 'copy.db');
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('never replaces')]);
    expect(await project.read('copy.db')).toBe('mine');
    const nowhere = await project.run('backup', 'no-such-folder/copy.db');
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('no-such-folder')]);
  });
});

function statusesIn(path: string): Map<string, number> {
  const copy = new DatabaseSync(path, { readOnly: true });
  const rows = copy.prepare('SELECT status, count(*) AS count FROM payments GROUP BY status').all();
  copy.close();
  return new Map(rows.map(({ status, count }) => [String(status), Number(count)]));
}
