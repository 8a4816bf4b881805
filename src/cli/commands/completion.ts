import { defineCommand } from '../command.ts';
import { completionScript, SHELLS } from '../completion.ts';
import { choiceArgument } from '../flag.ts';

export const completionCommand = defineCommand({
  name: 'completion',
  description: 'print the shell completion of commands and flags',
  help: {
    examples: [
      'source <(payrun completion bash)      # in ~/.bashrc',
      'source <(payrun completion zsh)       # in ~/.zshrc, after compinit',
      'payrun completion fish > ~/.config/fish/completions/payrun.fish',
    ],
    exits: [[0, 'printed'], 2],
    json: '`script`',
  },
  parameters: { shell: choiceArgument('<shell>', 'which shell', SHELLS) },
  run: ({ shell: name }, { terminal, isJson, program }) => {
    const script = completionScript(program, name);
    terminal.data(isJson ? JSON.stringify({ version: 1, exit: 0, script }, null, 2) : script.trimEnd());
    return Promise.resolve(0);
  },
});
