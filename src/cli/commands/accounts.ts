import { accounts, worstExit, type AccountState } from '../../operations/index.ts';
import { defineCommand } from '../command.ts';
import { openContext } from '../context.ts';
import { catchSignals } from '../interrupt.ts';

export const accountsCommand = defineCommand({
  name: 'accounts',
  description: 'check credentials and balance of every account',
  help: {
    examples: ['payrun accounts'],
    exits: [
      [0, 'every account can be used'],
      [2, 'an account cannot be used, or the configuration is wrong'],
      [5, 'a provider cannot be reached now'],
      6,
      130,
    ],
    json: '`accounts`: provider, currency, balance, ok and message of each',
  },
  parameters: {},
  run: async (_, shell) => {
    const { terminal, isJson } = shell;
    const interrupt = catchSignals(terminal);
    try {
      const states = await accounts(await openContext(shell, { signal: interrupt.signal }));
      const exit = worstExit(states.map((state) => state.exit));
      if (isJson) terminal.data(JSON.stringify({ version: 1, exit, accounts: states.map(accountDocument) }, null, 2));
      else for (const state of states) terminal.data(accountLine(state));
      return exit;
    } finally {
      interrupt.release();
    }
  },
});

function accountDocument({ account, provider, currency, balance, ok, message }: AccountState): object {
  return { account, provider, currency, balance, ok, message };
}

function accountLine({ account, provider, currency, balance, ok, message }: AccountState): string {
  const state = ok ? (balance === null ? 'ok' : `${balance} ${currency}`) : message;
  return `${account}  ${provider}  ${state}`;
}
