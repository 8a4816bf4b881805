import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/simulator/index.ts';
import { csvOf, type Project } from './harness.ts';
import { pesawayProject } from './pesaway-project.ts';

let project: Project | null = null;
afterEach(async () => {
  await project?.close();
  project = null;
});

/** Payments that a run sent, and whose callbacks never came; the provider has paid them all. */
async function pendingPayments(count: number, faults: readonly FaultRule[]): Promise<Project> {
  const lost: FaultRule = { fault: { kind: 'callback', callbackFault: 'lost' }, times: count };
  const opened = await pesawayProject({ options: 'poll: [10m]', faults: [lost, ...faults] });
  project = opened.project;
  await project.write('batches/november.csv', csvOf(count));
  expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
  await project.simulator.idle();
  return project;
}

const statusesOf = async (of: Project): Promise<Set<string | undefined>> =>
  new Set((await of.report('november')).map((row) => row['status']));

describe('settle', () => {
  it('asks again what was throttled, refused for its token or not answered, and learns of every payment', async () => {
    const route = 'api/v1/mobile-money/transaction-query';
    const settled = await pendingPayments(28, [
      { route, fault: { kind: 'throttle' }, skip: 3, times: 5 },
      { route, fault: { kind: 'expire-tokens' }, times: 2 },
    ]);
    const ended = await settled.run('settle');
    expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
    expect(await statusesOf(settled)).toEqual(new Set(['paid']));
    expect(settled.simulator.stats().routes[route]).toBeGreaterThan(28 + 5);
  });

  it('comes to an end at a provider that answers nothing, and says how many got no answer', async () => {
    const silent = await pendingPayments(5, []);
    await silent.simulator.close();
    const ended = await silent.run('settle', 'november');
    expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('5 of them without an answer')]);
    expect(await statusesOf(silent)).toEqual(new Set(['pending']));
  });

  it('ends at once where the credentials are not accepted, and says so', async () => {
    const refused = await pendingPayments(5, []);
    const before = refused.simulator.stats().requests;
    const ended = await refused.start(['settle'], { PW_SECRET: 'another' }).ended;
    expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('does not accept the credentials')]);
    expect(refused.simulator.stats().requests - before).toBe(1);
  });
});
