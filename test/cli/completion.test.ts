import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startCli } from './harness.ts';

const dir = mkdtempSync(join(tmpdir(), 'payrun-completion-'));
afterAll(() => rmSync(dir, { recursive: true }));

const SHELLS = ['bash', 'zsh', 'fish'] as const;

const scripts = new Map<string, string>();

async function script(shell: (typeof SHELLS)[number]): Promise<string> {
  const kept = scripts.get(shell);
  if (kept !== undefined) return kept;
  const { code, stdout } = await startCli(['completion', shell], dir).ended;
  expect(code).toBe(0);
  writeFileSync(join(dir, `payrun.${shell}`), stdout);
  scripts.set(shell, stdout);
  return stdout;
}

/** What bash offers when the key is pressed at the end of `line`. */
async function offered(line: string): Promise<string[]> {
  await script('bash');
  const words = line.split(' ');
  const program = `source payrun.bash
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
    _payrun; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', program], { cwd: dir, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

let known: Promise<ReadonlyMap<string, readonly string[]>> | null = null;

/** The flags of each command, by their help. */
function flagsOfCommands(): Promise<ReadonlyMap<string, readonly string[]>> {
  known ??= (async () => {
    const overview = (await startCli(['--help'], dir).ended).stdout;
    const [, list = ''] = overview.split('\nCommands:\n');
    const names = [...(list.split('\nExit codes:')[0] ?? '').matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name);
    const flags = new Map<string, readonly string[]>();
    for (const name of names.filter((command) => command !== 'help')) {
      const own = (await startCli([name, '--help'], dir).ended).stdout.split('Global Options:')[0] ?? '';
      flags.set(
        name,
        [...own.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, flag = '']) => flag),
      );
    }
    expect(flags.size).toBeGreaterThan(15);
    return flags;
  })();
  return known;
}

describe('payrun completion bash', () => {
  it.each([
    ['payrun re', ['report', 'retry', 'resolve', 'resume', 'reconcile', 'recover']],
    ['payrun --config payrun.yaml sta', ['status']],
    ['payrun run --exp', ['--expect-count', '--expect-sum']],
    ['payrun run november.csv --qu', ['--quiet']],
    ['payrun resolve REF --as ', ['paid', 'failed']],
    ['payrun completion ', ['bash', 'zsh', 'fish']],
    ['payrun --v', ['--version']],
    // An empty answer lets bash offer files.
    ['payrun run batches/', []],
    ['payrun run x.csv --repair ', []],
  ])('offers after %j what fits', async (line, words) => {
    expect(await offered(line)).toEqual(words);
  });

  it('falls back to files', async () => {
    expect(await script('bash')).toMatch(/\ncomplete -o default -F _payrun payrun\n$/);
  });
});

/** A script is checked by its own shell where this machine has it. */
const CHECKS = { bash: ['bash', '-n'], zsh: ['zsh', '-n'], fish: ['fish', '--no-execute'] } as const;

describe.each(SHELLS)('payrun completion %s', (shell) => {
  it('is a script that its shell can read, with balanced quotes', async () => {
    const text = await script(shell);
    // Between single quotes only fish knows escapes.
    const single = shell === 'fish' ? /'(?:[^'\\]|\\.)*'/g : /\\'|'[^']*'/g;
    const bare = text
      .replace(/^#.*$/gm, '')
      .replace(single, '')
      .replace(/"[^"]*"/g, '');
    expect(bare).not.toMatch(/['"]/);
    const [command, ...args] = CHECKS[shell];
    const checked = spawnSync(command, [...args, join(dir, `payrun.${shell}`)], { encoding: 'utf8' });
    const isHere = checked.error === undefined;
    expect(isHere ? [checked.status, checked.stderr] : [0, '']).toEqual([0, '']);
  });

  it('names each flag of each command', async () => {
    const text = await script(shell);
    for (const [name, flags] of await flagsOfCommands()) {
      const ofCommand = new RegExp(`(^ +|_from )${name}[)' ]`);
      const lines = text.split('\n').filter((line) => ofCommand.test(line));
      for (const flag of flags) expect(lines.join('\n')).toMatch(new RegExp(`(--|-l )${flag}\\b`));
    }
  });
});
