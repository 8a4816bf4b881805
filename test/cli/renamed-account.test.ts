import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, type Project, type Started } from './harness.ts';
import { deliver, resultOf } from './pesaway-callback.ts';
import { pesawayProject, serve } from './pesaway-project.ts';

let project: Project | null = null;
let serving: Started | null = null;
afterEach(async () => {
  serving?.child.kill('SIGTERM');
  await serving?.ended;
  await project?.close();
  [project, serving] = [null, null];
});

/** Two payments that PesaWay took, at an account that is then renamed. */
async function renamed(change = (yaml: string): string => yaml): Promise<{ project: Project; port: number }> {
  const opened = await pesawayProject({
    options: 'poll: [10m]',
    simulator: {
      // No callback comes by itself.
      callbackOrigin: 'http://127.0.0.1:9',
      credentials: [
        { key: 'ck-of-the-test', secret: 'cs-of-the-test' },
        { key: 'ck-other', secret: 'cs-other' },
      ],
    },
    env: { PW_KEY_2: 'ck-other', PW_SECRET_2: 'cs-other' },
  });
  project = opened.project;
  await project.write('batches/november.csv', csvOf(2));
  await project.run('run', 'batches/', '--wait', '0s');
  const yaml = await project.read('payrun.yaml');
  await project.write(
    'payrun.yaml',
    change(yaml.replace('\n  demo:', '\n  wages:').replace('account: demo', 'account: wages')),
  );
  return opened;
}

const statuses = async (of: Project): Promise<(string | undefined)[]> =>
  (await of.report('november')).map((row) => row['status']);

describe('an account with another name than when it paid', () => {
  it('is called, and asked, about what it sent under the old one', async () => {
    const { project: of, port } = await renamed();
    expect(await statuses(of)).toEqual(['pending', 'pending']);
    const [first = {}] = await of.report('november');
    serving = await serve(of, port);
    expect(await deliver(port, resultOf(first))).toBe(200);
    serving.child.kill('SIGTERM');
    await serving.ended;
    serving = null;
    expect(await statuses(of)).toEqual(['paid', 'pending']);
    expect((await of.run('settle')).code).toBe(0);
    expect(await statuses(of)).toEqual(['paid', 'paid']);
  });

  it('decides nothing by a callback that came to another payer', async () => {
    const other = (yaml: string): string =>
      yaml.replace('${PW_KEY}', '${PW_KEY_2}').replace('${PW_SECRET}', '${PW_SECRET_2}');
    const { project: of, port } = await renamed(other);
    const [first = {}] = await of.report('november');
    serving = await serve(of, port);
    expect(await deliver(port, resultOf(first))).toBe(200);
    serving.child.kill('SIGTERM');
    await serving.ended;
    serving = null;
    expect(await statuses(of)).toEqual(['pending', 'pending']);
  });
});
