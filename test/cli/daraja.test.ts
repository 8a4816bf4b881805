import { afterEach, describe, expect, it } from 'vitest';
import {
  seeded,
  startSimulator,
  type FaultRule,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index.ts';
import { Project } from './harness.ts';
import { freePort, serve, TOKEN, until } from './pesaway-project.ts';

let project: Project | null = null;
afterEach(async () => {
  await project?.close();
  project = null;
});

/** A payer at a simulated Daraja, which answers everything by callback: results, questions and the balance. */
async function open(
  setup: {
    readonly settings?: SimulatorOptions['settings'];
    readonly faults?: readonly FaultRule[];
    readonly options?: string;
    readonly account?: string;
  } = {},
): Promise<{ project: Project; port: number }> {
  const port = await freePort();
  const identity = await credentialsOf(port);
  const opened = await Project.open({
    simulator: {
      provider: 'daraja',
      limits: null,
      credentials: [{ key: 'dj-key', secret: 'dj-secret' }],
      callbackOrigin: `http://127.0.0.1:${port}`,
      settings: { callbackDelayMs: 30, ...setup.settings },
      faults: setup.faults ?? [],
    },
    env: {
      DJ_KEY: 'dj-key',
      DJ_SECRET: 'dj-secret',
      DJ_PASSWORD: identity['initiator_password'] ?? '',
      DJ_NAME: identity['initiator_name'] ?? '',
    },
    config: `
organisation: acme-ke
callbacks: { listen: "127.0.0.1:${port}", public_url: https://pay.example.org }
accounts:
  demo:
    provider: daraja
    endpoint: ENDPOINT
    currency: KES
    callback_token: ${TOKEN}
${setup.account ?? ''}    credentials:
      consumer_key: \${DJ_KEY}
      consumer_secret: \${DJ_SECRET}
      initiator_name: \${DJ_NAME}
      initiator_password: \${DJ_PASSWORD}
      certificate: { file: daraja.cer }
    options: { shortcode: "600981", command: SalaryPayment, ${setup.options ?? 'poll: [500ms, 1s], poll_every: 1s, query_wait: 2s, resend_grace: 1s'} }
    limits: { rate: 1000/s, concurrency: 4 }
defaults:
  - match: "*.csv"
    account: demo
`,
  });
  await opened.write('daraja.cer', identity['certificate'] ?? '');
  project = opened;
  return { project: opened, port };
}

/** The simulator's own initiator and certificate are the same for every instance. */
async function credentialsOf(port: number): Promise<Simulator['credentials']> {
  const simulator = await startSimulator({ provider: 'daraja', now: Date.now, random: seeded(port) });
  const { credentials } = simulator;
  await simulator.close();
  return credentials;
}

const MIXED = `id,name,amount,mobile,paybill,paybill_account,till
E1,Amina Wekesa,1500,0712345633,,,
E2,City Water,12500,,888880,INV-2211,
E3,Corner Shop,400,,,,345678
`;

const statuses = async (of: Project): Promise<(string | undefined)[]> =>
  (await of.report('november')).map((row) => row['status']);

describe('Daraja', () => {
  it('pays phones, paybills and tills, confirms its callbacks by query, and reports receipts', async () => {
    const { project } = await open();
    await project.write('batches/november.csv', MIXED);
    const ended = await project.run('run', 'batches/', '--wait', '20s');
    expect([ended.code, await statuses(project)]).toEqual([0, ['paid', 'paid', 'paid']]);
    expect(project.book()).toHaveLength(3);
    for (const row of await project.report('november')) expect(row['provider_reference']).toMatch(/^[A-Z0-9]{10}$/);
  });

  it('refuses a batch that it cannot pay before anything is sent', async () => {
    const { project } = await open();
    await project.write(
      'batches/november.csv',
      'id,amount,mobile,wallet\nE1,10.50,0712345678,\nE2,5,0712345679,\nE3,100,,w1\n',
    );
    expect((await project.run('run', 'batches/')).code).toBe(3);
    const codes = (await project.errors('november')).map((row) => [row['line'], row['code']]);
    expect(codes).toEqual([
      ['2', 'amount-step'],
      ['3', 'amount-below-minimum'],
      ['4', 'destination-unsupported'],
    ]);
    expect(project.simulator.stats().requests).toBe(0);
  });

  it('queries a payment whose answer was lost, and sends again the one that never arrived', async () => {
    const { project } = await open({
      faults: [{ fault: { kind: 'drop-after-booking' } }, { fault: { kind: 'drop-before-booking' } }],
    });
    await project.write(
      'batches/november.csv',
      'id,amount,mobile\nE1,100,0712345633\nE2,200,0712345733\nE3,300,0712345833\n',
    );
    const ended = await project.run('run', 'batches/', '--wait', '30s');
    expect([ended.code, await statuses(project)]).toEqual([0, ['paid', 'paid', 'paid']]);
    expect(project.book()).toHaveLength(3);
  });

  it('leaves payments alone that another short code has sent, and asks about them when that is back', async () => {
    const { project } = await open({
      settings: { callbackDelayMs: 3_000 },
      faults: [{ fault: { kind: 'drop-after-booking' }, times: 2 }],
      options: 'poll: [10m], query_wait: 8s, resend_grace: 1s',
    });
    await project.write('batches/november.csv', 'id,amount,mobile\nE1,100,0712345633\nE2,200,0712345733\n');
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    // The first payment of a run goes alone until its callback has come.
    const sent = await statuses(project);
    expect(sent).toContain('unknown');
    const before = await project.read('payrun.yaml');
    await project.write('payrun.yaml', before.replace('600981', '600982'));
    for (const args of [['settle'], ['run', 'batches/', '--wait', '4s'], ['settle']]) {
      const ended = await project.run(...args);
      expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('daraja at http://127.0.0.1')]);
    }
    expect(await statuses(project)).toEqual(sent);
    const left = (await project.report('november')).find((row) => row['status'] === 'unknown');
    expect(left?.['next_action']).toContain('payrun settle');
    const old = /\n {2}demo:\n(?: {4}.*\n)+/.exec(before)?.[0] ?? '';
    const renamed = old.replace('demo:', 'before:').replace(TOKEN, '0ld0'.repeat(8));
    await project.write(
      'payrun.yaml',
      before.replace('600981', '600982').replace('\ndefaults:', `${renamed}defaults:`),
    );
    const settled = await project.run('settle');
    expect([settled.code, await statuses(project), settled.stderr]).toEqual([0, ['paid', 'paid'], expect.any(String)]);
    expect(project.book()).toHaveLength(2);
  });

  it('never sends a business payment again whose acknowledgement was lost, and says what to check', async () => {
    const { project } = await open({ faults: [{ fault: { kind: 'drop-before-booking' } }] });
    await project.write('batches/november.csv', 'id,amount,till\nE1,100,345678\nE2,200,345679\n');
    expect((await project.run('run', 'batches/', '--wait', '4s')).code).toBe(5);
    expect((await project.run('run', 'batches/', '--wait', '4s')).code).toBe(5);
    expect([...(await statuses(project))].sort()).toEqual(['paid', 'unknown']);
    expect(project.simulator.stats().routes['mpesa/b2b/v1/paymentrequest']).toBe(2);
    const open_ = (await project.report('november')).find((row) => row['status'] === 'unknown');
    expect(open_?.['next_action']).toContain(open_?.['reference']);
  });

  it('sends nothing when the answer about the balance refuses the initiator, and asks no more in the whole sweep', async () => {
    const { project } = await open({ options: 'poll: [500ms], poll_every: 500ms, query_wait: 5s' });
    await project.write('batches/november.csv', 'id,amount,mobile\nE1,100,0712345633\nE2,200,0712345733\n');
    await project.write('batches/second.csv', 'id,amount,mobile\nF1,300,0712345833\n');
    const ended = await project.start(['run', 'batches/', '--wait', '2s'], { DJ_PASSWORD: 'forgotten' }).ended;
    expect([ended.code, ended.stderr]).toEqual([5, expect.stringMatching(/stopped \(2001\).*initiator/)]);
    expect([...(await statuses(project)), ...(await project.report('second')).map((row) => row['status'])]).toEqual(
      Array(3).fill('planned'),
    );
    const { routes } = project.simulator.stats();
    expect(routes['mpesa/b2c/v3/paymentrequest']).toBeUndefined();
    expect(routes['mpesa/accountbalance/v1/query']).toBe(1);
    // With the right password the same files are paid.
    expect((await project.run('run', 'batches/', '--wait', '20s')).code).toBe(0);
    expect(project.book()).toHaveLength(3);
  });

  it.each(['run', 'serve'] as const)(
    'stops the account when the late refusal of a question comes to %s',
    async (who) => {
      const { project, port } = await open({
        settings: { callbackDelayMs: 1_000 },
        options: 'poll: [10m], query_wait: 200ms',
      });
      await project.write(
        'payrun.yaml',
        (await project.read('payrun.yaml')).replace('rate: 1000/s, concurrency: 4', 'rate: 2/s, concurrency: 1'),
      );
      const rows = Array.from({ length: 12 }, (_, at) => `E${at},${100 + at},07123${45_633 + at * 100}`);
      await project.write('batches/november.csv', ['id,amount,mobile', ...rows, ''].join('\n'));
      const server = who === 'serve' ? await serve(project, port) : null;
      const ended = await project.start(['run', 'batches/', '--wait', '1s'], { DJ_PASSWORD: 'forgotten' }).ended;
      expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('may not ask')]);
      expect((await statuses(project)).filter((status) => status === 'planned').length).toBeGreaterThan(6);
      server?.child.kill('SIGTERM');
      await server?.ended;
    },
  );

  it.each(['run', 'serve'] as const)(
    'stops the account when a callback that %s receives reports that the initiator is not accepted',
    async (who) => {
      const { project, port } = await open({ options: 'poll: [10m], query_wait: 500ms' });
      await project.write(
        'payrun.yaml',
        (await project.read('payrun.yaml')).replace('rate: 1000/s, concurrency: 4', 'rate: 2/s, concurrency: 1'),
      );
      const rows = Array.from({ length: 12 }, (_, at) => `E${at},${100 + at},07123${45_633 + at * 100}`);
      await project.write('batches/november.csv', ['id,amount,mobile', ...rows, ''].join('\n'));
      const server = who === 'serve' ? await serve(project, port) : null;
      const ended = await project.start(['run', 'batches/', '--wait', '1s'], { DJ_PASSWORD: 'forgotten' }).ended;
      expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('initiator')]);
      const left = await statuses(project);
      expect(left.filter((status) => status === 'planned').length).toBeGreaterThan(4);
      expect(project.book()).toEqual([]);
      server?.child.kill('SIGTERM');
      await server?.ended;
    },
  );

  it.each(['run', 'serve'] as const)(
    'sends one payment and no more when its callback to %s says that the initiator is not accepted',
    async (who) => {
      const { project, port } = await open({
        settings: { resultAs: '2001', callbackDelayMs: 600, queryDelayMs: 20 },
        options: 'poll: [10m], query_wait: 5s',
      });
      const rows = Array.from({ length: 12 }, (_, at) => `E${at},${100 + at},07123${45_633 + at * 100}`);
      await project.write('batches/november.csv', ['id,amount,mobile', ...rows, ''].join('\n'));
      const server = who === 'serve' ? await serve(project, port) : null;
      const ended = await project.run('run', 'batches/', '--wait', '1s');
      expect([ended.code, ended.stderr]).toEqual([5, expect.stringMatching(/stopped \(2001\).*initiator/)]);
      expect((await statuses(project)).filter((status) => status === 'planned')).toHaveLength(11);
      expect(project.simulator.stats().routes['mpesa/b2c/v3/paymentrequest']).toBe(1);
      server?.child.kill('SIGTERM');
      await server?.ended;
    },
  );

  it('takes one token for two accounts of one app, for serve and run side by side, and for every round of questions', async () => {
    const { project, port } = await open({
      settings: { queryAs: '17', queryTimes: 8 },
      options: 'poll: [100ms, 200ms], poll_every: 500ms, query_wait: 300ms',
    });
    const config = await project.read('payrun.yaml');
    const account = /  demo:[^]*?(?=defaults:)/.exec(config)?.[0] ?? '';
    const second = account
      .replace('demo:', 'second:')
      .replace(TOKEN, TOKEN.replace('c', 'd'))
      .replace('600981', '600982');
    await project.write('payrun.yaml', config.replace('defaults:', `${second}defaults:`));
    const server = await serve(project, port);
    await project.write('batches/november.csv', MIXED);
    await project.write(
      'batches/december.csv',
      'id,amount,mobile,account\nE1,100,0712345633,second\nE2,200,0712345733,second\n',
    );
    const runs = ['november', 'december'].map((name) => project.run('run', `batches/${name}.csv`, '--wait', '20s'));
    expect((await Promise.all(runs)).map((ended) => ended.code)).toEqual([0, 0]);
    expect((await project.run('settle')).code).toBe(0);
    server.child.kill('SIGTERM');
    await server.ended;
    expect(project.simulator.stats().routes['oauth/v1/generate']).toBe(1);
    expect(project.book()).toHaveLength(5);
  });

  it('replaces a shared token that another program has ended', async () => {
    const { project } = await open();
    await project.write('batches/november.csv', MIXED);
    expect((await project.run('run', 'batches/', '--wait', '20s')).code).toBe(0);
    project.simulator.addFaults([{ fault: { kind: 'expire-tokens' } }]);
    await project.write('batches/december.csv', MIXED.replaceAll('E', 'F'));
    expect((await project.run('run', 'batches/', '--wait', '20s', '--allow-duplicate')).code).toBe(0);
    expect([project.simulator.stats().routes['oauth/v1/generate'], project.book().length]).toEqual([2, 6]);
  });

  it('asks once and no more when serve learns that the initiator is not accepted', async () => {
    const { project } = await open({
      faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 9 }],
      options: 'poll: [6s], poll_every: 100ms, query_wait: 5s',
    });
    await project.write('batches/november.csv', 'id,amount,mobile\nE1,100,0712345633\n');
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    const server = project.start(['serve'], { DJ_PASSWORD: 'forgotten' });
    const queriesBefore = (): number => project.simulator.stats().routes['mpesa/transactionstatus/v1/query'] ?? 0;
    await until('serve asks', () => queriesBefore() > 0);
    await expect(until('serve asks again', () => queriesBefore() > 1, 8_000)).rejects.toThrow('not within');
    server.child.kill('SIGTERM');
    await server.ended;
  });

  it('believes a failure by callback only once a query has confirmed it', async () => {
    const { project } = await open();
    await project.write('batches/november.csv', 'id,amount,mobile\nE1,100,0700000040\n');
    expect((await project.run('run', 'batches/', '--wait', '20s')).code).toBe(4);
    const [row] = await project.report('november');
    expect(row).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('registered M-PESA customer') as string,
    });
  });

  it('keeps a payment open whose failure no query has confirmed, and never retries it', async () => {
    const { project } = await open({ settings: { queryAs: 'lost' } });
    await project.write('batches/november.csv', 'id,amount,mobile\nE1,100,0700000040\n');
    expect((await project.run('run', 'batches/', '--wait', '3s')).code).toBe(5);
    expect(await statuses(project)).toEqual(['pending']);
    expect((await project.run('retry', 'november', '--id', 'E1')).code).toBe(2);
    expect(project.simulator.stats().routes['mpesa/b2c/v3/paymentrequest']).toBe(1);
  });

  it('records a failure that came from an allowed source, and sends nothing new before a query has confirmed it', async () => {
    const account = '    callback_sources: ["127.0.0.1"]\n';
    const { project } = await open({ settings: { queryAs: 'lost' }, account });
    await project.write('batches/november.csv', 'id,amount,mobile\nE1,100,0700000040\n');
    expect((await project.run('run', 'batches/', '--wait', '10s')).code).toBe(4);
    expect(await statuses(project)).toEqual(['failed']);
    const retried = await project.run('retry', 'november', '--id', 'E1');
    expect([retried.code, retried.stderr]).toEqual([4, expect.stringContaining('E1')]);
    expect(project.simulator.stats().routes['mpesa/transactionstatus/v1/query']).toBeGreaterThan(0);
    expect(project.simulator.stats().routes['mpesa/b2c/v3/paymentrequest']).toBe(1);
  });

  it('refuses a callback address with a word that Safaricom blocks', async () => {
    const { project } = await open();
    await project.write('payrun.yaml', (await project.read('payrun.yaml')).replace(TOKEN, `EXEc${TOKEN}`));
    await project.write('batches/november.csv', MIXED);
    const ended = await project.run('run', 'batches/');
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(/exe/i)]);
    expect(project.simulator.stats().requests).toBe(0);
  });
});
