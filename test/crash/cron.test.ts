import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { machine, openProject, run, SILENT, type BatchResult, type System } from '../../src/operations/index.ts';
import { Occurrences } from '../../src/schedule/occurrences.ts';
import { seeded } from '../../src/simulator/index.ts';
import type { Project } from '../cli/harness.ts';
import { runAt, seriesProject, startAt, type VirtualClock } from '../cli/series-project.ts';

const MINUTE = 60_000;

/** Local times that the clocks of Cairo and Casablanca skip and go through twice are among them. */
const SERIES = [
  { name: 'nairobi', every: '0 6 25 * *', timezone: 'Africa/Nairobi' },
  { name: 'lagos', every: '0 6 L * *', timezone: 'Africa/Lagos' },
  { name: 'cairo', every: '30 0 * * FRI', timezone: 'Africa/Cairo' },
  { name: 'casablanca', every: '30 2 * * SUN', timezone: 'Africa/Casablanca' },
] as const;

let project: Project;
let clock: VirtualClock;

afterEach(async () => {
  await project.close();
});

/** Each series pays people of its own, some at each date. */
async function open(people: number): Promise<void> {
  const config = SERIES.map(
    ({ name, every, timezone }) =>
      `  ${name}: { every: "${every}", timezone: ${timezone}, template: templates/${name}.csv, account: demo }`,
  );
  ({ project, clock } = await seriesProject(config.join('\n')));
  for (const [at, { name }] of SERIES.entries()) {
    const rows = Array.from(
      { length: people },
      (_, n) => `${name}-${n},Person,${100 + at},07${at + 10}${String(n + 10000)}9`,
    );
    await project.write(`templates/${name}.csv`, ['id,name,amount,mobile', ...rows, ''].join('\n'));
  }
}

interface Expected {
  readonly batch: string;
  readonly at: number;
}

function expected(from: number, to: number): readonly Expected[] {
  const all = SERIES.flatMap(({ name, ...rule }) =>
    new Occurrences(rule).next(from, 400).map(({ date, at }) => ({ batch: `${name}-${date}`, at })),
  );
  return all.filter(({ at }) => at <= to).sort((a, b) => a.at - b.at);
}

/** The book of the simulator has every payment of these occurrences once, and nothing else. */
async function expectPaidOnce(occurrences: readonly Expected[], people: number): Promise<void> {
  const references = project.book().map(({ reference }) => reference);
  expect([references.length, new Set(references).size]).toEqual([occurrences.length * people, references.length]);
  for (const { batch } of occurrences) {
    const rows = await project.report(batch);
    expect([batch, rows.map(({ status }) => status)]).toEqual([batch, Array.from({ length: people }, () => 'paid')]);
    for (const row of rows) expect(references).toContain(row['reference']);
  }
}

describe('cron over two years', () => {
  it('pays every date of every zone exactly once, whatever sweeps there are around it', async () => {
    await open(1);
    process.env['SELLAPAY_API_KEY'] = 'key-of-the-test';
    process.env['SELLAPAY_API_SECRET'] = 'secret-of-the-test';
    process.env['XDG_STATE_HOME'] = join(project.dir, 'state');
    let setAt = performance.now();
    const system: System = {
      ...machine(),
      // A wait takes as long as ever; only the day on which it happens is another one.
      clock: { ...machine().clock, now: () => Math.floor(clock.now() + performance.now() - setAt) },
    };
    const where = { file: join(project.dir, 'payrun.yaml'), from: project.dir };
    const opened = await openProject(where);
    const sweep = async (at: number): Promise<readonly BatchResult[]> => {
      clock.set(at);
      setAt = performance.now();
      const results: BatchResult[] = [];
      const options = {
        ...{
          account: null,
          batch: null,
          amend: false,
          allowDuplicate: false,
          allowDestination: [],
          rows: 'none' as const,
        },
        expect: { count: null, sum: null },
      } as const;
      const context = { project: opened, system, watch: SILENT, signal: new AbortController().signal };
      await run(context, { files: [opened.config.batches], options, waitMs: 0 }, (result) => results.push(result));
      return results;
    };
    const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2028, 0, 1)];
    await sweep(from);
    const occurrences = expected(from, to);
    expect(occurrences.length).toBeGreaterThan(250);
    for (const { batch, at } of occurrences) {
      const before = project.book().length;
      await sweep(at - 1_000);
      expect([batch, project.book().length]).toEqual([batch, before]);
      expect((await sweep(at)).map((result) => result.batch)).toContain(batch);
      // The clock goes back over the date, and forward again.
      await sweep(at - 90 * MINUTE);
      await sweep(at + MINUTE);
    }
    await expectPaidOnce(occurrences, 1);
  }, 1_800_000);

  it('pays every date exactly once although the sweep of its minute is killed', async () => {
    const people = 6;
    await open(people);
    const random = seeded(20261128);
    const from = Date.UTC(2026, 3, 20);
    clock.set(from);
    expect((await runAt(project, from, 'run', 'batches')).code).toBe(0);
    const occurrences = expected(from, Date.UTC(2026, 4, 4));
    expect(occurrences.map(({ batch }) => batch)).toContain('cairo-2026-04-24');
    let kills = 0;
    for (const { at } of occurrences) {
      for (let again = 0; again < 3; again++) {
        clock.set(at + again * MINUTE);
        const { child, ended } = startAt(project, clock.now(), 'run', 'batches');
        await Promise.race([once(child, 'exit'), pause(100 + Math.floor(random() * 1_400))]);
        if (child.kill('SIGKILL')) kills += 1;
        await ended;
      }
      clock.set(at + 10 * MINUTE);
      const ended = await runAt(project, clock.now(), 'run', 'batches', '--wait', '5s');
      expect([0, 5]).toContain(ended.code);
    }
    expect(kills).toBeGreaterThan(0);
    const last = occurrences.at(-1)?.at ?? 0;
    await runAt(project, last + 20 * MINUTE, 'run', 'batches', '--wait', '5s');
    const references = project.book().map(({ reference }) => reference);
    expect(new Set(references).size).toBe(references.length);
    // What was being sent at a kill is unknown to a provider that cannot be asked; everything else was paid.
    for (const { batch } of occurrences) {
      const rows = await project.report(batch);
      expect([batch, rows.length]).toEqual([batch, people]);
      for (const { status } of rows) expect(['paid', 'unknown']).toContain(status);
    }
  });
});
