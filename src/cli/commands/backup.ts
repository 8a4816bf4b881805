import { backup } from '../../operations/index.ts';
import { defineCommand } from '../command.ts';
import { openContext } from '../context.ts';
import { textArgument } from '../flag.ts';

export const backupCommand = defineCommand({
  name: 'backup',
  description: 'copy the ledger into a new file, while anything runs',
  help: {
    examples: ['payrun backup backups/payrun-2026-11-28.db'],
    exits: [[0, 'copied'], 2, 6],
    json: '`ledger`, `batches`, `payments` and `counter` of the copy',
  },
  parameters: { file: textArgument('<file>', 'a file that does not exist yet') },
  run: async ({ file }, shell) => {
    // Nothing is in flight, so a signal may end the process at once.
    const context = await openContext(shell, { signal: new AbortController().signal });
    const made = await backup(context, file);
    if (shell.isJson) shell.terminal.data(JSON.stringify({ version: 1, exit: 0, ...made }, null, 2));
    else {
      const { batches, payments, counter } = made;
      shell.terminal.data(
        `${file}: ${batches} batches, ${payments} payments, as of change ${counter} of ${made.ledger}`,
      );
    }
    return 0;
  },
});
