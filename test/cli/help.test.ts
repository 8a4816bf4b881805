import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startCli, type Ended } from './harness.ts';

const dir = mkdtempSync(join(tmpdir(), 'payrun-help-'));
afterAll(() => rmSync(dir, { recursive: true }));

function cli(...args: string[]): Promise<Ended> {
  return startCli(args, dir).ended;
}

const { stdout: overview } = await cli('--help');
const commands = [
  ...(overview.split('\nCommands:\n')[1]?.split('\nExit codes:')[0] ?? '').matchAll(/^ {2}([a-z]+) .*/gm),
]
  .map(([, name = '']) => name)
  .filter((name) => name !== 'help');

it('payrun --help names every command and every exit code', () => {
  expect(commands).toEqual(expect.arrayContaining(['init', 'run', 'status', 'resolve', 'simulate', 'completion']));
  const exits = [...(overview.split('Exit codes:')[1] ?? '').matchAll(/^ {2}(\d+) /gm)].map(([, exit]) => Number(exit));
  expect(exits).toEqual([0, 1, 2, 3, 4, 5, 6, 130]);
});

describe.each(commands)('payrun %s --help', (name) => {
  it('says in one line what it is for, with examples, exit codes and what --json prints', async () => {
    const { code, stdout, stderr } = await cli(name, '--help');
    expect([code, stderr]).toEqual([0, '']);
    const [usage = '', , purpose = '', after = ''] = stdout.split('\n');
    expect([usage.startsWith(`Usage: payrun ${name}`), purpose.length > 20, after]).toEqual([true, true, '']);
    expect(stdout).toMatch(/\n {2}--json prints one document: version, exit, and /);
    expect(stdout).toMatch(/\nExit codes:\n {2}0 {4}\S.*\n {2}2 {4}\S/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(/^ {2}--rows {2}/m.test(stdout)).toBe(stdout.includes('--rows shows every payment'));
  });

  it('has examples of flags and arguments that it takes', async () => {
    const { stdout } = await cli(name, '--help');
    const examples = [...(/\nExamples?:\n((?: {2}.*\n)+)/.exec(stdout)?.[1] ?? '').matchAll(/^ {2}(.*)$/gm)].map(
      ([, example = '']) => example,
    );
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example).toContain(`payrun ${name}`);
      for (const [flag] of example.matchAll(/--[a-z-]+/g)) expect(stdout).toMatch(new RegExp(`^ {2}${flag}( |$)`, 'm'));
    }
  });
});

it.each([
  ['status'],
  ['init'],
  ['accounts'],
  ['serve'],
  ['backup', 'copy.db'],
  ['reconcile', '--account', 'a', '--statement', 's.csv'],
  ['recover', '--because', 'lost'],
  ['pause', '--because', 'wrong'],
  ['completion', 'bash'],
])('payrun %s --json prints one document with version and exit, whatever happens', async (...args) => {
  const { code, stdout } = await cli(...args, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ version: 1, exit: code });
});
