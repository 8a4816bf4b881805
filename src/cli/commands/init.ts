import { init } from '../../operations/index.ts';
import { defineCommand } from '../command.ts';
import { textArgument } from '../flag.ts';

export const initCommand = defineCommand({
  name: 'init',
  description: 'write a commented payrun.yaml, folders and a sample batch',
  help: { examples: ['payrun init demo'], exits: [[0, 'written'], 2], json: '`files`, those written' },
  parameters: { dir: textArgument('[dir]', 'folder', '.') },
  run: async ({ dir }, { terminal, isJson }) => {
    const { files } = await init(dir);
    if (isJson) terminal.data(JSON.stringify({ version: 1, exit: 0, files }, null, 2));
    else for (const file of files) terminal.data(file);
    terminal.note(`Next: ${dir === '.' ? '' : `cd ${dir} && `}payrun run batches/`);
    return 0;
  },
});
