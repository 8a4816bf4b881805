import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/simulator/index.ts';
import { csvOf, type Project } from './harness.ts';
import { pesawayProject, serve, until } from './pesaway-project.ts';

let project: Project | null = null;
afterEach(async () => {
  await project?.close();
  project = null;
});

const QUERY = 'api/v1/mobile-money/transaction-query';

/** Payments that a run sent, and whose callbacks never came but for the first; the provider has paid them all. */
async function openPayments(
  count: number,
  options = 'poll: [10m]',
): Promise<{ readonly project: Project; readonly port: number }> {
  const lost: FaultRule = { fault: { kind: 'callback', callbackFault: 'lost' }, skip: 1, times: count };
  // Nothing is asked before the options of the test hold, however slowly the payments leave.
  const unasked = 'poll: [10m]';
  const opened = await pesawayProject({
    options: unasked,
    limits: '{ rate: 1000/s, concurrency: 64 }',
    faults: [lost],
  });
  project = opened.project;
  await project.write('batches/november.csv', csvOf(count + 1));
  expect((await project.run('run', 'batches/november.csv', '--wait', '0s')).code).toBe(5);
  await project.simulator.idle();
  await project.write('payrun.yaml', (await project.read('payrun.yaml')).replace(unasked, options));
  return opened;
}

async function pendingPayments(count: number, faults: readonly FaultRule[]): Promise<Project> {
  const opened = await openPayments(count);
  opened.project.simulator.addFaults(faults);
  return opened.project;
}

const statusesOf = async (of: Project): Promise<Set<string | undefined>> =>
  new Set((await of.report('november')).map((row) => row['status']));

describe('settle', () => {
  it('asks again what was throttled, refused for its token or not answered, and learns of every payment', async () => {
    const settled = await pendingPayments(28, [
      { route: QUERY, fault: { kind: 'throttle' }, skip: 3, times: 5 },
      { route: QUERY, fault: { kind: 'expire-tokens' }, times: 2 },
    ]);
    const ended = await settled.run('settle');
    expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
    expect(await statusesOf(settled)).toEqual(new Set(['paid']));
    expect(settled.simulator.stats().routes[QUERY]).toBeGreaterThan(28 + 5);
  });

  it('comes to an end at a provider that answers nothing, and says how many got no answer', async () => {
    const silent = await pendingPayments(5, []);
    await silent.simulator.close();
    const ended = await silent.run('settle', 'november');
    expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('5 of them without an answer')]);
    expect(await statusesOf(silent)).toEqual(new Set(['paid', 'pending']));
  });

  it('ends at once where the credentials are not accepted, and says so', async () => {
    const refused = await pendingPayments(5, []);
    const before = refused.simulator.stats().requests;
    const ended = await refused.start(['settle'], { PW_SECRET: 'another' }).ended;
    expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('does not accept the credentials')]);
    expect(refused.simulator.stats().requests - before).toBe(1);
  });
});

describe('whoever pays', () => {
  /** A provider that takes two seconds to answer a question. */
  const SLOW: FaultRule = { route: QUERY, fault: { kind: 'slow', delayMs: 2_000 }, times: 100_000 };
  const five = (): string => csvOf(5, (n) => `07290000${10 + n}`).replaceAll('EMP-', 'DEC-');

  it('comes before serve, which has two thousand questions for a slow provider', async () => {
    const { project, port } = await openPayments(2_000, 'poll: [9s], poll_every: 1h');
    project.simulator.addFaults([SLOW]);
    const server = await serve(project, port);
    await until('serve asks', () => (project.simulator.stats().routes[QUERY] ?? 0) > 0);
    await project.write('batches/december.csv', five());
    const paid = project.start(['run', 'batches/december.csv', '--wait', '60s']);
    await until('the five were sent', () => project.book().length === 2_006, 15_000);
    expect((await paid.ended).code).toBe(0);
    // Serve takes the account again.
    const before = project.simulator.stats().routes[QUERY] ?? 0;
    await until('serve asks again', () => (project.simulator.stats().routes[QUERY] ?? 0) > before);
    server.child.kill('SIGTERM');
    await server.ended;
  });

  it('comes before settle, which goes on afterwards and asks about everything once', async () => {
    const { project } = await openPayments(60);
    project.simulator.addFaults([{ ...SLOW, fault: { kind: 'slow', delayMs: 1_000 } }]);
    const settled = project.start(['settle']);
    await until('settle asks', () => (project.simulator.stats().routes[QUERY] ?? 0) > 0);
    await project.write('batches/december.csv', five());
    expect((await project.run('run', 'batches/december.csv', '--wait', '30s')).code).toBe(0);
    expect((await settled.ended).code).toBe(0);
    expect(await statusesOf(project)).toEqual(new Set(['paid']));
    expect(project.simulator.stats().routes[QUERY]).toBe(60);
  });

  it('comes before a run that has paid and only asks and waits', async () => {
    const { project } = await openPayments(40, 'poll: [100ms, 200ms, 300ms], poll_every: 1s, failed_after: 1h');
    project.simulator.addFaults([{ route: QUERY, fault: { kind: 'slow', delayMs: 1_000 }, times: 100_000 }]);
    const waiting = project.start(['run', 'batches/november.csv', '--wait', '60s']);
    await until('the run asks', () => (project.simulator.stats().routes[QUERY] ?? 0) > 0);
    await project.write('batches/december.csv', five());
    expect((await project.run('run', 'batches/december.csv', '--wait', '30s')).code).toBe(0);
    expect((await waiting.ended).code).toBe(0);
  });
});

describe('old payments', () => {
  it('are named by status and by each sweep, with count, account, oldest and next step', async () => {
    const { project } = await openPayments(3);
    const named = /Account demo: 3 payments have been open for longer than 0 s, the oldest since 20.*payrun settle/;
    expect((await project.run('status')).stderr).not.toMatch(/have been open/);
    await project.write('payrun.yaml', `open_warning_after: 10ms\n${await project.read('payrun.yaml')}`);
    expect((await project.run('status')).stderr).toMatch(named);
    expect((await project.run('run', 'batches/', '--wait', '0s')).stderr).toMatch(named);
    expect((await project.run('run', 'batches/', '--wait', '0s', '--quiet')).stderr).not.toMatch(/have been open/);
  });
});
