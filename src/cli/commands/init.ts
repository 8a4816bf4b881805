import { init } from '../../operations/index.ts';
import { defineCommand } from '../command.ts';
import { textArgument } from '../flag.ts';

export const initCommand = defineCommand({
  name: 'init',
  description: 'write a commented payrun.yaml, folders and a sample batch',
  parameters: { dir: textArgument('[dir]', 'folder', '.') },
  run: async ({ dir }, { terminal }) => {
    const { files } = await init(dir);
    for (const file of files) terminal.data(file);
    terminal.note(`Next: ${dir === '.' ? '' : `cd ${dir} && `}payrun run batches/`);
    return 0;
  },
});
