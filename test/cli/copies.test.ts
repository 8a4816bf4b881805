import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG, csvOf, Project, type Ended } from './harness.ts';

let project: Project;

beforeEach(async () => {
  project = await Project.open();
});

afterEach(async () => {
  await project.close();
});

const HEAD = 'id,name,amount,mobile\n';

/** Three people under ids that begin with `prefix`. */
function people(prefix: string, from = 1, count = 3): string {
  const rows = Array.from({ length: count }, (_, at) => row(`${prefix}${from + at}`, from + at));
  return HEAD + rows.join('');
}

function row(id: string, number: number, amount = 1000 + number): string {
  return `${id},Person ${number},${amount},07123450${String(10 + number)}\n`;
}

async function paid(file: string, text: string, ...flags: string[]): Promise<void> {
  await project.write(file, text);
  const ended = await project.run('run', file, ...flags);
  expect([ended.code, ended.stderr]).toEqual([0, expect.anything()]);
}

async function refused(file: string, text: string, command = 'run'): Promise<Ended> {
  await project.write(file, text);
  const ended = await project.run(command, file);
  expect(ended.code).toBe(3);
  expect(ended.stderr + ended.stdout).toContain('batch-copy');
  return ended;
}

const output = ({ stdout, stderr }: Ended): string => stdout + stderr;

describe('a file that pays the same people again', () => {
  it.each(['validate', 'plan', 'run'])('is refused by %s under other ids, with what to do', async (command) => {
    await paid('batches/draft-1.csv', people('A-'));
    const text = output(await refused('batches/draft-2.csv', people('B-'), command));
    for (const word of ['duplicate_window', 'draft-1', 'paid on 20', 'series', '--allow-duplicate']) {
      expect(text).toContain(word);
    }
    expect(project.book()).toHaveLength(3);
  });

  it('is refused where earlier batches hold its payments only together', async () => {
    await paid('batches/week-1.csv', people('A-', 1, 2));
    await paid('batches/week-2.csv', people('B-', 3, 2));
    await paid('batches/week-3.csv', people('C-', 5, 2));
    const text = output(await refused('batches/all.csv', people('D-', 1, 6)));
    expect(text).toContain('6 of its 6 payments were seen before');
    for (const week of ['week-1', 'week-2', 'week-3']) expect(text).toContain(`2 in batch ${week}`);
    expect(project.book()).toHaveLength(6);
  });

  it('is paid with --allow-duplicate, and is only warned about where less than half was seen', async () => {
    await paid('batches/one.csv', people('A-'));
    await paid('batches/two.csv', people('B-'), '--allow-duplicate');
    await project.write('batches/three.csv', people('C-', 3, 3));
    const ended = await project.run('run', 'batches/three.csv');
    expect(ended.code).toBe(0);
    expect(output(ended)).toMatch(/batches\/three\.csv:2.*two\/B-3 \(line 4 there, paid on 20/);
  });

  it('is recognised under the same name when ids lost their zeros, without the advice to make a new batch', async () => {
    await paid('batches/nov.csv', HEAD + row('0001', 1) + row('0002', 2) + row('1E5', 3));
    await project.write('again/nov.csv', HEAD + row('1', 1) + row('2', 2) + row('100000', 3));
    const ended = await project.run('validate', 'again/nov.csv');
    expect(ended.code).toBe(3);
    expect(output(ended)).not.toContain('Put it in a new batch');
    expect(output(ended)).toContain('Payment 0001 of batch nov goes to the same recipient');
  });

  it('is compared by the number and not by its spelling, and failed rows count, which a retry would send', async () => {
    const bank = (id: string, code: string, account: string): string => `${id},N,900,,"${code}","${account}"\n`;
    const head = 'id,name,amount,mobile,bank_code,bank_account\n';
    await project.write('batches/bank.csv', head + bank('A', '068', '0123456789') + 'B,N,901,0712345011,,\n');
    await project.run('run', 'batches/bank.csv', '--wait', '0s');
    await refused('batches/bank-2.csv', head + bank('X', '068', '123456789') + 'Y,N,901,+254712345011,,\n');
  });
});

describe('one destination with one amount twice in a file', () => {
  it('is a warning that names both lines, and every one is listed', async () => {
    const rows = ['W1', 'W2', 'W3'].map((id) => row(id, 1)).join('') + row('W4', 1, 7);
    await project.write('batches/twice.csv', HEAD + rows);
    const ended = await project.run('validate', 'batches/twice.csv', '--json');
    expect(ended.code).toBe(0);
    const { batches } = JSON.parse(ended.stdout) as { batches: { issues: Record<string, unknown>[] }[] };
    expect(batches[0]?.issues).toMatchObject(
      [
        { severity: 'warning', code: 'destination-repeated', line: 3, field: 'mobile', message: /line 2/ },
        { severity: 'warning', code: 'destination-repeated', line: 4, field: 'mobile', message: /line 2/ },
      ].map((issue) => ({ ...issue, message: expect.stringMatching(issue.message) as unknown })),
    );
    await project.write('batches/many.csv', HEAD + Array.from({ length: 80 }, (_, at) => row(`M${at}`, 2)).join(''));
    const many = JSON.parse((await project.run('validate', 'batches/many.csv', '--json')).stdout) as typeof batches & {
      batches: { issues: { message: string }[] }[];
    };
    expect(many.batches[0]?.issues).toHaveLength(79);
  });
});

describe('a series', () => {
  const series = CONFIG.replace(
    /defaults:[\s\S]*/,
    'defaults:\n  - { match: "wages*", account: demo, series: wages }\n  - { match: "*", account: demo }\n',
  );

  async function openSeries(): Promise<void> {
    await project.close();
    project = await Project.open({ config: series });
  }

  it('has the same people paid again at its next date, which the name of the file says', async () => {
    await openSeries();
    await paid('batches/wages 2026-11-07.csv', people('A-'));
    await paid('batches/wages-2026-W46.csv', people('A-'));
    await paid('batches/wages december 2026.csv', people('A-'));
    expect(project.book()).toHaveLength(9);
    const database = new DatabaseSync(join(project.dir, 'payrun.db'), { readOnly: true });
    const stored = database.prepare('SELECT series, occurrence FROM batches ORDER BY key').all();
    database.close();
    expect(stored.map(({ series: name, occurrence }) => [name, occurrence])).toEqual([
      ['wages', '2026-11-07'],
      ['wages', '2026-W46'],
      ['wages', '2026-12'],
    ]);
  });

  it('never pays a date that was refused as a copy once the window has passed, and pays a new date then', async () => {
    await project.close();
    project = await Project.open({ config: series.replace('accounts:', 'duplicate_window: 1s\naccounts:') });
    await paid('batches/of-no-series.csv', people('A-'));
    const paidAt = Date.now();
    await expect.poll(() => Date.now() - paidAt, { timeout: 10_000 }).toBeGreaterThan(1_100);
    await refused('batches/wages-2025-10-25.csv', people('B-'));
    expect(project.book()).toHaveLength(3);
    await paid('batches/wages-2099-10-25.csv', people('C-'));
    expect(project.book()).toHaveLength(6);
  });

  it('refuses a second file of one date, whatever its name, and a file of no series with the same people', async () => {
    await openSeries();
    await paid('batches/wages-2026-11-07.csv', people('A-'));
    await refused('batches/wages-2026-11-07 (1).csv', people('B-'));
    await refused('batches/other.csv', people('C-'));
    await project.write('batches/wages 2026-11-07 late.csv', people('D-', 20));
    const late = await project.run('run', 'batches/wages 2026-11-07 late.csv');
    expect([late.code, output(late)]).toEqual([0, expect.stringContaining('occurrence-repeated')]);
  });

  it.each([
    ['wages-2026-11', 'wages-2026-11-01'],
    ['wages-2026-11-30', 'wages-2026-11'],
    ['wages-2026-11', 'wages-2026-W49'],
    ['wages-2026-W45', 'wages-2026-11-07'],
  ])(
    'refuses the same people for days that were registered already, whatever the amounts: %s, then %s',
    async (first, second) => {
      await openSeries();
      await paid(`batches/${first}.csv`, people('A-'));
      // Other ids and one other amount: the destination names the person.
      await project.write(`batches/${second}.csv`, `${HEAD}${row('B1', 1)}${row('B2', 2, 77)}${row('C9', 30)}`);
      for (const command of ['plan', 'run']) {
        const ended = await project.run(command, `batches/${second}.csv`);
        const text = output(ended);
        expect([command, ended.code, text]).toEqual([command, 3, expect.stringContaining('occurrence-overlaps')]);
        const named = second.toLowerCase();
        for (const word of [
          `batch ${first.toLowerCase()}`,
          named,
          '2 of the 3 payments',
          'series of its own',
          '--allow-duplicate',
        ]) {
          expect(text).toContain(word);
        }
      }
      expect(project.book()).toHaveLength(3);
    },
  );

  it('pays the same people for days that were registered already where a person allows it', async () => {
    await openSeries();
    await paid('batches/wages-2026-11.csv', people('A-'));
    const others = Array.from({ length: 9 }, (_, at) => row(`N${at}`, 40 + at)).join('');
    await project.write('batches/wages-2026-11-07.csv', `${HEAD}${row('B1', 2, 99)}${others}`);
    expect((await project.run('run', 'batches/wages-2026-11-07.csv')).code).toBe(3);
    expect((await project.run('run', 'batches/wages-2026-11-07.csv', '--allow-duplicate')).code).toBe(0);
    expect((await project.run('run', 'batches/wages-2026-11.csv')).code).toBe(0);
    expect(project.book()).toHaveLength(13);
  });

  it('takes other people for days that were registered already, and refuses a week that the year lacks', async () => {
    await openSeries();
    await paid('batches/wages-2026-11.csv', people('A-'));
    await paid('batches/wages-2026-11-07.csv', people('B-', 40));
    await project.write('batches/wages-2025-W53.csv', people('A-'));
    const ended = await project.run('validate', 'batches/wages-2025-W53.csv');
    expect([ended.code, output(ended)]).toEqual([3, expect.stringContaining('occurrence-missing')]);
  });

  it('refuses a file whose name says no date, or two, with what to do', async () => {
    await openSeries();
    for (const [name, code] of [
      ['wages-late', 'occurrence-missing'],
      ['wages 2026-11-01 to 2026-11-07', 'occurrence-unclear'],
    ] as const) {
      await project.write(`batches/${name}.csv`, people('A-'));
      const ended = await project.run('validate', `batches/${name}.csv`);
      expect(ended.code).toBe(3);
      expect(output(ended)).toContain(code);
      expect(output(ended)).toContain('wages-2026-11-07.csv');
    }
  });

  it('is named in a YAML batch with its occurrence', async () => {
    const batch = (id: string, more: string): string =>
      `batch: ${id}\naccount: demo\n${more}payments:\n  - { id: E1, amount: 500, mobile: "0712345011" }\n`;
    await paid('batches/oct.yaml', batch('oct', 'series: salaries\noccurrence: 2026-10\n'));
    await paid('batches/nov.yaml', batch('nov', 'series: salaries\noccurrence: 2026-11\n'));
    await refused('batches/nov-2.yaml', batch('nov-2', 'series: salaries\noccurrence: Nov 2026\n'));
    for (const [more, code] of [
      ['occurrence: 2026-12\n', 'series-missing'],
      ['series: salaries\noccurrence: soon\n', 'occurrence-invalid'],
      ['series: salaries\n', 'occurrence-missing'],
    ] as const) {
      await project.write('batches/dec.yaml', batch('dec', more));
      const ended = await project.run('validate', 'batches/dec.yaml');
      expect([ended.code, output(ended)]).toEqual([3, expect.stringContaining(code)]);
    }
  });
});

describe('a file and its copy in two processes', () => {
  it('are paid once', async () => {
    await project.write('batches/a.csv', csvOf(40));
    await project.write('batches/b.csv', csvOf(40).replaceAll('EMP-', 'X-'));
    const both = await Promise.all([project.run('run', 'batches/a.csv'), project.run('run', 'batches/b.csv')]);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 3]);
    expect(project.book()).toHaveLength(40);
  });
});
