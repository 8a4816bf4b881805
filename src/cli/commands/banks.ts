import { isPayrunError } from '../../domain/problem.ts';
import { banks, openProject, type BankList, type Project } from '../../operations/index.ts';
import { defineCommand, type Shell } from '../command.ts';
import { optionalArgument, textsArgument } from '../flag.ts';
import { withExitCode } from '../last-resort.ts';
import { alignedLines } from '../tables.ts';

export const banksCommand = defineCommand({
  name: 'banks',
  description: 'list the bank codes that a provider knows',
  help: {
    examples: ['payrun banks', 'payrun banks sellapay equity'],
    exits: [0, 2],
    json: '`banks`: provider, currency, code and name of each',
  },
  parameters: {
    name: optionalArgument('[provider]', 'a provider or an account; left out: those of the configuration'),
    words: textsArgument('[text...]', 'parts of a code, a name or a currency'),
  },
  run: async ({ name, words }, shell) => {
    const { terminal, isJson } = shell;
    try {
      const { banks: listed, withoutList } = banks(await projectIfAny(shell), { name, words });
      if (isJson) terminal.data(JSON.stringify({ version: 1, exit: 0, banks: listed.map(bankParts) }, null, 2));
      else for (const line of bankLines(listed)) terminal.data(line);
      for (const provider of withoutList) terminal.note(`Of ${provider} no list of banks is known.`);
      if (listed.length === 0 && withoutList.length === 0)
        terminal.note('No bank was found. Search with fewer letters, or leave the text out.');
      return 0;
    } catch (error) {
      const known = withExitCode(error);
      if (known === null || !isJson) throw error;
      const { exit, code, message } = known;
      terminal.data(JSON.stringify({ version: 1, exit, banks: [], error: { code, message } }, null, 2));
      terminal.fail(`payrun: ${message}`);
      return exit;
    }
  },
});

/** The lists are known without a configuration; one that is named, or that is wrong, is a fault all the same. */
function projectIfAny({ config }: Shell): Promise<Project | null> {
  return openProject({ file: config, from: process.cwd() }).catch((error: unknown) => {
    if (config === null && isPayrunError(error) && error.code === 'config-missing') return null;
    throw error;
  });
}

function bankParts({ provider, currency, code, name, source }: BankList['banks'][number]): object {
  return { provider, currency, code, name, ...(source === undefined ? {} : { source }) };
}

function bankLines(listed: BankList['banks']): readonly string[] {
  const rows = listed.map(({ provider, currency, code, name }) => [provider, currency, code, name]);
  return rows.length === 0 ? [] : alignedLines([['provider', 'currency', 'code', 'name'], ...rows], []);
}
