import { Command, CommanderError } from 'commander';
import { PayrunError } from '../domain/problem.ts';
import { VERSION } from '../operations/index.ts';
import type { CliCommand } from './command.ts';
import { accountsCommand } from './commands/accounts.ts';
import { approveCommand } from './commands/approve.ts';
import { banksCommand } from './commands/banks.ts';
import { backupCommand } from './commands/backup.ts';
import { cancelCommand } from './commands/cancel.ts';
import { completionCommand } from './commands/completion.ts';
import { initCommand } from './commands/init.ts';
import { pauseCommand, resumeCommand } from './commands/pause.ts';
import { planCommand } from './commands/plan.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { recoverCommand } from './commands/recover.ts';
import { reportCommand } from './commands/report.ts';
import { resolveCommand } from './commands/resolve.ts';
import { retryCommand } from './commands/retry.ts';
import { runCommand } from './commands/run.ts';
import { scheduleCommand } from './commands/schedule.ts';
import { serveCommand } from './commands/serve.ts';
import { settleCommand } from './commands/settle.ts';
import { simulateCommand } from './commands/simulate.ts';
import { statusCommand } from './commands/status.ts';
import { validateCommand } from './commands/validate.ts';
import { watchCommand } from './commands/watch.ts';
import { EXIT_TEXTS, exitLines } from './exits.ts';
import { batchDocument } from './json.ts';
import { withExitCode } from './last-resort.ts';

/** In the order of `--help`. */
const COMMANDS: readonly CliCommand[] = [
  initCommand,
  validateCommand,
  planCommand,
  approveCommand,
  runCommand,
  settleCommand,
  statusCommand,
  reportCommand,
  retryCommand,
  resolveCommand,
  cancelCommand,
  pauseCommand,
  resumeCommand,
  reconcileCommand,
  scheduleCommand,
  watchCommand,
  accountsCommand,
  banksCommand,
  serveCommand,
  simulateCommand,
  backupCommand,
  recoverCommand,
  completionCommand,
];

/** Parses the command line and runs its command. Returns the exit code: usage errors are 2, help and version 0. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exit = 0;
  const program = new Command('payrun')
    .description(
      'Pays a YAML or CSV file of payouts through a provider, at its pace, never twice, and reports every row.',
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'payrun: ')) })
    .showHelpAfterError('(payrun --help lists the commands, payrun COMMAND --help shows one with an example)')
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => title })
    .addHelpText('after', programHelp())
    .option('--config <file>', 'the configuration; else payrun.yaml is searched upward from here')
    .option('--json', 'print one JSON document')
    .option('--quiet', 'nothing but errors and what needs somebody');
  for (const command of COMMANDS) command.addTo(program, (code) => (exit = code));
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    const isJson = argv.includes('--json');
    if (error instanceof CommanderError) return usageExit(error, isJson);
    // Commands whose document says more have printed theirs, and throw nothing that is known.
    if (isJson) process.stdout.write(`${JSON.stringify(failureDocument(error), null, 2)}\n`);
    throw error;
  }
  return exit;
}

function programHelp(): string {
  return [
    '',
    'Exit codes:',
    ...exitLines([...EXIT_TEXTS.keys()]),
    '',
    'payrun COMMAND --help shows a command with examples. A first try that moves no money:',
    '  payrun init demo && cd demo && payrun run batches/',
  ].join('\n');
}

function failureDocument(error: unknown): object {
  const known = withExitCode(error);
  if (known === null) return { version: 1, exit: 1 };
  const { exit, code, message } = known;
  return { version: 1, exit, error: { code, message } };
}

/** Commander has printed its message already; `--json` promises a document as well. */
function usageExit(error: CommanderError, isJson: boolean): number {
  if (error.exitCode === 0) return 0;
  if (isJson) {
    const failure = new PayrunError(2, 'usage', error.message.replace(/^error: /, ''));
    process.stdout.write(`${JSON.stringify(batchDocument(2, [], { failure, hasRows: false }), null, 2)}\n`);
  }
  return 2;
}
