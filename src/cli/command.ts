import { Argument, Help, type Command, type Option } from 'commander';
import { exitLines, type DocumentedExit } from './exits.ts';
import type { Parameter, Values } from './flag.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** What every command has at hand: the flags that all of them have, and the terminal. */
export interface Shell {
  /** Path of the configuration; null: it is searched upward from the working directory. */
  readonly config: string | null;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly terminal: Terminal;
  /** The program with all its commands, for the one that describes it. */
  readonly program: Command;
}

type Group = Readonly<Record<string, Parameter<unknown>>>;

/** What `--help` says besides arguments and flags. */
export interface CommandHelp {
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** Every exit code that the command ends with, but for 1. */
  readonly exits: readonly DocumentedExit[];
  /** What the document of `--json` has besides `version` and `exit`, as the end of a sentence. */
  readonly json: string;
}

export interface CommandDefinition<Parameters extends Group> {
  readonly name: string;
  /** What it is for, in one line of `--help`. */
  readonly description: string;
  readonly help: CommandHelp;
  /** Arguments in their order, and flags in the order of `--help`; `run` gets the values under the same names. */
  readonly parameters: Parameters;
  /** Returns the exit code. */
  run(values: Values<Parameters>, shell: Shell): Promise<number>;
}

/** A command as the program sees it: its parameters are known only to itself. */
export interface CliCommand {
  /** @param onExit gets the exit code when the command has run. */
  addTo(program: Command, onExit: (exit: number) => void): void;
}

export function defineCommand<Parameters extends Group>(definition: CommandDefinition<Parameters>): CliCommand {
  return {
    addTo(program, onExit) {
      const command = program.command(definition.name).description(definition.description);
      for (const { definition: part } of Object.values(definition.parameters)) {
        if (part instanceof Argument) command.addArgument(part);
        else command.addOption(part);
      }
      command.addHelpText('after', helpText(definition.help, 'rows' in definition.parameters));
      command.action(async () => {
        onExit(await definition.run(parameterValues(command, definition.parameters), shellOf(command, program)));
      });
    },
  };
}

/** Lines of help are no wider than those of an old terminal. */
const HELP_WIDTH = 78;

const ROWS_HELP =
  '--rows shows every payment: as a table, and with --json as `payments` of each batch, each with line, id, name, amount, currency, ' +
  'destination (masked), account, status, reason, next_action, reference, provider_reference, receipt, sent_at and settled_at';

function indented(text: string): string[] {
  const lines = new Help().boxWrap(text, HELP_WIDTH).split('\n');
  return lines.map((line) => `  ${line}`);
}

function helpText({ examples, exits, json }: CommandHelp, hasRows: boolean): string {
  return [
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
    'Output:',
    ...indented(`--json prints one document: version, exit, and ${json}`),
    ...(hasRows ? indented(ROWS_HELP) : []),
    '',
    'Exit codes:',
    ...exitLines(exits),
  ].join('\n');
}

function parameterValues<Parameters extends Group>(command: Command, parameters: Parameters): Values<Parameters> {
  const flags = command.opts<Readonly<Record<string, unknown>>>();
  const positional = [...(command.processedArgs as readonly unknown[])];
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const { definition } = parameter;
    return [
      name,
      parameter.read(definition instanceof Argument ? positional.shift() : flags[attributeOf(definition)]),
    ] as const;
  });
  return Object.fromEntries(values) as Values<Parameters>;
}

function attributeOf(option: Option): string {
  return option.attributeName();
}

function shellOf(command: Command, program: Command): Shell {
  const { config, json, quiet } = command.optsWithGlobals<{ config?: string; json?: boolean; quiet?: boolean }>();
  const isQuiet = quiet === true;
  const terminal = openTerminal({ isQuiet, now: () => performance.now() });
  return { config: config ?? null, isJson: json === true, isQuiet, terminal, program };
}
