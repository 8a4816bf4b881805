import { link, mkdir, readdir, stat, symlink, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliver, resultAbout } from './callback-files.ts';
import { BIN, CONFIG, csvOf, phoneOf, Project } from './harness.ts';
import { pesawayProject, serve, until } from './pesaway-project.ts';

const MOVING = `${CONFIG.trim()}\nafter_paid: move\n`;

let project: Project;
beforeEach(async () => {
  project = await Project.open({ config: MOVING });
});
afterEach(() => project.close());

/** Files below the drop folder, with what stands in `done/`. */
async function dropped(): Promise<readonly string[]> {
  const names = await readdir(join(project.dir, 'batches'), { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(project.dir, 'batches').length + 1))
    .sort();
}

/** Files that a sweep takes for written, since it passes over what is younger than a second. */
async function drop(name: string, text: string): Promise<void> {
  const path = await project.write(`batches/${name}`, text);
  await utimes(path, 1_700_000_000, 1_700_000_000);
}

/** As `csvOf`, for other people. */
function others(count: number): string {
  return csvOf(count, phoneOf('0722')).replaceAll('EMP-', 'TMP-');
}

const YAML = `batch: wages-1\naccount: demo\nrows: wages.csv\n`;

describe('after_paid: move', () => {
  it('moves the file of a batch that is paid, says so, and a sweep reads it no more', async () => {
    await drop('nov.csv', csvOf(2));
    const ended = await project.run('run', 'batches/');
    expect([ended.code, await dropped()]).toEqual([0, ['done/nov.csv']]);
    expect(ended.stderr).toMatch(/nov\.csv was paid and moved to .*done\/nov\.csv\./);
    const again = await project.run('run', 'batches/');
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('Nothing to do')]);
    expect(project.book()).toHaveLength(2);
  });

  it('leaves everything where nothing is declared', async () => {
    await project.write('payrun.yaml', CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint));
    await drop('nov.csv', csvOf(1));
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(await dropped()).toEqual(['nov.csv']);
  });

  it('follows the rule of the file before the setting for all', async () => {
    const rule = '  - match: "keep-*.csv"\n    account: demo\n    after_paid: leave\n  - match: "*.csv"';
    const config = MOVING.replace('  - match: "*.csv"', rule).replaceAll('ENDPOINT', project.simulator.endpoint);
    await project.write('payrun.yaml', config);
    await drop('keep-1.csv', csvOf(1));
    await drop('nov.csv', others(1));
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(await dropped()).toEqual(['done/nov.csv', 'keep-1.csv']);
  });

  it('resumes the same batch when a moved file is run by hand', async () => {
    await drop('nov.csv', csvOf(1));
    await project.run('run', 'batches/');
    for (const command of ['validate', 'plan', 'run']) {
      const ended = await project.run(command, 'batches/done/nov.csv', '--json');
      expect([command, ended.code, ended.stdout]).toEqual([command, 0, expect.stringContaining('"batch": "nov"')]);
    }
    expect([project.book().length, await dropped()]).toEqual([1, ['done/nov.csv']]);
  });

  it('never writes over a file, and knows the batch of one that had to be renamed', async () => {
    await project.write('batches/done/nov.csv', 'something else\n');
    await drop('nov.csv', csvOf(1));
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(await dropped()).toEqual(['done/nov-2.csv', 'done/nov.csv']);
    expect(await project.read('batches/done/nov.csv')).toBe('something else\n');
    for (const command of ['validate', 'plan', 'run']) {
      const ended = await project.run(command, 'batches/done/nov-2.csv', '--json');
      expect([command, ended.code, ended.stdout]).toEqual([command, 0, expect.stringContaining('"batch": "nov"')]);
    }
    expect(project.book()).toHaveLength(1);
  });

  it('refuses a file among the paid ones that was never paid, also where copies are allowed', async () => {
    await drop('nov.csv', csvOf(1));
    await project.run('run', 'batches/');
    await project.write('batches/done/dec.csv', csvOf(1));
    for (const flags of [[], ['--allow-duplicate'], ['--batch', 'other', '--allow-duplicate']]) {
      const ended = await project.run('run', 'batches/done/dec.csv', ...flags);
      expect([ended.code, ended.stderr]).toEqual([3, expect.stringContaining('move it out of that folder first')]);
    }
    expect(project.book()).toHaveLength(1);
  });

  it('moves the rows of a YAML batch with it, which then reads them there', async () => {
    await drop('wages.csv', csvOf(2));
    await drop('wages.yaml', YAML);
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(await dropped()).toEqual(['done/wages.csv', 'done/wages.yaml']);
    expect((await project.run('run', 'batches/done/wages.yaml')).code).toBe(0);
    expect(project.book()).toHaveLength(2);
  });

  it('keeps the two together in a folder of their own where one of the names is taken', async () => {
    await project.write('batches/done/wages.csv', 'other rows\n');
    await drop('wages.csv', csvOf(2));
    await drop('wages.yaml', YAML);
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(await dropped()).toEqual(['done/wages-2/wages.csv', 'done/wages-2/wages.yaml', 'done/wages.csv']);
    expect((await project.run('run', 'batches/done/wages-2/wages.yaml')).code).toBe(0);
    expect(project.book()).toHaveLength(2);
  });

  describe('with rows that two batches name', () => {
    const batchOf = (name: string, month: string, more = ''): string =>
      `batch: ${name}\naccount: demo\nseries: wages\noccurrence: ${month}\nrows: staff.csv\n${more}`;

    it('leaves the rows for the other batch, says so, and moves them with the last one', async () => {
      await drop('staff.csv', csvOf(2));
      await drop('nov.yaml', batchOf('wages-nov', '2026-11'));
      await drop('oct.yaml', batchOf('wages-oct', '2026-10', 'not_before: 2099-01-01T06:00:00+03:00\n'));
      const first = await project.run('run', 'batches/');
      expect(await dropped()).toEqual(['done/nov.yaml', 'done/staff.csv', 'oct.yaml', 'staff.csv']);
      expect([first.code, first.stderr]).toEqual([
        5,
        expect.stringMatching(
          /nov\.yaml was paid and moved to .*done\/nov\.yaml\. .*staff\.csv stays, because oct\.yaml names it, too\./,
        ),
      ]);
      await drop('oct.yaml', batchOf('wages-oct', '2026-10'));
      expect((await project.run('run', 'batches/')).code).toBe(0);
      expect(await dropped()).toEqual(['done/nov.yaml', 'done/oct.yaml', 'done/staff.csv']);
      for (const name of ['nov', 'oct']) expect((await project.run('run', `batches/done/${name}.yaml`)).code).toBe(0);
      expect(project.book()).toHaveLength(4);
    });

    it('moves all of them after one sweep that pays both', async () => {
      await drop('staff.csv', csvOf(2));
      await drop('nov.yaml', batchOf('wages-nov', '2026-11'));
      await drop('oct.yaml', batchOf('wages-oct', '2026-10'));
      expect((await project.run('run', 'batches/')).code).toBe(0);
      expect(await dropped()).toEqual(['done/nov.yaml', 'done/oct.yaml', 'done/staff.csv']);
      expect((await project.run('run', 'batches/')).code).toBe(0);
      expect(project.book()).toHaveLength(4);
    });

    it('leaves the rows for a batch in a file that cannot be read yet', async () => {
      await drop('staff.csv', csvOf(2));
      await drop('nov.yaml', batchOf('wages-nov', '2026-11'));
      await drop('oct.yaml', batchOf('wages-oct', '2026-10').replace('demo', 'dmeo'));
      expect((await project.run('run', 'batches/')).code).toBe(3);
      expect(await dropped()).toEqual(['done/nov.yaml', 'done/staff.csv', 'oct.yaml', 'staff.csv']);
    });
  });

  it('keeps a file of which something failed or is open, and moves it when that has ended', async () => {
    await drop('nov.csv', `id,name,amount,mobile\nE1,Ann,100,0712340002\nE2,Ben,200,0712200019\n`);
    expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    expect(await dropped()).toEqual(['nov.csv']);
    const unknown = (await project.report('nov')).find((row) => row['status'] === 'unknown')?.['reference'] ?? '';
    await project.run('resolve', unknown, '--as', 'paid', '--because', 'seen', '--by', 'Mary');
    const swept = await project.run('run', 'batches/');
    expect([swept.code, await dropped()]).toEqual([0, ['done/nov.csv']]);
    expect(project.book().filter(({ destination }) => destination.endsWith('200019'))).toHaveLength(1);
  });

  it('moves what settle finds paid', async () => {
    await drop('nov.csv', csvOf(1));
    await project.write('payrun.yaml', CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint));
    await project.run('run', 'batches/');
    await project.write('payrun.yaml', MOVING.replaceAll('ENDPOINT', project.simulator.endpoint));
    expect((await project.run('settle', 'nov')).code).toBe(0);
    expect(await dropped()).toEqual(['done/nov.csv']);
  });

  it('keeps a file that was changed since it was read', async () => {
    await drop('nov.csv', csvOf(1));
    await project.write('payrun.yaml', CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint));
    await project.run('run', 'batches/');
    await project.write('payrun.yaml', MOVING.replaceAll('ENDPOINT', project.simulator.endpoint));
    await drop('nov.csv', csvOf(2));
    expect((await project.run('settle', 'nov')).code).toBe(0);
    expect(await dropped()).toEqual(['nov.csv']);
  });

  it('moves nothing from elsewhere, and no symbolic link', async () => {
    await project.write('elsewhere.csv', csvOf(1));
    expect((await project.run('run', 'elsewhere.csv')).code).toBe(0);
    expect(await stat(join(project.dir, 'elsewhere.csv'))).toBeDefined();
    await symlink(join(project.dir, 'elsewhere.csv'), join(project.dir, 'batches/link.csv'));
    await project.run('run', 'batches/');
    expect(await dropped()).toEqual(['link.csv']);
  });

  it('moves a file that was paid under another id, and still knows it', async () => {
    await drop('nov.csv', csvOf(1));
    expect((await project.run('run', 'batches/nov.csv', '--batch', 'nov-live')).code).toBe(0);
    expect(await dropped()).toEqual(['done/nov.csv']);
    const ended = await project.run('run', 'batches/done/nov.csv', '--json');
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('"batch": "nov-live"')]);
  });

  it('moves the accepted repairs with the file that they are of', async () => {
    await drop('nov.csv', 'id,name,amount,mobile\nE1,Ann,"1,250.50",0712200019\n');
    expect((await project.run('validate', 'batches/nov.csv', '--repair', 'batches/nov-repairs.csv')).code).toBe(3);
    const lines = (await project.read('batches/nov-repairs.csv')).trimEnd().split(/\r?\n/);
    await project.write('batches/nov-repairs.csv', `${lines[0] ?? ''}\n${lines[1] ?? ''}yes\n`);
    const ended = await project.run('run', 'batches/nov.csv', '--repair', 'batches/nov-repairs.csv');
    expect([ended.code, await dropped()]).toEqual([0, ['done/nov-repairs.csv', 'done/nov.csv']]);
    const again = ['run', 'batches/done/nov.csv', '--repair', 'batches/done/nov-repairs.csv'];
    expect([(await project.run(...again)).code, project.book().length]).toEqual([0, 1]);
  });

  it('lets a correction find the batch of a moved file', async () => {
    await drop('nov.csv', 'id,name,amount,wallet\nE1,Ann,100,acctMISSING\n');
    await project.run('run', 'batches/');
    const failed = await project.read('reports/nov/nov-failed.csv');
    // Another rule stands for files of this name, and does not count for a correction.
    const other = '  - match: "fix*.csv"\n    account: demo\n    columns: { name: Nobody }\n  - match: "*.csv"';
    const config = MOVING.replace('  - match: "*.csv"', other);
    await project.write('payrun.yaml', config.replaceAll('ENDPOINT', project.simulator.endpoint));
    await drop('fix.csv', failed.replace('acctMISSING', 'acctGOOD'));
    expect((await project.run('run', 'batches/')).code).toBe(0);
    // The old row is replaced, so that nothing of either file needs anybody.
    expect((await project.run('run', 'batches/')).code).toBe(0);
    expect(await dropped()).toEqual(['done/fix.csv', 'done/nov.csv']);
    const again = await project.run('run', 'batches/done/fix.csv');
    expect([again.code, project.book().length]).toEqual([0, 1]);
  });
});

describe('a process that was killed before it moved the file', () => {
  beforeEach(async () => {
    // Paid and reported, and nothing moved yet: a file is in the way of the folder.
    await drop('wages.csv', csvOf(2));
    await drop('wages.yaml', YAML);
    await drop('nov.csv', others(1));
    await project.write('batches/done', '');
    const ended = await project.run('run', 'batches/');
    expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('could not be moved')]);
    await unlink(inBatches('done'));
    await mkdir(inBatches('done'));
  });
  const inBatches = (name: string): string => join(project.dir, 'batches', name);
  const ALL = ['done/nov.csv', 'done/wages.csv', 'done/wages.yaml'];

  it('is mended by the next sweep', async () => {
    expect((await project.run('run', 'batches/', '--quiet')).code).toBe(0);
    expect([await dropped(), project.book().length]).toEqual([ALL, 3]);
  });

  it.each([
    ['the rows were linked', ['wages.csv'], []],
    ['both were linked', ['wages.csv', 'wages.yaml', 'nov.csv'], []],
    ['the old name of the rows was gone', ['wages.csv', 'wages.yaml'], ['wages.csv']],
  ])('is mended by the next sweep where %s', async (_, linked, gone) => {
    for (const name of linked) await link(inBatches(name), inBatches(`done/${name}`));
    for (const name of gone) await unlink(inBatches(name));
    const ended = await project.run('run', 'batches/');
    expect([ended.stderr, await dropped()]).toEqual([expect.not.stringContaining('refused'), ALL]);
    expect([ended.code, project.book().length]).toEqual([0, 3]);
  });
});

describe('a process that is killed while it moves files', () => {
  const KILLER = new URL('move-killer.ts', import.meta.url).href;
  /** Changes to names that a move of all these files makes, at most. */
  const CHANGES_MAX = 20;

  /** Sweeps with a kill; false where the process came to its end before that. */
  const killedSweep = async (killAt: string): Promise<boolean> => {
    const program = [process.execPath, '--import', KILLER, BIN, 'run', 'batches/'];
    const { signal, code, stderr } = await project.startProgram(program, { KILL_AT: killAt }).ended;
    expect(signal === 'SIGKILL' || code === 0, stderr).toBe(true);
    return signal === 'SIGKILL';
  };

  it('loses none and pays none again: killed before each change of a name', async () => {
    const files = ['nov.csv', 'wages.csv', 'wages.yaml'];
    let kills = 0;
    for (let nth = 1; nth <= CHANGES_MAX; nth++) {
      await project.close();
      project = await Project.open({ config: MOVING });
      await drop('wages.csv', csvOf(2));
      await drop('wages.yaml', YAML);
      await drop('nov.csv', others(1));
      const wasKilled = await killedSweep(`before ${nth}`);
      const left = await dropped();
      expect(new Set(left.map((name) => name.replace(/^done\//, '')))).toEqual(new Set(files));
      const again = await project.run('run', 'batches/');
      expect([nth, again.code, await dropped()]).toEqual([nth, 0, files.map((name) => `done/${name}`)]);
      const byHand = await project.run('run', 'batches/done/nov.csv', 'batches/done/wages.yaml');
      expect(byHand.code).toBe(0);
      expect(project.book()).toHaveLength(3);
      const reported = [...(await project.report('nov')), ...(await project.report('wages-1'))];
      expect(reported.map(({ id, status }) => [id, status])).toEqual([
        ['TMP-1', 'paid'],
        ['EMP-1', 'paid'],
        ['EMP-2', 'paid'],
      ]);
      if (!wasKilled) break;
      kills += 1;
    }
    // Two folders are made sure of, three files linked and three names removed.
    expect(kills).toBeGreaterThanOrEqual(8);
    expect(kills).toBeLessThan(CHANGES_MAX);
  });

  it('leaves rows that two batches name where the other one reads them', async () => {
    const batchOf = (month: string): string =>
      `batch: wages-${month}\naccount: demo\nseries: wages\noccurrence: 2026-${month}\nrows: staff.csv\n`;
    for (let nth = 1; nth <= CHANGES_MAX; nth++) {
      await project.close();
      project = await Project.open({ config: MOVING });
      await drop('staff.csv', csvOf(1));
      await drop('a.yaml', batchOf('10'));
      await drop('b.yaml', batchOf('11'));
      const wasKilled = await killedSweep(`after ${nth}`);
      const again = await project.run('run', 'batches/');
      expect([nth, again.code, await dropped()]).toEqual([nth, 0, ['done/a.yaml', 'done/b.yaml', 'done/staff.csv']]);
      expect(project.book()).toHaveLength(2);
      if (!wasKilled) break;
    }
  });
});

describe('serve', () => {
  it('moves the file of a batch that callbacks have paid', async () => {
    const opened = await pesawayProject({
      ...{ top: 'after_paid: move', options: 'poll: [10m]' },
      // The simulator's own callback would reach the run.
      settings: { callbackDelayMs: 3_600_000, repeatDelayMs: 3_600_000 },
    });
    const path = await opened.project.write('batches/nov.csv', csvOf(1));
    await utimes(path, 1_700_000_000, 1_700_000_000);
    expect((await opened.project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
    const running = await serve(opened.project, opened.port);
    try {
      const [row] = await opened.project.report('nov');
      expect(await deliver(opened.port, resultAbout(row ?? {}))).toBe(200);
      const moved = join(opened.project.dir, 'batches/done/nov.csv');
      await until('the file is moved', () =>
        stat(moved).then(
          () => true,
          () => false,
        ),
      );
      running.child.kill('SIGTERM');
      expect((await running.ended).code).toBe(0);
      expect((await opened.project.report('nov'))[0]?.['status']).toBe('paid');
    } finally {
      running.child.kill('SIGKILL');
      await opened.project.close();
    }
  });
});
