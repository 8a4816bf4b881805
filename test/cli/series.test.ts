import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, type Ended, type Project } from './harness.ts';
import { runAt, seriesProject, templateOf, type VirtualClock } from './series-project.ts';

const MONTHLY = '  salaries: { every: "0 6 25 * *", template: templates/salaries.yaml, account: demo }';
const FOLDER = '  salaries: { every: "0 6 25 * *", folder: salaries, account: demo }';

let project: Project;
let clock: VirtualClock;

afterEach(async () => {
  await project.close();
});

async function open(series: string, template = templateOf(2)): Promise<void> {
  ({ project, clock } = await seriesProject(series));
  await project.write('templates/salaries.yaml', template);
}

/** A sweep at a moment, as cron starts one. */
async function sweep(time: string, ...flags: string[]): Promise<Ended & { readonly output: string }> {
  clock.set(time);
  const ended = await runAt(project, clock.now(), 'run', 'batches', ...flags);
  return { ...ended, output: ended.stdout + ended.stderr };
}

const paid = (): string[] => project.book().map(({ reference }) => reference);

describe('a series with a template', () => {
  it('is paid on its date, once, under an id of its own', async () => {
    await open(MONTHLY);
    const first = await sweep('2026-11-20T05:00Z');
    expect(first.stderr).toMatch(/Series salaries is new.*next date is 2026-11-25 06:00 \(Africa\/Nairobi\)/);
    expect((await sweep('2026-11-25T02:59Z')).code).toBe(0);
    expect(paid()).toHaveLength(0);
    const due = await sweep('2026-11-25T03:00Z');
    expect([due.code, due.stdout]).toEqual([0, expect.stringContaining('Batch salaries-2026-11-25: all 2 payments')]);
    for (const time of ['2026-11-25T03:01Z', '2026-11-25T03:02Z', '2026-12-25T02:59Z']) {
      expect([(await sweep(time)).code, paid().length]).toEqual([0, 2]);
    }
    expect((await sweep('2026-12-25T03:05Z')).code).toBe(0);
    expect(new Set(paid()).size).toBe(4);
    expect(JSON.parse(await project.read('reports/salaries-2026-12-25/summary.json'))).toMatchObject({
      series: 'salaries',
      occurrence: '2026-12-25',
    });
  });

  it('is paid for the newest date after an outage, and the others are named once', async () => {
    await open(MONTHLY);
    await sweep('2026-11-20T05:00Z');
    const late = await sweep('2027-02-26T03:00Z', '--quiet');
    expect([late.code, late.stderr]).toEqual([
      5,
      expect.stringMatching(
        /Series salaries: nobody was paid for 2026-11-25, 2026-12-25, 2027-01-25\. After an outage/,
      ),
    ]);
    expect(paid()).toHaveLength(2);
    expect(await project.report('salaries-2027-02-25')).toHaveLength(2);
    const next = await sweep('2027-02-26T03:01Z', '--quiet');
    expect([next.code, next.output, paid().length]).toEqual([0, '', 2]);
  });

  it('begins at the date that the configuration names', async () => {
    await open(MONTHLY.replace(' }', ', from: 2026-10-25 }'));
    const first = await sweep('2026-11-20T05:00Z');
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('Batch salaries-2026-10-25')]);
    expect(paid()).toHaveLength(2);
  });

  it('starts anew by another rule, and pays nothing of the past by it', async () => {
    await open(MONTHLY);
    await sweep('2026-11-20T05:00Z');
    await sweep('2026-11-25T03:00Z');
    await project.write('payrun.yaml', (await project.read('payrun.yaml')).replace('0 6 25', '0 6 26'));
    const changed = await sweep('2026-11-27T03:00Z');
    expect(changed.stderr).toMatch(
      /comes by another rule now \(0 6 26 \* \*\).*2026-11-26 came before and is not paid/,
    );
    expect([(await sweep('2026-11-27T03:01Z')).code, paid().length]).toEqual([0, 2]);
    expect((await sweep('2026-12-26T03:00Z')).stdout).toContain('salaries-2026-12-26');
  });

  it('is refused for the date where its control does not fit, and paid when it is corrected', async () => {
    await open(MONTHLY, templateOf(2, 'control: { count: 3 }\n'));
    await sweep('2026-11-20T05:00Z');
    const refused = await sweep('2026-11-25T03:00Z', '--quiet');
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringMatching(
        /Series salaries, 2026-11-25: nothing was sent, because its template .*salaries\.yaml was refused/,
      ),
    ]);
    expect(refused.stderr).toMatch(/templates\/salaries\.yaml:1/);
    expect((await sweep('2026-11-25T03:01Z')).code).toBe(3);
    await project.write('templates/salaries.yaml', templateOf(2, 'control: { count: 2 }\n'));
    await utimes(
      join(project.dir, 'templates/salaries.yaml'),
      new Date('2026-11-25T00:00Z'),
      new Date('2026-11-25T00:00Z'),
    );
    expect([(await sweep('2026-11-25T03:02Z')).code, paid().length]).toEqual([0, 2]);
  });

  it.each([
    ['names one moment', 'not_before: 2026-11-28T06:00:00+03:00\n', /A template is paid on every date of salaries/],
    [
      'is of another series',
      'series: wages\noccurrence: 2026-11\n',
      /of the series "wages" and would be paid as salaries/,
    ],
  ])('is refused where its file %s', async (_, head, text) => {
    await open(MONTHLY.replace(' }', ', from: 2026-10-25 }'), templateOf(2, head));
    const refused = await sweep('2026-11-20T05:00Z');
    expect([refused.code, refused.stderr, paid().length]).toEqual([3, expect.stringMatching(text), 0]);
  });

  it('names a template that is not there', async () => {
    await open(MONTHLY.replace('salaries.yaml', 'other.yaml').replace(' }', ', from: 2026-10-25 }'));
    const refused = await sweep('2026-11-20T05:00Z');
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringMatching(/no file or folder .*other\.yaml.*Put the template back/),
    ]);
  });

  it('leaves its template in the drop folder alone, and refuses to run it by itself', async () => {
    await open(MONTHLY.replace('templates/', 'batches/'));
    await project.write('batches/salaries.yaml', `batch: x\nrows: rows.csv\n`);
    await project.write('batches/rows.csv', csvOf(3));
    expect([(await sweep('2026-11-20T05:00Z')).code, paid().length]).toEqual([0, 0]);
    const named = await runAt(project, clock.now(), 'run', 'batches/salaries.yaml');
    expect([named.code, named.stderr, paid().length]).toEqual([
      3,
      expect.stringMatching(/is the template of the series salaries/),
      0,
    ]);
    expect([(await sweep('2026-11-25T03:00Z')).code, paid().length]).toEqual([0, 3]);
    expect((await sweep('2026-11-25T03:01Z')).stderr).toContain('Nothing to do');
  });

  it('gives way to a file that a person has dropped for the month', async () => {
    await open(MONTHLY);
    await sweep('2026-11-20T05:00Z');
    await project.write(
      'batches/own.yaml',
      templateOf(2, 'batch: own\naccount: demo\nseries: salaries\noccurrence: 2026-11\n'),
    );
    expect((await sweep('2026-11-21T05:00Z')).code).toBe(0);
    const due = await sweep('2026-11-25T03:00Z', '--quiet');
    expect([due.code, due.stderr]).toEqual([
      0,
      expect.stringMatching(/2026-11-25 is not paid by itself, since batch own is the series' 2026-11 already/),
    ]);
    expect((await sweep('2026-11-25T03:01Z', '--quiet')).output).toBe('');
    expect(paid()).toHaveLength(2);
    expect((await sweep('2026-12-25T03:00Z')).code).toBe(0);
    expect(paid()).toHaveLength(4);
  });

  it('never takes an id that another batch has', async () => {
    await open(MONTHLY);
    await sweep('2026-11-20T05:00Z');
    await project.write('batches/salaries-2026-11-25.csv', csvOf(1));
    expect((await sweep('2026-11-21T05:00Z')).code).toBe(0);
    const due = await sweep('2026-11-25T03:00Z');
    expect(due.stderr).toMatch(/batch salaries-2026-11-25 has that id and is not of the series/);
    expect(paid()).toHaveLength(1);
  });

  it('is paid once by two sweeps at the same time', async () => {
    await open(MONTHLY, templateOf(8));
    await sweep('2026-11-20T05:00Z');
    const both = await Promise.all([sweep('2026-11-25T03:00Z'), sweep('2026-11-25T03:00Z')]);
    expect(both.every(({ code }) => code === 0 || code === 5)).toBe(true);
    expect((await sweep('2026-11-25T03:01Z')).code).toBe(0);
    expect([paid().length, new Set(paid()).size]).toEqual([8, 8]);
  });

  it('goes on from its own copy, whatever became of the template', async () => {
    await open(MONTHLY, templateOf(2));
    await sweep('2026-11-20T05:00Z');
    expect((await project.run('pause', 'demo', '--because', 'no money', '--by', 'mary')).code).toBe(0);
    expect((await sweep('2026-11-25T03:00Z')).code).toBe(5);
    await project.write('templates/salaries.yaml', templateOf(5));
    expect((await project.run('resume', 'demo', '--by', 'mary')).code).toBe(0);
    expect([(await sweep('2026-11-25T04:00Z')).code, paid().length]).toEqual([0, 2]);
  });

  it('is known again after the ledger was lost', async () => {
    await open(MONTHLY);
    await sweep('2026-11-20T05:00Z');
    await sweep('2026-11-25T03:00Z');
    for (const ending of ['', '-wal', '-shm', '.mark']) await project.script(['rm', '-f', `payrun.db${ending}`]);
    const lost = await sweep('2026-11-26T03:00Z');
    expect([lost.code, paid().length]).toEqual([6, 2]);
    const recovered = await runAt(project, clock.now(), 'recover', '--because', 'disk', '--by', 'mary');
    expect([0, 4, 5]).toContain(recovered.code);
    await sweep('2026-11-26T04:00Z');
    await sweep('2026-11-26T04:01Z');
    expect(paid()).toHaveLength(2);
    expect((await sweep('2026-12-25T03:00Z')).stdout).toContain('salaries-2026-12-25');
  });
});

describe('a clock that moves over a date', () => {
  it('pays nothing while it stands apart from the clock of the provider, and once when it is right', async () => {
    await open(MONTHLY);
    await sweep('2026-11-20T05:00Z');
    // The simulator stays where it is: only the clock of the machine goes forward.
    const ahead = await runAt(project, Date.parse('2026-11-25T03:00Z'), 'run', 'batches');
    expect([ahead.code, ahead.stderr, paid().length]).toEqual([
      5,
      expect.stringMatching(/clock of this machine stands wrong.*Nothing of the series was sent/),
      0,
    ]);
    expect([(await sweep('2026-11-20T06:00Z')).code, paid().length]).toEqual([0, 0]);
    expect([(await sweep('2026-11-25T03:00Z')).code, paid().length]).toEqual([0, 2]);
  });

  it('pays nothing while it stands behind the ledger, and no date twice', async () => {
    await open(MONTHLY.replace('0 6 25 * *', '0 6 * * *'));
    await sweep('2026-11-20T05:00Z');
    await sweep('2026-11-22T05:00Z');
    expect(paid()).toHaveLength(2);
    expect([(await sweep('2026-11-21T04:00Z')).code, paid().length]).toEqual([0, 2]);
    await sweep('2026-11-22T05:01Z');
    expect(paid()).toHaveLength(2);
    expect([(await sweep('2026-11-23T04:00Z')).code, paid().length]).toEqual([0, 4]);
  });
});

describe('a series with a folder', () => {
  const put = async (name: string, rows: number, time: string): Promise<void> => {
    const path = await project.write(`salaries/${name}`, csvOf(rows));
    await utimes(path, new Date(time), new Date(time));
  };
  const begin = async (): Promise<void> => {
    await open(FOLDER);
    await put('2026-10.csv', 1, '2026-10-20T00:00Z');
    await sweep('2026-11-20T05:00Z');
  };

  it('is paid from the file that names the date, whenever it was written', async () => {
    await begin();
    await put('salaries-2026-11.csv', 2, '2026-11-01T00:00Z');
    await put('other.csv', 3, '2026-11-24T00:00Z');
    await put('salaries-2026-12.csv', 4, '2026-11-24T00:00Z');
    expect([(await sweep('2026-11-25T03:00Z')).code, paid().length]).toEqual([0, 2]);
    expect([(await sweep('2026-12-25T03:00Z')).code, paid().length]).toEqual([0, 6]);
  });

  it('is paid from the newest file without a date, and never from the same one twice', async () => {
    await begin();
    await put('old.csv', 1, '2026-11-01T00:00Z');
    await put('new.csv', 2, '2026-11-24T00:00Z');
    expect([(await sweep('2026-11-25T03:00Z')).code, paid().length]).toEqual([0, 2]);
    const same = await sweep('2026-12-25T03:00Z');
    expect([same.code, same.stderr, paid().length]).toEqual([
      3,
      expect.stringMatching(/newest file, .*new\.csv, has the payments of salaries-2026-11-25\. Nothing was sent/),
      2,
    ]);
    await put('salaries-2026-12-25.csv', 2, '2026-12-25T00:00Z');
    expect([(await sweep('2026-12-25T03:01Z')).code, paid().length]).toEqual([0, 4]);
  });

  it('waits for a file that is not there', async () => {
    await begin();
    const missing = await sweep('2026-11-25T03:00Z');
    expect([missing.code, missing.stderr, paid().length]).toEqual([
      5,
      expect.stringMatching(/has no file of this date: 2026-10\.csv are of others.*such as salaries-2026-11-25\.csv/),
      0,
    ]);
    await put('new.csv', 2, '2026-11-25T00:00Z');
    expect([(await sweep('2026-11-26T03:00Z')).code, paid().length]).toEqual([0, 2]);
  });

  it('pays nothing where two files may be meant', async () => {
    await begin();
    await put('a-2026-11.csv', 2, '2026-11-24T00:00Z');
    await put('b-2026-11.csv', 3, '2026-11-24T00:00Z');
    const unclear = await sweep('2026-11-25T03:00Z');
    expect([unclear.code, unclear.stderr, paid().length]).toEqual([
      3,
      expect.stringMatching(/more than one file that may be meant.*a-2026-11\.csv, b-2026-11\.csv/),
      0,
    ]);
  });
});
