import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/cli/wrap.ts';
import { CONFIG, csvOf, Project } from './harness.ts';
import { startInTerminal, type TerminalRun } from './pseudo-terminal.ts';

let project: Project;
afterEach(() => project.close());

const CTRL_C = '\u0003';

const open = async (rate: string, simulator: Parameters<typeof Project.open>[0] = {}): Promise<void> => {
  project = await Project.open({ ...simulator, config: CONFIG.replace('{ rate: 1000/s', `{ rate: ${rate}`) });
};

/** The texts that stood in the last line of the screen, one after the other. */
const drawn = (run: TerminalRun): string[] => {
  return [...run.written().matchAll(/\r\u001b\[K([^\r\n\u001b]+)/g)].map(([, line = '']) => line);
};

async function until(run: TerminalRun, condition: () => boolean): Promise<void> {
  const ended = run.ended.then(() => true);
  while (!condition()) {
    const isOver = await Promise.race([ended, new Promise<false>((resolve) => setTimeout(() => resolve(false), 10))]);
    if (isOver && !condition()) throw new Error(`ended too early:\n${run.written()}`);
  }
}

describe('the progress of a run that waits for its limits', () => {
  it('ticks on a terminal: rows, money, the wait with its reason, and the end', async () => {
    await open('4/min');
    await project.write('batches/nov.csv', csvOf(12));
    const run = startInTerminal(project, ['run', 'batches/nov.csv'], 120);
    const waits = (): string[] => {
      return drawn(run).flatMap((line) => /4 a minute: next in (\d+) s/.exec(line)?.[1] ?? []);
    };
    await until(run, () => new Set(waits()).size >= 4);
    const seconds = [...new Set(waits())].map(Number);
    expect(seconds).toEqual(seconds.toSorted((a, b) => b - a));
    const line = drawn(run).at(-1) ?? '';
    expect(line).toMatch(
      /^nov: 3 of 12 rows, 300\.06 of 1200\.78 KES, 4 a minute: next in \d+ s, ends about \d\d:\d\d \(\d min\)/,
    );
    run.type(CTRL_C);
    const ended = await run.ended;
    expect(ended.code).toBe(130);
    expect(run.written()).toContain('Interrupted: finishing what is in flight, sending nothing new.');
    // The balance has taken one of the four requests.
    expect(project.book()).toHaveLength(3);
  });

  it.each([60, 80])('stays in one line of %i columns', async (columns) => {
    await open('4/min');
    const batch = 'a-payroll-with-a-name-that-is-as-long-as-it-may-be.november-2026';
    await project.write(`batches/${batch}.csv`, csvOf(12));
    const run = startInTerminal(project, ['run', `batches/${batch}.csv`], columns);
    await until(run, () => drawn(run).filter((line) => line.includes('next in')).length >= 2);
    for (const line of drawn(run)) expect(columnsOf(line)).toBeLessThan(columns);
    run.type(CTRL_C);
    expect((await run.ended).code).toBe(130);
  });

  it('is a line now and then where there is no terminal, and none with --quiet', async () => {
    await open('3/s');
    await project.write('batches/nov.csv', csvOf(21));
    const logged = await project.run('run', 'batches/nov.csv');
    expect(logged.code).toBe(0);
    const lines = logged.stderr.split('\n').filter((line) => /\d+ of 21 rows/.test(line));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(4);
    expect(lines[0]).toMatch(/^nov: \d+ of 21 rows, [\d.]+ of 2102\.31 KES.*, ends about \d\d:\d\d/);
    expect(logged.stderr).not.toContain('\u001b');
    await project.write('batches/dec.csv', csvOf(21).replaceAll('EMP-', 'TMP-').replaceAll(',0712', ',0722'));
    expect(await project.run('run', 'batches/dec.csv', '--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });
});

describe('an interrupted run', () => {
  beforeEach(() => open('1000/s', { simulator: { latencyMs: { min: 4_000, max: 4_000 } } }));

  it('says at the second Ctrl-C what it waits for, and finishes that', async () => {
    await project.write('batches/nov.csv', csvOf(9));
    const run = startInTerminal(project, ['run', 'batches/nov.csv'], 200);
    // The first payment goes alone: behind it the others are under way.
    await until(run, () => drawn(run).some((line) => line.startsWith('nov: 1 of 9 rows')));
    run.type(CTRL_C);
    await until(run, () => run.written().includes('Interrupted: finishing'));
    run.type(CTRL_C);
    await until(run, () => run.written().includes('Once more to end at once'));
    expect(run.written()).toContain('nov: waiting for the answers to 4 payments that were sent (1 of 9 rows)');
    expect((await run.ended).code).toBe(130);
    const statuses = (await project.report('nov')).map((row) => row['status']);
    expect(statuses.filter((status) => status === 'paid')).toHaveLength(5);
    expect(statuses.filter((status) => status === 'planned')).toHaveLength(4);
    expect(project.book()).toHaveLength(5);
  });

  it('ends at once at the third, and what was under way is unknown', async () => {
    await project.write('batches/nov.csv', csvOf(2));
    const run = startInTerminal(project, ['run', 'batches/nov.csv'], 200);
    await until(run, () => drawn(run).some((line) => line.includes('first payment')));
    for (const text of ['Interrupted: finishing', 'Once more to end at once']) {
      run.type(CTRL_C);
      await until(run, () => run.written().includes(text));
    }
    run.type(CTRL_C);
    expect((await run.ended).code).toBe(130);
    expect((await project.run('run', 'batches/nov.csv', '--wait', '0s')).code).toBe(5);
    expect((await project.report('nov')).map((row) => row['status'])).toEqual(['unknown', 'paid']);
  });
});
