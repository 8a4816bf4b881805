import { afterEach, describe, expect, it } from 'vitest';
import { CONFIG, Project } from './harness.ts';

let project: Project;

afterEach(async () => {
  await project.close();
});

async function faultsOf(series: string): Promise<{ readonly code: number | null; readonly stderr: string }> {
  project = await Project.open({ config: `${CONFIG}series:\n${series}\n` });
  return project.run('status');
}

describe('a series in the configuration', () => {
  it.each([
    ['an expression that never comes', 'every: "0 0 31 2 *", template: a.csv', /`0 0 31 2 \*` never comes/],
    ['an expression that cannot be read', 'every: "0 6 25th * *", template: a.csv', /day of the month `25th`/],
    ['more than one time a day', 'every: "*/5 6 25 * *", template: a.csv', /more often than once a day/],
    ['seconds', 'every: "0 0 6 25 * *", template: a.csv', /Seconds are not taken/],
    ['days of month and week at once', 'every: "0 6 25 * 1-5", template: a.csv', /write `0 6 25 \* \+1-5`/],
    [
      'an unknown account',
      'every: "0 6 25 * *", template: a.csv, account: dem',
      /Did you mean `demo`\?.*account: demo/,
    ],
    ['an unknown time zone', 'every: "0 6 25 * *", template: a.csv, timezone: Nairobi', /not an IANA time zone/],
    ['neither template nor folder', 'every: "0 6 25 * *"', /does not say what it pays/],
    ['both of them', 'every: "0 6 25 * *", template: a.csv, folder: b', /has a template and a folder/],
    ['the drop folder as its own', 'every: "0 6 25 * *", folder: batches', /is the drop folder/],
    ['a template that is no batch', 'every: "0 6 25 * *", template: a.txt', /a template ends in/],
    ['a date that does not exist', 'every: "0 6 25 * *", template: a.csv, from: 2026-02-30', /no 2026-02-30/],
    ['what is not offered', 'every: "0 6 25 * *", template: a.csv, catch_up: all', /payrun knows: latest/],
  ])('is refused with %s, with place and example', async (_, entry, fault) => {
    const { code, stderr } = await faultsOf(`  salaries: { ${entry} }`);
    expect([code, stderr]).toEqual([2, expect.stringMatching(fault)]);
    expect(stderr).toMatch(/payrun\.yaml:\d+: series\.salaries.* Example: /);
  });

  it('is refused under a name that makes no batch id', async () => {
    const { code, stderr } = await faultsOf('  Salaries KE: { every: "0 6 25 * *", template: a.csv }');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Name a series with 1 to 53 of a-z/)]);
  });
});
