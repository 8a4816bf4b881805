import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { defineCommand, type Shell } from '../../src/cli/command.ts';
import {
  durationFlag,
  optionalArgument,
  requiredChoiceFlag,
  requiredTextFlag,
  switchFlag,
  textArgument,
  textFlag,
  textsArgument,
  textsFlag,
  wholeNumberFlag,
  type Parameter,
} from '../../src/cli/flag.ts';

type Group = Readonly<Record<string, Parameter<unknown>>>;

/** The values that a command with these parameters gets from a command line. */
async function parsed(parameters: Group, ...args: readonly string[]): Promise<{ values: unknown; shell: Shell }> {
  const results: { values: unknown; shell: Shell }[] = [];
  const command = defineCommand({
    name: 'pay',
    description: '',
    help: { examples: [], exits: [0], json: '' },
    parameters,
    run: (values, shell) => {
      results.push({ values, shell });
      return Promise.resolve(0);
    },
  });
  const program = new Command('payrun')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .option('--config <file>')
    .option('--json')
    .option('--quiet');
  command.addTo(program, () => undefined);
  await program.parseAsync(['node', 'payrun', ...args]);
  const [result] = results;
  if (result === undefined) throw new Error('the command did not run');
  return result;
}

const values = async (parameters: Group, ...args: readonly string[]): Promise<unknown> =>
  (await parsed(parameters, 'pay', ...args)).values;

describe('a command', () => {
  it('gets null or false for the flags that were not given', async () => {
    const parameters = {
      batch: optionalArgument('[batch]'),
      account: textFlag('--account <name>', ''),
      ids: textsFlag('--id <ids...>', ''),
      port: wholeNumberFlag('--port <n>', ''),
      rows: switchFlag('--rows'),
      hasRateLimits: switchFlag('--no-limits'),
    };
    expect(await values(parameters)).toEqual({
      batch: null,
      account: null,
      ids: null,
      port: null,
      rows: false,
      hasRateLimits: true,
    });
    const given = ['november', '--account', 'a', '--id', 'E1', 'E2', '--port', '7', '--rows', '--no-limits'];
    expect(await values(parameters, ...given)).toEqual({
      batch: 'november',
      account: 'a',
      ids: ['E1', 'E2'],
      port: 7,
      rows: true,
      hasRateLimits: false,
    });
  });

  it('gets its arguments in their order, wherever its flags stand', async () => {
    const parameters = { first: textArgument('<first>'), rest: textsArgument('[rest...]'), rows: switchFlag('--rows') };
    expect(await values(parameters, 'a', '--rows', 'b', 'c')).toEqual({ first: 'a', rest: ['b', 'c'], rows: true });
    expect(await values(parameters, 'a')).toEqual({ first: 'a', rest: [], rows: false });
  });

  it('gets the defaults of its flags and arguments', async () => {
    const parameters = {
      dir: textArgument('[dir]', 'folder', '.'),
      port: wholeNumberFlag('--port <n>', '', 8790),
      wait: durationFlag('--wait <duration>', '', { ms: 60_000, text: '60s' }),
    };
    expect(await values(parameters)).toEqual({ dir: '.', port: 8790, wait: 60_000 });
    expect(await values(parameters, 'there', '--wait', '5m')).toEqual({ dir: 'there', port: 8790, wait: 300_000 });
  });

  it.each([
    [{ because: requiredTextFlag('--because <text>', '') }, []],
    [{ status: requiredChoiceFlag('--as <status>', '', ['paid', 'failed']) }, []],
    [{ status: requiredChoiceFlag('--as <status>', '', ['paid', 'failed']) }, ['--as', 'lost']],
    [{ count: wholeNumberFlag('--count <n>', '') }, ['--count', '1.5']],
    [{ wait: durationFlag('--wait <duration>', '', { ms: 0, text: '0s' }) }, ['--wait', 'soon']],
    [{ file: textArgument('<file>') }, []],
  ] as const)('with %j does not run with %j', async (parameters, args) => {
    await expect(values(parameters, ...args)).rejects.toThrow(CommanderError);
  });

  it('gets the flags of every command before and after its name', async () => {
    const { shell } = await parsed({}, '--json', 'pay', '--config', 'other.yaml');
    expect(shell).toMatchObject({ config: 'other.yaml', isJson: true, isQuiet: false });
  });
});
