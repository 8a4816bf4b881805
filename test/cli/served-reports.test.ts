import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { callbacksIn, deliver, resultAbout } from './callback-files.ts';
import { csvOf, type Project, type Started } from './harness.ts';
import { pesawayProject, serve, until } from './pesaway-project.ts';

let running: Started | null = null;
let project: Project | null = null;
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.ended;
  await project?.close();
  [running, project] = [null, null];
});

describe('the report of a large batch while callbacks come in', () => {
  it('is written a few times and not after every callback, is always whole, and is up to date at the end', async () => {
    const opened = await pesawayProject({ options: 'poll: [10m]' });
    project = opened.project;
    const { port } = opened;
    const rows = 50_000;
    await project.write(
      'batches/rows.csv',
      csvOf(rows, (n) => `07${String(10_000_009 + n * 10).padStart(8, '0')}`),
    );
    await project.write(
      'batches/november.yaml',
      'batch: november\naccount: demo\ncurrency: KES\nnot_before: 2099-01-01T00:00:00+03:00\nrows: rows.csv\n',
    );
    expect((await project.run('run', 'batches/november.yaml')).code).toBe(5);
    const report = await project.report('november');
    expect(report).toHaveLength(rows);
    running = await serve(project, port);
    const path = join(project.dir, 'reports/november/report.csv');
    const seen = new Set([statSync(path).ino]);
    const watching = setInterval(() => seen.add(statSync(path).ino), 10);
    // A report that a payment was made which was never sent makes it unknown: each callback changes the batch.
    for (const row of report.slice(0, 100)) {
      expect(await deliver(port, resultAbout({ ...row, provider_reference: `T${row['line'] ?? ''}` }))).toBe(200);
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    }
    await until('all are applied', () => callbacksIn(opened.project).every(({ result }) => result !== null));
    const written = seen.size - 1;
    clearInterval(watching);
    expect(written).toBeLessThanOrEqual(2);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
    const after = await project.report('november');
    expect(after).toHaveLength(rows);
    expect(after.filter(({ status }) => status === 'unknown')).toHaveLength(100);
  }, 120_000);
});
