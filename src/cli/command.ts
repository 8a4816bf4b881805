import { Argument, type Command, type Option } from 'commander';
import type { Parameter, Values } from './flag.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** What every command has at hand: the flags that all of them have, and the terminal. */
export interface Shell {
  /** Path of the configuration; null: it is searched upward from the working directory. */
  readonly config: string | null;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly terminal: Terminal;
}

type Group = Readonly<Record<string, Parameter<unknown>>>;

export interface CommandDefinition<Parameters extends Group> {
  readonly name: string;
  /** For `--help`. */
  readonly description: string;
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
      command.action(async () => {
        onExit(await definition.run(parameterValues(command, definition.parameters), shellOf(command)));
      });
    },
  };
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

function shellOf(command: Command): Shell {
  const { config, json, quiet } = command.optsWithGlobals<{ config?: string; json?: boolean; quiet?: boolean }>();
  const isQuiet = quiet === true;
  const terminal = openTerminal({ isQuiet, now: () => performance.now() });
  return { config: config ?? null, isJson: json === true, isQuiet, terminal };
}
