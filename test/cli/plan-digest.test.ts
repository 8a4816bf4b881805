import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, Project } from './harness.ts';
import { batchesOf } from './planned.ts';

let project: Project;
afterEach(() => project.close());

const FILE = 'batches/november.csv';

async function digestOf(command: 'plan' | 'run', ...flags: string[]): Promise<string> {
  const [batch] = batchesOf(await project.run(command, FILE, ...flags, '--json'));
  return batch?.plan_digest ?? '';
}

describe('the digest of a plan', () => {
  it('is the same before a run, after it was killed, and after everything is paid', async () => {
    project = await Project.open({ simulator: { latencyMs: { min: 100, max: 120 } } });
    await project.write(FILE, csvOf(30));
    const before = await digestOf('plan');
    expect(before).toMatch(/^[0-9a-f]{64}$/);

    const running = project.start(['run', FILE]);
    await expect.poll(() => project.book().length, { timeout: 20_000 }).toBeGreaterThan(2);
    running.child.kill('SIGKILL');
    await running.ended;
    expect(project.book().length).toBeLessThan(30);
    const killed = batchesOf(await project.run('plan', FILE, '--json'))[0];
    expect([killed?.plan_digest, killed?.plan?.action]).toEqual([before, 'resume']);

    expect(await digestOf('run')).toBe(before);
    await project.run('settle');
    expect(await digestOf('plan')).toBe(before);
    expect((await project.run('plan', FILE)).stdout.split('\n')).toContain(`plan_digest ${before}`);
  });

  it('changes with a row, a limit and the place, and not with the order of the rows', async () => {
    project = await Project.open();
    await project.write(FILE, csvOf(3));
    const digests = [await digestOf('plan')];
    const [head, ...rows] = csvOf(3).trim().split('\n');
    await project.write(FILE, [head, ...rows.reverse(), ''].join('\n'));
    expect(await digestOf('plan')).toBe(digests[0]);

    await project.write(FILE, csvOf(3).replace('Person 2', 'Person Two'));
    digests.push(await digestOf('plan'));
    await project.write(FILE, csvOf(3));
    const config = await project.read('payrun.yaml');
    for (const [was, is] of [
      ['concurrency: 4', 'concurrency: 5'],
      ['SELLAPAY_API_KEY', 'PATH'],
      ['endpoint: ', 'environment: sandbox\n    endpoint: '],
    ] as const) {
      await project.write('payrun.yaml', config.replace(was, is));
      digests.push(await digestOf('plan'));
    }
    expect(new Set(digests).size).toBe(5);
    expect(digests.every((digest) => /^[0-9a-f]{64}$/.test(digest))).toBe(true);
  });

  it('counts a refusal that is set aside, and knows it from the ledger when the run goes on', async () => {
    project = await Project.open();
    await project.write('batches/october.csv', csvOf(3));
    await project.run('run', 'batches/october.csv');
    await project.write(FILE, csvOf(3));
    const refused = await digestOf('plan');
    const allowed = await digestOf('plan', '--allow-duplicate');
    expect(allowed).not.toBe(refused);
    expect(await digestOf('run', '--allow-duplicate')).toBe(allowed);
    expect(await digestOf('plan')).toBe(allowed);
  });
});
