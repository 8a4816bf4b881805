import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, type Project } from './harness.ts';
import { deliver, resultOf } from './pesaway-callback.ts';
import { pesawayProject, serve, until } from './pesaway-project.ts';

let project: Project | null = null;
let proxy: Server | null = null;
afterEach(async () => {
  await project?.close();
  proxy?.closeAllConnections();
  proxy?.close();
  project = null;
  proxy = null;
});

/** One mark or pair of marks, many times, and an end that no pattern expects behind them. */
const REPEATED: readonly string[] = ['.', ' ', '-', '(', '1', 'a', '1 ', '.1', 'aaaaaaaa.', '\t', '\u200b', '<', '\\'];

function longText(unit: string, bytes: number): string {
  return `${unit.repeat(Math.floor(bytes / Buffer.byteLength(unit)))}!`;
}

/** Passes requests on to the simulator and puts a text of almost 1 MiB, the largest answer there is, into each JSON answer. */
async function withLongAnswers(endpoint: string, unit: () => string): Promise<string> {
  const target = new URL(endpoint);
  const server = createServer((incoming, outgoing) => {
    const { method = '', headers, url = '' } = incoming;
    const passed = request({ host: target.hostname, port: target.port, path: url, method, headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (part: string) => (body += part));
      answer.on('end', () => {
        const text = longText(unit(), 480_000);
        const whole = JSON.stringify({ ...(JSON.parse(body) as object), description: text, message: text });
        outgoing.writeHead(answer.statusCode ?? 500, { 'content-type': 'application/json' }).end(whole);
      });
    });
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = server;
  return endpoint.replace(target.host, `127.0.0.1:${(server.address() as AddressInfo).port}`);
}

describe('a long text of one repeated mark', () => {
  it('in answers keeps no payment from being paid', async () => {
    const opened = await pesawayProject({ options: 'poll: [10m]' });
    project = opened.project;
    let requested = 0;
    const endpoint = await withLongAnswers(
      project.simulator.endpoint,
      () => REPEATED[requested++ % REPEATED.length] ?? '',
    );
    const config = (await project.read('payrun.yaml')).replace(project.simulator.endpoint, endpoint);
    await project.write('payrun.yaml', config);
    await project.write('batches/november.csv', csvOf(REPEATED.length));
    const ended = await project.run('run', 'batches/', '--wait', '20s');
    expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
    expect(new Set((await project.report('november')).map((row) => row['status']))).toEqual(new Set(['paid']));
    expect(requested).toBeGreaterThan(REPEATED.length);
  });

  it('in callbacks keeps no other callback from being applied', async () => {
    const { project: opened, port } = await pesawayProject({
      options: 'poll: [10m]',
      faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 99 }],
    });
    project = opened;
    await project.write('batches/november.csv', csvOf(REPEATED.length + 1));
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    const rows = await project.report('november');
    const server = await serve(project, port);
    const answers = REPEATED.map((unit, at) => {
      const failure = { ResultCode: 17, ResultDesc: longText(unit, 30_000) };
      return deliver(port, resultOf(rows[at] ?? {}, failure));
    });
    answers.push(deliver(port, resultOf(rows.at(-1) ?? {})));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
    const statuses = async (): Promise<(string | undefined)[]> =>
      (await opened.report('november')).map((row) => row['status']);
    await until('all are settled', async () => !(await statuses()).includes('pending'));
    expect((await statuses()).at(-1)).toBe('paid');
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
  });
});
