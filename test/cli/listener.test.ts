import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { BIN, csvOf, phoneOf, type Ended, type Project, type Started } from './harness.ts';
import { deliver, resultOf } from './pesaway-callback.ts';
import {
  CALLBACK_SECRET,
  freePort,
  pesawayProject,
  serve,
  TOKEN,
  until,
  type PesawaySetup,
} from './pesaway-project.ts';

const running: Started[] = [];
const sockets: Socket[] = [];
let project: Project | null = null;
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  await project?.close();
  project = null;
});

async function open(setup: PesawaySetup = {}): Promise<{ project: Project; port: number }> {
  const opened = await pesawayProject(setup);
  project = opened.project;
  return opened;
}

function keep(started: Started): Started {
  running.push(started);
  return started;
}

/** A connection on which `text` is written and nothing else. */
function silent(port: number, text = ''): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.on('error', () => undefined);
      if (text !== '') socket.write(text);
      resolve(socket);
    });
    socket.once('error', reject);
    sockets.push(socket);
  });
}

async function isListening(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: 'close' } }).then(
    (answer) => answer.ok,
    () => false,
  );
}

/** A run that waits for callbacks which never come, until `wait` is over. */
function waitingRun(of: Project, wait: string): Started {
  return keep(of.start(['run', 'batches/', '--wait', wait]));
}

const NEVER_CALLED: PesawaySetup = {
  options: 'poll: [10m]',
  faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 99 }],
};

describe('connections that stay silent', () => {
  it.each([
    ['say nothing', ''],
    ['send half a head', `POST /callbacks/${TOKEN} HTTP/1.1\r\nHost: x\r\n`],
    ['send half a body', `POST /callbacks/${TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{`],
    ['idle after a request', 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['never read', 'GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2_000)],
  ])('keep no run from ending and the account from being paid from: those that %s', async (_, text) => {
    const { project, port } = await open(NEVER_CALLED);
    await project.write('batches/november.csv', csvOf(2));
    const run = waitingRun(project, '1s');
    await until('the run listens', () => isListening(port));
    for (let n = 0; n < 3; n++) (await silent(port, text)).pause();
    expect((await run.ended).code).toBe(5);
    await project.write('batches/december.csv', csvOf(1, phoneOf('0719')).replaceAll('EMP', 'OTHER'));
    const next = await project.run('run', 'batches/december.csv', '--wait', '0s');
    expect([next.code, next.stderr]).toEqual([5, expect.not.stringContaining('is being worked')]);
    await until('the simulator has paid all', () => project.book().length === 3);
  });

  it('leave file descriptors for the ledger and the report, and a place for a callback', async () => {
    const { project, port } = await open(NEVER_CALLED);
    await project.write('batches/november.csv', csvOf(2));
    const run = keep(startWithFiles(project, 128, ['run', 'batches/', '--wait', '8s']));
    await until('the run listens', () => isListening(port));
    for (let n = 0; n < 400; n++) await silent(port);
    await until('a callback is taken', () => isListening(port));
    expect((await run.ended).code).toBe(5);
    expect(await project.report('november')).toHaveLength(2);
  });
});

/** Starts the command line where it may open only so many files. */
function startWithFiles(of: Project, files: number, args: readonly string[]): Started {
  const line = `ulimit -n ${files}; exec "$@"`;
  const child = spawn('sh', ['-c', line, 'sh', process.execPath, BIN, ...args], {
    cwd: of.dir,
    env: {
      ...process.env,
      PW_KEY: 'ck-of-the-test',
      PW_SECRET: 'cs-of-the-test',
      PW_CALLBACK: CALLBACK_SECRET,
      PW_TOKEN: TOKEN,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout: '', stderr }));
  });
  return { child, ended };
}

describe('the address of the callbacks', () => {
  it('answers ok to /health and nothing else, and metrics stand behind a token on another address', async () => {
    const status = await freePort();
    const { project, port } = await open({
      top: `status: { listen: "127.0.0.1:${status}", token: "\${STATUS_TOKEN}" }`,
      options: 'poll: [10m]',
    });
    const token = 's'.repeat(32);
    await project.write('batches/november.csv', csvOf(3));
    const server = keep(project.start(['serve'], { STATUS_TOKEN: token }));
    await until('serve listens', () => isListening(port));
    expect((await project.start(['run', 'batches/', '--wait', '20s'], { STATUS_TOKEN: token }).ended).code).toBe(0);
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    expect([health.status, await health.text()]).toEqual([200, 'ok']);
    for (const path of ['/metrics', '/', '/status', '/callbacks']) {
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(404);
    }
    const look = (authorization?: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${status}/metrics`, authorization === undefined ? {} : { headers: { authorization } });
    for (const wrong of [undefined, 'Bearer ', `Bearer ${'x'.repeat(32)}`, `Basic ${token}`]) {
      const refused = await look(wrong);
      expect([refused.status, await refused.text()]).toEqual([401, 'token wanted']);
    }
    const metrics = await (await look(`Bearer ${token}`)).text();
    expect(metrics).toContain('payrun_callbacks_total{account="demo",result="settled"} 3');
    expect(metrics).toContain('payrun_open_payments');
    server.child.kill('SIGTERM');
    const ended = await server.ended;
    expect([ended.code, ended.stdout + ended.stderr]).toEqual([0, expect.not.stringContaining(token)]);
  });

  it('adds up what is open again when payments have moved', async () => {
    const status = await freePort();
    const { project, port } = await open({ ...NEVER_CALLED, top: `status: { listen: "127.0.0.1:${status}" }` });
    keep(await serve(project, port));
    const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${status}/metrics`)).text();
    expect(await metrics()).not.toContain('payrun_open_payments{');
    await project.write('batches/november.csv', csvOf(2));
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    expect(await metrics()).toContain('payrun_open_payments{account="demo",status="pending"} 2');
    expect(await metrics()).toMatch(/payrun_open_payments_oldest_seconds\{account="demo"\} \d+\n/);
    const [row] = await project.report('november');
    await deliver(port, resultOf(row ?? {}));
    await until('one is paid', async () => (await metrics()).includes('status="pending"} 1'));
  });

  it('shows metrics to other machines only with a token', async () => {
    const { project } = await open({ top: 'status: { listen: "0.0.0.0:8788" }' });
    const ended = await project.run('serve');
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('status.listen')]);
  });

  it('is taken over by serve when the run that has it ends', async () => {
    const { project, port } = await open(NEVER_CALLED);
    await project.write('batches/november.csv', csvOf(1));
    const run = waitingRun(project, '4s');
    await until('the run listens', () => isListening(port));
    const server = keep(project.start(['serve']));
    let log = '';
    server.child.stderr?.on('data', (text: string) => (log += text));
    await until('serve says that it waits', () => log.includes('taken over when that ends'));
    expect(log).toContain(`pid ${run.child.pid}`);
    expect((await run.ended).code).toBe(5);
    await until('serve listens', () => isListening(port));
    const [row] = await project.report('november');
    expect(await deliver(port, resultOf(row ?? {}))).toBe(200);
    await until('it is paid', async () => (await project.report('november'))[0]?.['status'] === 'paid');
    expect(log.split('taken over when that ends')).toHaveLength(2);
  });

  it('is waited for, and its holder named, where another program has it', async () => {
    const { project, port } = await open(NEVER_CALLED);
    const other = createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const server = keep(project.start(['serve']));
    let log = '';
    server.child.stderr?.on('data', (text: string) => (log += text));
    await until('serve says who has it', () => log.includes('is no payrun'));
    expect(log).toContain(`127.0.0.1:${port} is taken by pid ${process.pid}`);
    await new Promise<void>((resolve) => {
      other.close(() => resolve());
      other.closeAllConnections();
    });
    await until('serve listens', () => isListening(port));
  });

  it('is refused at once where it can never work', async () => {
    const { project, port } = await open();
    const config = (await project.read('payrun.yaml')).replace(`127.0.0.1:${port}`, `203.0.113.7:${port}`);
    await project.write('payrun.yaml', config);
    const ended = await project.run('serve');
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('callbacks.listen')]);
  });

  it('takes callbacks from an allowed source whose proxy appends a port to the address', async () => {
    const { project, port } = await open({
      ...NEVER_CALLED,
      callbacks: ', trusted_proxies: ["127.0.0.1"]',
      account: '    callback_sources: ["196.201.214.200", "2001:db8::7"]',
    });
    await project.write('batches/november.csv', csvOf(1));
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    const [row] = await project.report('november');
    keep(await serve(project, port));
    const body = resultOf(row ?? {});
    const from = (forwarded: string): Promise<number> => deliver(port, body, { 'x-forwarded-for': forwarded });
    expect(await from('196.201.214.201:4711')).toBe(403);
    expect(await from('196.201.214.200:4711')).toBe(200);
    expect(await from('[2001:db8::7]:4711')).toBe(200);
    expect(await from('::ffff:196.201.214.200')).toBe(200);
  });
});
