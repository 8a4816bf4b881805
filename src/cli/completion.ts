import type { Argument, Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type ShellName = (typeof SHELLS)[number];

/** What follows a flag, or stands as an argument: nothing, a file, one of some words, or a text that nobody can complete. */
type Value =
  { readonly kind: 'none' | 'file' | 'text' } | { readonly kind: 'words'; readonly words: readonly string[] };

interface CompletedFlag {
  /** With its two dashes. */
  readonly name: string;
  readonly description: string;
  readonly value: Value;
}

interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
  readonly argument: Value;
}

/**
 * A completion script for commands and flags, from the commands of the program. The script is complete in itself: a press of the
 * key starts no payrun.
 */
export function completionScript(program: Command, shell: ShellName): string {
  const everywhere = [...program.options.map(completedFlag), HELP];
  const commands = program.commands.map((command): CompletedCommand => {
    return {
      name: command.name(),
      description: command.description(),
      flags: [...command.options.map(completedFlag), ...everywhere.filter(({ name }) => name !== '--version')],
      argument: command.registeredArguments.map(argumentValue)[0] ?? NOTHING,
    };
  });
  switch (shell) {
    case 'bash':
      return bashScript(commands, everywhere);
    case 'zsh':
      return zshScript(commands, everywhere);
    case 'fish':
      return fishScript(commands, everywhere);
  }
}

const NOTHING: Value = { kind: 'none' };
const HELP: CompletedFlag = { name: '--help', description: 'show the help of the command', value: NOTHING };

function completedFlag({ long, flags, description, argChoices }: Option): CompletedFlag {
  const [, value] = /[<[](\w+)/.exec(flags) ?? [];
  return { name: long ?? '', description, value: value === undefined ? NOTHING : valueOfName(value, argChoices) };
}

function argumentValue(argument: Argument): Value {
  return valueOfName(argument.name(), argument.argChoices);
}

function valueOfName(name: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { kind: 'words', words: choices };
  return { kind: /^(files?|dir|csv|what)$/.test(name) ? 'file' : 'text' };
}

/** Where the script names nothing, bash falls back to files (`-o default`), which takes care of blanks in their names. */
function bashScript(commands: readonly CompletedCommand[], everywhere: readonly CompletedFlag[]): string {
  const names = commands.map(({ name }) => name);
  const words = (list: readonly string[]): string =>
    `COMPREPLY=($(compgen -W '${list.join(' ')}' -- "$word")); return ;;`;
  const flagNames = (flags: readonly CompletedFlag[]): readonly string[] => flags.map(({ name }) => name);
  const choices = commands.flatMap(({ name, flags }) =>
    flags.flatMap((flag) => (flag.value.kind === 'words' ? [[`${name} ${flag.name}`, flag.value.words] as const] : [])),
  );
  const valued = [...commands.flatMap(({ flags }) => flags), ...everywhere].filter(
    ({ value }) => value.kind !== 'none',
  );
  return `# Completion of payrun for bash. Into ~/.bashrc:  source <(payrun completion bash)
_payrun() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command= at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${COMP_WORDS[at]}" in
      ${names.join('|')}) command="\${COMP_WORDS[at]}"; break ;;
    esac
  done
  case "$command $before" in
${choices.map(([place, list]) => `    '${place}') ${words(list)}`).join('\n')}
  esac
  case "$before" in
    ${[...new Set(flagNames(valued))].join('|')}) return ;;
  esac
  case "$word" in
    -*)
      case "$command" in
        '') ${words(flagNames(everywhere))}
${commands.map(({ name, flags }) => `        ${name}) ${words(flagNames(flags))}`).join('\n')}
      esac ;;
  esac
  case "$command" in
    '') ${words([...names, 'help'])}
${commands.flatMap(({ name, argument }) => (argument.kind === 'words' ? [`    ${name}) ${words(argument.words)}`] : [])).join('\n')}
  esac
}
complete -o default -F _payrun payrun
`;
}

function zshScript(commands: readonly CompletedCommand[], everywhere: readonly CompletedFlag[]): string {
  const action = (value: Value): string => {
    switch (value.kind) {
      case 'none':
        return '';
      case 'file':
        return ':file:_files';
      case 'text':
        return ':value: ';
      case 'words':
        return `:value:(${value.words.join(' ')})`;
    }
  };
  const spec = ({ name, description, value }: CompletedFlag): string =>
    posixQuoted(`*${name}[${description.replace(/[[\]:\\]/g, '\\$&')}]${action(value)}`);
  const branch = ({ name, flags, argument }: CompletedCommand): string => {
    const last = argument.kind === 'none' ? [] : [posixQuoted(`*${action(argument)}`)];
    return `    ${name}) _arguments ${[...flags.map(spec), ...last].join(' ')} ;;`;
  };
  return `#compdef payrun
# Completion of payrun for zsh. Into ~/.zshrc, after compinit:  source <(payrun completion zsh)
_payrun() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${posixQuoted(`${name}:${description.replace(/:/g, '\\:')}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    if [[ "$words[2]" == -* ]]; then _arguments ${everywhere.map(spec).join(' ')}
    else _describe command commands; fi
    return
  fi
  shift words
  (( CURRENT-- ))
  case "$words[1]" in
${commands.map(branch).join('\n')}
  esac
}
if [ "$funcstack[1]" = _payrun ]; then _payrun "$@"; else compdef _payrun payrun; fi
`;
}

function fishScript(commands: readonly CompletedCommand[], everywhere: readonly CompletedFlag[]): string {
  const flag = (condition: string, { name, description, value }: CompletedFlag): string => {
    const parts = ['complete -c payrun', condition, `-l ${name.slice(2)}`, `-d ${fishQuoted(description)}`];
    if (value.kind === 'file') parts.push('-r -F');
    if (value.kind === 'text') parts.push('-x');
    if (value.kind === 'words') parts.push(`-x -a ${fishQuoted(value.words.join(' '))}`);
    return parts.filter((part) => part !== '').join(' ');
  };
  const ofCommand = ({ name, flags, argument }: CompletedCommand): readonly string[] => {
    const condition = `-n '__fish_seen_subcommand_from ${name}'`;
    const own = flags.filter(({ name: given }) => !everywhere.some(({ name: common }) => common === given));
    const lines = own.map((one) => flag(condition, one));
    if (argument.kind === 'file') lines.push(`complete -c payrun ${condition} -F`);
    if (argument.kind === 'words')
      lines.push(`complete -c payrun ${condition} -a ${fishQuoted(argument.words.join(' '))}`);
    return lines;
  };
  const lines = [
    '# Completion of payrun for fish:  payrun completion fish > ~/.config/fish/completions/payrun.fish',
    'complete -c payrun -f',
    ...everywhere.map((one) => flag('', one)),
    ...commands.map(
      ({ name, description }) => `complete -c payrun -n __fish_use_subcommand -a ${name} -d ${fishQuoted(description)}`,
    ),
    ...commands.flatMap(ofCommand),
  ];
  return `${lines.join('\n')}\n`;
}

function posixQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
