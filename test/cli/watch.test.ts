import { rename, rm, mkdir, appendFile, open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CONFIG, csvOf, Project, type Started } from './harness.ts';
import { seriesProject, startAt, templateOf } from './series-project.ts';

let project: Project;
let watching: Started | null = null;
let printed = '';

afterEach(async () => {
  watching?.child.kill('SIGKILL');
  await watching?.ended;
  watching = null;
  await project.close();
});

function follow(started: Started): void {
  printed = '';
  watching = started;
  for (const stream of [started.child.stdout, started.child.stderr])
    stream?.on('data', (text: string) => (printed += text));
}

async function startWatch(): Promise<void> {
  project = await Project.open();
  follow(project.start(['watch', '--every', '2s']));
  await until(() => printed.includes('Nothing to do'));
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 25_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not in time; printed: ${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const stopped = async (): Promise<number | null> => {
  watching?.child.kill('SIGTERM');
  return (await watching?.ended)?.code ?? null;
};

describe('watch', () => {
  it('pays a file that is dropped, says what it did once, and ends in order by a signal', async () => {
    await startWatch();
    await project.write('batches/a.csv', csvOf(2));
    await until(() => printed.includes('Batch a: all 2 payments are paid'));
    await project.write('batches/bad.csv', 'id,amount,mobile\nx,abc,0712200009\n');
    await until(() => printed.includes('bad.csv: refused'));
    await project.write('batches/b.csv', csvOf(1, (n) => `07990${String(n)}0009`).replace('EMP', 'X'));
    await until(() => printed.includes('Batch b: the one payment'));
    expect(printed.match(/bad\.csv: refused/g)).toHaveLength(1);
    expect(await stopped()).toBe(0);
    expect(project.book()).toHaveLength(3);
  });

  it('waits for a file that is still being written, and takes one that is renamed into place', async () => {
    await startWatch();
    const path = await project.write('batches/slow.csv', 'id,name,amount,mobile\nEMP-1,A,100,0712200019\n');
    const handle = await openFile(path, 'a');
    await until(() => printed.includes('slow.csv is still being written'));
    await project.write(
      'upload/ready.csv',
      csvOf(3, (n) => `07990${String(n)}0009`),
    );
    await rename(join(project.dir, 'upload/ready.csv'), join(project.dir, 'batches/ready.csv'));
    await until(() => printed.includes('Batch ready: all 3 payments'));
    expect(project.book()).toHaveLength(3);
    await appendFile(path, 'EMP-2,B,200,0712200029\n');
    await handle.close();
    await until(() => printed.includes('Batch slow: all 2 payments'));
    expect(project.book()).toHaveLength(5);
    expect(await stopped()).toBe(0);
  });

  it('lives through a broken configuration and a folder that is away, and says each once', async () => {
    await startWatch();
    const config = await project.read('payrun.yaml');
    await project.write('payrun.yaml', `${config}seriess: x\n`);
    await until(() => printed.includes('Nothing is sent until this is put right'));
    await project.write('batches/a.csv', csvOf(1));
    await project.write('payrun.yaml', config);
    await until(() => printed.includes('Batch a: the one payment'));
    await rm(join(project.dir, 'batches'), { recursive: true });
    await until(() => printed.includes('There is no file or folder'));
    await mkdir(join(project.dir, 'batches'));
    await project.write('batches/b.csv', csvOf(1, () => '0799000009').replace('EMP', 'X'));
    await until(() => printed.includes('Batch b: the one payment'));
    expect(printed.match(/There is no file or folder/g)).toHaveLength(1);
    expect(await stopped()).toBe(0);
  });

  it('pays a date of a series when it comes, once beside another sweep', async () => {
    const series = '  salaries: { every: "0 6 25 * *", template: salaries.yaml, account: demo }';
    const opened = await seriesProject(series, CONFIG);
    project = opened.project;
    await project.write('salaries.yaml', templateOf(4));
    opened.clock.set('2026-11-25T02:59:52Z');
    const start = Date.now();
    follow(startAt(project, opened.clock.now(), 'watch', '--every', '60s'));
    await until(() => printed.includes('Series salaries is new'));
    opened.clock.set('2026-11-25T03:00:00Z');
    const other = startAt(project, Date.parse('2026-11-25T02:59:52Z') + (Date.now() - start), 'watch', '--every', '1s');
    await until(() => project.book().length === 4);
    other.child.kill('SIGTERM');
    expect([await stopped(), (await other.ended).code]).toEqual([0, 0]);
    expect(printed + (await other.ended).stdout).toContain('salaries-2026-11-25: all 4 payments');
    expect(new Set(project.book().map(({ reference }) => reference)).size).toBe(4);
  });

  it('refuses a configuration that it cannot read at its start', async () => {
    project = await Project.open({ config: 'organisation: acme\n' });
    const ended = await project.run('watch');
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('lacks `accounts`')]);
  });
});
