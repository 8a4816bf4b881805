import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { PayrunError } from '../domain/problem.ts';
import { parseDuration } from '../operations/index.ts';
import { document } from '../operations/batch-result.ts';
import { VERSION } from '../operations/session/version.ts';
import {
  accountsCommand,
  initCommand,
  planCommand,
  reconcileCommand,
  reportCommand,
  resolveCommand,
  retryCommand,
  runCommand,
  serveCommand,
  settleCommand,
  simulateCommand,
  statusCommand,
  validateCommand,
} from './commands.ts';
import type { Flags } from './flags.ts';

/** The command line of DESIGN, section 5. Usage errors are exit 2, help and version 0. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exit = 0;
  const done = (command: (flags: Flags, ...args: never[]) => Promise<number>) => {
    return async (...given: unknown[]): Promise<void> => {
      const last = given.at(-1);
      if (!(last instanceof Command)) throw new Error('commander did not hand over its command');
      exit = await command(last.optsWithGlobals<Flags>(), ...(given.slice(0, -2) as never[]));
    };
  };
  const program = new Command('payrun')
    .description(
      'Pays a YAML or CSV file of payouts through a provider, at its pace, never twice, and reports every row.',
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'payrun: ')) })
    .showHelpAfterError('(payrun --help lists the commands)')
    .option('--config <file>', 'the configuration; else payrun.yaml is searched upward from here')
    .option('--json', 'print one JSON document')
    .option('--quiet', 'no progress and no messages but errors');

  const checking = (command: Command): Command =>
    command
      .option('--account <name>', 'the account to pay from, whatever the file says')
      .option('--batch <id>', 'the batch id of one CSV file')
      .option('--amend', 'accept additions and changes of payments that were never sent')
      .option('--allow-duplicate', 'pay although another batch holds the same payments')
      .option('--expect-count <n>', 'refuse unless the file has this many payments', wholeNumber)
      .option('--expect-sum <amount>', 'refuse unless the payments add up to this')
      .option('--rows', 'with --json: list every payment');
  const wait = new Option('--wait <duration>', 'how long to wait for pending payments and busy accounts (30s, 5m)')
    .argParser(duration)
    .default(60_000, '60s');

  program
    .command('init')
    .argument('[dir]', 'folder', '.')
    .description('write a commented payrun.yaml, folders and a sample batch')
    .action(done(initCommand));
  checking(program.command('validate').argument('<files...>'))
    .description('check files and print every problem; sends and writes nothing')
    .action(done(validateCommand));
  checking(program.command('plan').argument('<file>'))
    .description('show what run would do: new, resumed, skipped, blocked; totals and balance')
    .action(done(planCommand));
  checking(program.command('run').argument('<files...>', 'files, or folders to sweep'))
    .addOption(wait)
    .option('--yes', 'do not ask before paying from a live account')
    .description('validate, register, pay, settle and report')
    .action(done(runCommand));
  program
    .command('settle')
    .argument('[batch]')
    .option('--rows')
    .description('ask providers about pending and unknown payments once')
    .action(done(settleCommand));
  program
    .command('status')
    .argument('[batch]')
    .option('--rows')
    .description('counts and sums')
    .action(done(statusCommand));
  program
    .command('report')
    .argument('<batch>')
    .description('write the reports again from the ledger')
    .action(done(reportCommand));
  program
    .command('retry')
    .argument('<batch>')
    .option('--id <ids...>', 'only these payments')
    .option('--rows')
    .option('--yes', 'do not ask before paying from a live account')
    .addOption(wait)
    .description('present failed payments again, as a new generation')
    .action(done(retryCommand));
  program
    .command('resolve')
    .argument('<reference>')
    .addOption(new Option('--as <status>', 'what became of it').choices(['paid', 'failed']).makeOptionMandatory())
    .requiredOption('--because <text>', 'the evidence: what was seen where')
    .option('--provider-reference <id>', "the provider's own id of the payment")
    .description("record a person's decision on an unknown payment")
    .action(done(resolveCommand));
  program
    .command('reconcile')
    .argument('<batch>')
    .requiredOption('--statement <file>', "the provider's statement, a CSV")
    .option('--account <name>', 'whose statement it is, where the batch has several accounts')
    .option('--apply', 'record what the statement proves')
    .description("hold a provider's statement against the ledger")
    .action(done(reconcileCommand));
  program
    .command('accounts')
    .description('check credentials and balance of every account')
    .action(done(accountsCommand));
  program.command('serve').description('receive callbacks of providers; health and metrics').action(done(serveCommand));
  program
    .command('simulate')
    .argument('[providers...]')
    .option('--port <n>', 'port of the first simulator, the next ones follow', wholeNumber, 8790)
    .option('--balance <amount>', 'what the payer has there')
    .option('--seed <n>', 'seed of everything that is random', wholeNumber)
    .option('--no-limits', 'no rate limits')
    .option('--book-file <file>', 'keep the book of money there, over restarts')
    .option('--faults <odds>', 'mishaps by chance, such as drop-after=0.05,503=0.02')
    .option('--latency <range>', 'how long answers take, such as 20ms..80ms')
    .description('run provider simulators on loopback for rehearsal')
    .action(done(simulateCommand));

  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    // Commander has printed its message by now.
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      if (argv.includes('--json')) {
        const failure = new PayrunError(2, 'usage', error.message.replace(/^error: /, ''));
        process.stdout.write(`${JSON.stringify(document(2, [], failure, false), null, 2)}\n`);
      }
      return 2;
    }
    throw error;
  }
  return exit;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number is wanted.');
  return Number(text);
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('A duration is wanted: 500ms, 30s, 5m or 2h.');
  return ms;
}
