import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, type Project } from './harness.ts';
import { CALLBACK_SECRET, pesawayProject, serve, TOKEN, until, type PesawaySetup } from './pesaway-project.ts';

let project: Project | null = null;
afterEach(async () => {
  await project?.close();
  project = null;
});

async function open(setup?: PesawaySetup): Promise<{ project: Project; port: number }> {
  const opened = await pesawayProject(setup);
  project = opened.project;
  return opened;
}

const statuses = async (of: Project, batch = 'november'): Promise<(string | undefined)[]> =>
  (await of.report(batch)).map((row) => row['status']);

describe('a run that waits', () => {
  it('receives the callbacks itself and ends with every row final', async () => {
    const { project } = await open({ options: 'poll: [10m]' });
    await project.write('batches/november.csv', csvOf(5));
    const ended = await project.run('run', 'batches/november.csv', '--wait', '20s');
    expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
    expect(await statuses(project)).toEqual(Array(5).fill('paid'));
    expect(project.book()).toHaveLength(5);
    for (const row of await project.report('november')) expect(row['provider_reference']).toMatch(/^PHY/);
  });

  it('receives the callbacks of the other accounts too while it has the address', async () => {
    const token = 'beef00beef00beef00beef00beef00be';
    const account = (name: string, secret: string, to: string): string =>
      `  ${name}: { provider: pesaway, endpoint: "http://127.0.0.1:9", currency: KES, callback_token: ${to}, ` +
      `credentials: { consumer_key: "\${PW_KEY}", consumer_secret: "\${${secret}}", callback_secret: "\${PW_CALLBACK}" } }`;
    const accounts = [account('other', 'PW_SECRET', token), account('broken', 'NOT_SET', token.replace('b', 'a'))];
    const { project, port } = await open({
      options: 'poll: [10m]',
      accounts: accounts.join('\n'),
      faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 9 }],
    });
    await project.write('batches/november.csv', csvOf(1));
    const run = project.start(['run', 'batches/', '--wait', '60s']);
    const body = JSON.stringify({
      ResultCode: 0,
      ResultDesc: 'ok',
      TransactionID: 'T-1',
      OriginatorReference: 'Y871NJGPXMTG2K2N0NHP',
      TransactionAmount: '100.01',
    });
    const post = (): Promise<number> =>
      fetch(`http://127.0.0.1:${port}/callbacks/${token}`, { method: 'POST', body }).then(
        (answer) => answer.status,
        () => 0,
      );
    // Known, and not believed: nothing is signed.
    await until('the other account is known', async () => (await post()) === 401);
    await until('it was paid', () => project.book().length === 1);
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(130);
  });

  it('queries by the schedule where no callback comes', async () => {
    const { project } = await open({ faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 99 }] });
    await project.write('batches/november.csv', csvOf(3));
    expect((await project.run('run', 'batches/', '--wait', '20s')).code).toBe(0);
    expect(await statuses(project)).toEqual(['paid', 'paid', 'paid']);
  });

  it.each(['twice', 'early', 'forged', 'contradictory'] as const)(
    'pays each payment once when callbacks come %s',
    async (callbackFault) => {
      const { project } = await open({ faults: [{ fault: { kind: 'callback', callbackFault }, times: 99 }] });
      await project.write('batches/november.csv', csvOf(3));
      const ended = await project.run('run', 'batches/', '--wait', '20s');
      expect([ended.code, await statuses(project)]).toEqual([0, ['paid', 'paid', 'paid']]);
      expect(project.book()).toHaveLength(3);
    },
  );

  it('confirms a callback without a signature by query', async () => {
    const { project } = await open({ signed: false, options: 'poll: [10m]' });
    await project.write('batches/november.csv', csvOf(2));
    expect((await project.run('run', 'batches/', '--wait', '20s')).code).toBe(0);
    const stats = project.simulator.stats();
    expect(stats.routes).toMatchObject({ 'api/v1/mobile-money/transaction-query': expect.any(Number) as number });
  });

  it('sends a payment that never arrived again with its old reference, and pays it once', async () => {
    const { project } = await open({ faults: [{ fault: { kind: 'drop-before-booking' }, times: 2 }] });
    await project.write('batches/november.csv', csvOf(4));
    const ended = await project.run('run', 'batches/', '--wait', '30s');
    expect([ended.code, await statuses(project)]).toEqual([0, ['paid', 'paid', 'paid', 'paid']]);
    const rows = await project.report('november');
    expect(rows.filter((row) => row['attempts'] === '2' && row['generation'] === '1')).toHaveLength(2);
    expect(new Set(project.book().map(({ reference }) => reference)).size).toBe(4);
    expect(project.book()).toHaveLength(4);
  });

  it('queries a payment whose answer was lost, and does not pay it again', async () => {
    const { project } = await open({
      faults: [
        { fault: { kind: 'drop-after-booking' }, times: 2 },
        { fault: { kind: 'unreadable' }, times: 1 },
      ],
    });
    await project.write('batches/november.csv', csvOf(4));
    const ended = await project.run('run', 'batches/', '--wait', '30s');
    expect([ended.code, await statuses(project)]).toEqual([0, ['paid', 'paid', 'paid', 'paid']]);
    expect(project.book()).toHaveLength(4);
  });
});

describe('after a run that did not wait', () => {
  it('settle queries every open payment once', async () => {
    const { project } = await open({
      options: 'poll: [10m]',
      faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 9 }],
    });
    await project.write('batches/november.csv', csvOf(3));
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    await project.simulator.idle();
    expect((await project.run('settle', 'november')).code).toBe(0);
    expect(await statuses(project)).toEqual(['paid', 'paid', 'paid']);
    const payouts = project.simulator.stats().bookings;
    expect((await project.run('settle')).code).toBe(0);
    expect(project.simulator.stats().bookings).toBe(payouts);
  });

  it('the next sweep queries what is due, although its files are unchanged', async () => {
    const { project } = await open({
      options: 'poll: [1ms], poll_every: 10ms',
      settings: { callbackDelayMs: 800 },
      faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 9 }],
    });
    await project.write('batches/november.csv', csvOf(2));
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    await project.simulator.idle();
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(0);
    expect(await statuses(project)).toEqual(['paid', 'paid']);
  });

  it('the next run settles the payments of a process that was killed while it waited', async () => {
    const { project } = await open({ options: 'poll: [500ms]', settings: { callbackDelayMs: 700 } });
    await project.write('batches/november.csv', csvOf(3));
    const { child, ended } = project.start(['run', 'batches/', '--wait', '30s']);
    await until('all are taken', () => {
      const { routes, payoutsInFlight } = project.simulator.stats();
      return routes['api/v1/mobile-money/send-payment'] === 3 && payoutsInFlight === 0;
    });
    child.kill('SIGKILL');
    await ended;
    await project.simulator.idle();
    expect((await project.run('run', 'batches/', '--wait', '20s')).code).toBe(0);
    expect(await statuses(project)).toEqual(['paid', 'paid', 'paid']);
    expect(project.book()).toHaveLength(3);
  });
});

describe('serve', () => {
  it('receives callbacks while no run works, and keeps the report up to date', async () => {
    const { project, port } = await open({ options: 'poll: [10m]', settings: { callbackDelayMs: 600 } });
    await project.write('batches/november.csv', csvOf(3));
    const server = await serve(project, port);
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    await until('the report shows all as paid', async () =>
      (await statuses(project)).every((status) => status === 'paid'),
    );
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    expect((await project.run('run', 'batches/')).code).toBe(0);
  });

  it('confirms callbacks without a signature by query', async () => {
    const { project, port } = await open({ signed: false, options: 'poll: [10m]', settings: { callbackDelayMs: 300 } });
    await project.write('batches/november.csv', csvOf(2));
    const server = await serve(project, port);
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    await until('it was confirmed', async () => (await statuses(project)).every((status) => status === 'paid'));
    server.child.kill('SIGTERM');
    await server.ended;
  });

  it('passes the callbacks on to a run that waits beside it', async () => {
    const { project, port } = await open({ options: 'poll: [10m]', settings: { callbackDelayMs: 400 } });
    await project.write('batches/november.csv', csvOf(3));
    const server = await serve(project, port);
    const ended = await project.run('run', 'batches/', '--wait', '20s');
    expect([ended.code, await statuses(project)]).toEqual([0, ['paid', 'paid', 'paid']]);
    server.child.kill('SIGTERM');
    await server.ended;
  });

  it('answers 404 to a wrong token, 401 to a wrong signature, and applies neither', async () => {
    const { project, port } = await open({
      options: 'poll: [10m]',
      faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 9 }],
    });
    await project.write('batches/november.csv', csvOf(1));
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    const [row] = await project.report('november');
    const server = await serve(project, port);
    const body = JSON.stringify({
      ResultCode: 0,
      ResultDesc: 'ok',
      TransactionID: row?.['provider_reference'],
      OriginatorReference: row?.['reference'],
      TransactionAmount: '100.01',
    });
    const post = async (token: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}/callbacks/${token}`, { method: 'POST', body, headers })).status;
    expect(await post(TOKEN.replace('c', 'd'))).toBe(404);
    expect(await post(TOKEN)).toBe(401);
    expect(await post(TOKEN, { Signature: Buffer.from(CALLBACK_SECRET).toString('base64') })).toBe(401);
    server.child.kill('SIGTERM');
    const { stdout, stderr } = await server.ended;
    for (const secret of [TOKEN, CALLBACK_SECRET, 'cs-of-the-test']) expect(stdout + stderr).not.toContain(secret);
    expect(JSON.parse((await project.run('status', '--json')).stdout)).toMatchObject({
      batches: [{ counts: { pending: 1 } }],
    });
  });

  it('refuses to start without an account that has a callback address', async () => {
    const { project } = await open();
    await project.write('payrun.yaml', (await project.read('payrun.yaml')).replace(/ {4}callback_token.*\n/, ''));
    const ended = await project.run('serve');
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('callback_token')]);
    // A provider that needs a callback address in every request pays nothing without one.
    await project.write('batches/november.csv', csvOf(1));
    const run = await project.run('run', 'batches/');
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('callbacks.public_url')]);
    expect(project.simulator.stats().requests).toBe(0);
  });
});
