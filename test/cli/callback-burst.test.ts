import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, type Project, type Started } from './harness.ts';
import { deliver, resultOf } from './pesaway-callback.ts';
import { pesawayProject, serve, until } from './pesaway-project.ts';

const COUNT = 300;

const running: Started[] = [];
let project: Project | null = null;
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  await project?.close();
  project = null;
});

/** Many pending payments, whose provider never calls back by itself. */
async function pending(): Promise<{ project: Project; port: number; bodies: readonly string[] }> {
  const opened = await pesawayProject({
    options: 'poll: [10m]',
    limits: '{ rate: 1000/s, concurrency: 16 }',
    faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 2 * COUNT }],
  });
  project = opened.project;
  await project.write('batches/november.csv', csvOf(COUNT));
  expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
  return { ...opened, bodies: (await project.report('november')).map((row) => resultOf(row)) };
}

describe('a burst of callbacks', () => {
  it('loses none that was acknowledged when its process is killed', async () => {
    const { project, port, bodies } = await pending();
    const server = await serve(project, port);
    running.push(server);
    const acknowledged: string[] = [];
    const sending = bodies.map(async (body) => {
      const status = await deliver(port, body).catch(() => 0);
      if (status === 200) acknowledged.push(body);
    });
    await until('some are acknowledged', () => acknowledged.length >= COUNT / 10);
    server.child.kill('SIGKILL');
    await Promise.all(sending);
    const kept = new Set(storedBodies(project));
    expect(acknowledged.filter((body) => !kept.has(body))).toEqual([]);
    // What was acknowledged and not applied is applied by the next process.
    const next = await serve(project, port);
    running.push(next);
    await until('what was acknowledged is paid', async () => {
      const paid = (await project.report('november')).filter((row) => row['status'] === 'paid');
      return paid.length >= acknowledged.length;
    });
  });

  it('is applied to the last one, and applied once, when all come at the same time and twice', async () => {
    const { project, port, bodies } = await pending();
    const server = await serve(project, port);
    running.push(server);
    const answers = await Promise.all([...bodies, ...bodies].map((body) => deliver(port, body)));
    expect(new Set(answers)).toEqual(new Set([200]));
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    expect(storedBodies(project)).toHaveLength(COUNT);
    const statuses = new Set((await project.report('november')).map((row) => row['status']));
    expect(statuses).toEqual(new Set(['paid']));
  });
});

function storedBodies(of: Project): string[] {
  const database = new DatabaseSync(join(of.dir, 'payrun.db'), { readOnly: true });
  try {
    return database
      .prepare('SELECT body FROM callbacks')
      .all()
      .map(({ body }) => String(body));
  } finally {
    database.close();
  }
}
