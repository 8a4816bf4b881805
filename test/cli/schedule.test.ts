import { afterEach, describe, expect, it } from 'vitest';
import { CONFIG, csvOf, type Project } from './harness.ts';
import { runAt, seriesProject, templateOf, type VirtualClock } from './series-project.ts';

let project: Project;
let clock: VirtualClock;

afterEach(async () => {
  await project.close();
});

const SERIES = `  salaries: { every: "0 6 25 * *", template: templates/salaries.yaml, account: demo }
  cairo: { every: "30 0 * * FRI", timezone: Africa/Cairo, folder: cairo, account: demo }`;

async function open(series = SERIES, config = CONFIG): Promise<void> {
  ({ project, clock } = await seriesProject(series, config));
  await project.write('templates/salaries.yaml', templateOf(3));
  await project.write('cairo/2026-12-04.csv', csvOf(2));
}

interface Document {
  readonly exit: number;
  readonly series: readonly {
    readonly series: string;
    readonly occurrences: readonly Readonly<Record<string, unknown>>[];
    readonly missed: readonly object[];
  }[];
}

async function scheduleAt(time: string, ...flags: string[]): Promise<Document> {
  clock.set(time);
  const { stdout, code } = await runAt(project, clock.now(), 'schedule', '--json', ...flags);
  const document = JSON.parse(stdout) as Document;
  expect(document.exit).toBe(code);
  return document;
}

describe('schedule', () => {
  it('lists the next dates with zone, UTC, batch and what each pays, before there is a ledger', async () => {
    await open();
    clock.set('2026-11-26T00:00Z');
    const { stdout, code } = await runAt(project, clock.now(), 'schedule');
    expect(code).toBe(0);
    expect(stdout).toContain(
      '  2026-12-25T06:00+03:00  2026-12-25T03:00:00Z  salaries-2026-12-25  3 payments, 303.00 KES\n',
    );
    expect(stdout).toMatch(
      /2026-11-27T00:30\+02:00 {2}2026-11-26T22:30:00Z {2}cairo-2026-11-27 {2}waits for its file\n/,
    );
    expect(stdout).toMatch(/cairo-2026-12-04 {2}2 payments, 200\.03 KES\n/);
  });

  it('lists up to a date, over the end of summer time', async () => {
    await open();
    const { series } = await scheduleAt('2027-10-20T00:00Z', '--until', '2027-10-31');
    expect(series.map((one) => one.occurrences.map(({ at, at_utc }) => [at, at_utc]))).toEqual([
      [['2027-10-25T06:00+03:00', '2027-10-25T03:00:00Z']],
      [
        ['2027-10-22T00:30+03:00', '2027-10-21T21:30:00Z'],
        ['2027-10-29T00:30+02:00', '2027-10-28T22:30:00Z'],
      ],
    ]);
  });

  it('says what is due and what was missed, and sends nothing', async () => {
    await open(SERIES.split('\n')[0]);
    clock.set('2026-11-20T05:00Z');
    await runAt(project, clock.now(), 'run', 'batches');
    const due = await scheduleAt('2027-01-26T00:00Z');
    expect(due.series[0]?.occurrences[0]).toMatchObject({ occurrence: '2027-01-25', state: 'due', count: 3 });
    expect(due.series[0]?.missed).toEqual([
      { occurrence: '2026-11-25', batch: null },
      { occurrence: '2026-12-25', batch: null },
    ]);
    const reminded = await runAt(project, clock.now(), 'status');
    expect(reminded.stderr).toMatch(/Series salaries: 2027-01-25 has come and is not paid yet.*payrun run .*batches/);
    expect(project.book()).toHaveLength(0);
    await runAt(project, clock.now(), 'run', 'batches');
    const after = await scheduleAt('2027-01-26T00:01Z');
    expect(after.series[0]?.occurrences[0]).toMatchObject({ occurrence: '2027-02-25', state: 'coming' });
    expect(after.series[0]?.missed).toEqual(due.series[0]?.missed);
  });

  it('names a template that would be refused', async () => {
    await open();
    await project.write('templates/salaries.yaml', templateOf(3, 'control: { count: 4 }\n'));
    clock.set('2026-11-26T00:00Z');
    const { stdout, code } = await runAt(project, clock.now(), 'schedule');
    expect([code, stdout]).toEqual([3, expect.stringMatching(/would be refused: templates\/salaries\.yaml:1: /)]);
  });

  it('moves a date forward where the account has no hours then and says so', async () => {
    const hours = '    hours: Mon-Fri 05:00-17:00\n    outside_hours: earlier\n    holidays: holidays.txt\n';
    await open(SERIES.split('\n')[0], CONFIG.replace('    currency: KES\n', `    currency: KES\n${hours}`));
    await project.write('holidays.txt', '2026-12-25 Christmas\n2026-12-26 Boxing Day\n2027-01-01 New Year\n');
    clock.set('2026-11-26T00:00Z');
    await runAt(project, clock.now(), 'run', 'batches');
    const { series } = await scheduleAt('2026-12-20T00:00Z');
    expect(series[0]?.occurrences[0]).toMatchObject({
      occurrence: '2026-12-25',
      notes: [expect.stringMatching(/paid earlier, from 2026-12-24T05:00\+03:00/)],
    });
    clock.set('2026-12-24T01:59Z');
    await runAt(project, clock.now(), 'run', 'batches');
    expect(project.book()).toHaveLength(0);
    clock.set('2026-12-24T02:00:01Z');
    expect((await runAt(project, clock.now(), 'run', 'batches')).stdout).toContain('salaries-2026-12-25');
    expect(project.book()).toHaveLength(3);
    clock.set('2026-12-25T03:00:01Z');
    await runAt(project, clock.now(), 'run', 'batches');
    expect(project.book()).toHaveLength(3);
  });

  it('refuses an end that is no date', async () => {
    await open();
    const ended = await project.run('schedule', '--until', '2026-02-30');
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(/--until takes a date such as 2026-12-31/)]);
  });
});
