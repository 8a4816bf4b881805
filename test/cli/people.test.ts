import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ended, Project } from './harness.ts';
import { StrictPesaway, strictProject, type StrictState } from './strict-pesaway.ts';

let provider: StrictPesaway;
let project: Project;
beforeEach(async () => {
  provider = await StrictPesaway.start();
  project = await strictProject(provider);
});
afterEach(async () => {
  await project.close();
  provider.close();
});

const row = async (): Promise<Record<string, string>> => (await project.report('november'))[0] ?? {};

const decide = (reference: string, status: string, ...more: string[]): Promise<Ended> =>
  project.run('resolve', reference, '--as', status, '--because', 'seen at the bank', '--by', 'Njeri', ...more);

/** One payment whose answer was lost and that a person has recorded as failed; resolves to its reference. */
async function failedByPerson(): Promise<string> {
  await project.write('batches/november.csv', 'id,name,amount,mobile\nE1,Jane Wanjiku,100.00,0712345678\n');
  expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
  const { reference = '', status } = await row();
  expect(status).toBe('unknown');
  expect((await decide(reference, 'failed')).code).toBe(0);
  expect((await row())['status']).toBe('failed');
  return reference;
}

describe('retry of a failure that rests on a person', () => {
  it.each([
    ['paid', 'unknown', 5],
    ['pending', 'unknown', 5],
    ['silent', 'failed', 4],
  ] as const)('sends nothing where the provider is %s about the old reference', async (state, status, exit) => {
    const old = await failedByPerson();
    provider.states.set(old, state satisfies StrictState);
    provider.queried.length = 0;
    const ended = await project.run('retry', 'november', '--wait', '0s');
    expect([ended.code, provider.paid]).toEqual([exit, [old]]);
    expect(provider.queried).toContain(old);
    expect(ended.stderr).toContain(old);
    expect(await row()).toMatchObject({ status, reference: old });
    // Asked again by name, the answer is the same.
    await project.run('retry', 'november', '--id', 'E1', '--wait', '0s');
    expect(provider.paid).toEqual([old]);
  });

  it.each(['not-found', 'failed'] as const)('sends a new reference where the provider says %s', async (state) => {
    const old = await failedByPerson();
    provider.states.set(old, state);
    provider.losesAnswers = false;
    provider.queried.length = 0;
    const ended = await project.run('retry', 'november', '--wait', '0s');
    expect(provider.queried[0]).toBe(old);
    expect(provider.paid).toHaveLength(2);
    expect([ended.code, await row()]).toEqual([5, expect.objectContaining({ status: 'pending', generation: '2' })]);
  });

  it('goes on querying the old reference, and says loudly that both were paid', async () => {
    const old = await failedByPerson();
    provider.losesAnswers = false;
    await project.run('retry', 'november', '--wait', '0s');
    expect((await project.run('settle')).code).toBe(0);
    expect(await row()).toMatchObject({ status: 'paid', generation: '2', code: '0' });
    provider.states.set(old, 'paid');
    const ended = await project.run('settle');
    expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('contradict')]);
    const both = { status: 'paid', code: 'contradiction', reason: expect.stringContaining(old) as string };
    expect(await row()).toMatchObject({ ...both, next_action: expect.stringContaining('ask the provider') as string });
    for (const command of [['status', 'november'], ['run', 'batches/'], ['settle']]) {
      const later = await project.run(...command);
      expect([command, later.code, later.stderr]).toEqual([command, 5, expect.stringContaining('contradict')]);
    }
    expect(provider.paid).toHaveLength(2);
    // A person who has found out ends the alarm; the report goes on saying it.
    const { reference = '' } = await row();
    expect((await decide(reference, 'paid')).code).toBe(0);
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(await row()).toMatchObject(both);
  });
});

describe('resolve', () => {
  /** One payment in this state at the provider, open in the ledger; resolves to its reference. */
  async function openPayment(state: StrictState, loses: boolean): Promise<string> {
    provider.losesAnswers = loses;
    await project.write('batches/november.csv', 'id,name,amount,mobile\nE1,Jane Wanjiku,100.00,0712345678\n');
    await project.run('run', 'batches/', '--wait', '0s');
    const { reference = '' } = await row();
    provider.states.set(reference, state);
    return reference;
  }

  it('shows whom and how much, records who decided and when, and nothing with --dry-run', async () => {
    const reference = await openPayment('not-found', true);
    const dry = await decide(reference, 'paid', '--dry-run');
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('would be recorded as paid')]);
    expect(dry.stderr).toMatch(/100\.00 KES to Jane Wanjiku, \+2547/);
    expect(dry.stderr).not.toContain('0712345678');
    expect((await row())['status']).toBe('unknown');
    expect((await decide(reference, 'paid', '--at', '2999-01-01T00:00', '--yes')).code).toBe(2);
    expect((await decide(reference, 'paid', '--at', 'yesterday')).code).toBe(2);
    expect((await decide(reference, 'paid', '--at', '2026-01-05T10:00')).code).toBe(0);
    expect(await row()).toMatchObject({ status: 'paid', settled_at: '2026-01-05T10:00:00+03:00' });
    expect((await row())['reason']).toMatch(/Decided by Njeri .*seen at the bank/);
  });

  it.each(['…', '...', 'TEXT', '<text>', '12', ' '])('refuses %j as evidence', async (because) => {
    const reference = await openPayment('not-found', true);
    const ended = await project.run('resolve', reference, '--as', 'paid', '--because', because, '--by', 'Njeri');
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('--because')]);
    expect((await row())['status']).toBe('unknown');
  });

  it.each([
    ['pending', 'pending'],
    ['silent', 'pending'],
    ['paid', 'paid'],
    ['failed', 'failed'],
  ] as const)('asks the provider about a pending payment first: it says %s', async (state, status) => {
    const reference = await openPayment(state, false);
    const ended = await decide(reference, 'failed');
    expect([ended.code, (await row())['status']]).toEqual([5, status]);
    expect(provider.queried).toContain(reference);
    expect((await row())['reason']).not.toContain('Njeri');
  });

  it('records that a failed payment was paid after all, and never the other way round', async () => {
    const reference = await failedByPerson();
    expect((await decide(reference, 'failed')).code).toBe(2);
    expect((await decide(reference, 'paid')).code).toBe(0);
    expect(await row()).toMatchObject({ status: 'paid' });
    expect((await decide(reference, 'failed')).code).toBe(2);
    expect(await row()).toMatchObject({ status: 'paid' });
  });

  it('refuses a decision about an earlier reference, and names the newest', async () => {
    const old = await failedByPerson();
    await project.run('retry', 'november', '--wait', '0s');
    const { reference = '' } = await row();
    expect(reference).not.toBe(old);
    const ended = await decide(old, 'paid');
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(reference)]);
  });
});
