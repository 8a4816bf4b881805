import { relative } from 'node:path';
import { machine, simulate, type StartedSimulator } from '../../operations/index.ts';
import { defineCommand } from '../command.ts';
import { optionalTextFlag, switchFlag, textFlag, textsArgument, wholeNumberFlag } from '../flag.ts';
import { catchSignals } from '../interrupt.ts';
import type { Terminal } from '../terminal.ts';

const CONFIG_FILE = 'payrun.yaml';

/** Serves the simulators until it is interrupted, which is its normal end. */
export const simulateCommand = defineCommand({
  name: 'simulate',
  description: 'run provider simulators on this machine, to rehearse against',
  help: {
    examples: ['payrun simulate --write-config', 'payrun simulate daraja --magic --port 9000'],
    exits: [[0, 'ended by a signal'], 2],
    json: '`simulators`: provider, endpoint and credentials of each; `written`, the files of --write-config',
  },
  parameters: {
    providers: textsArgument('[providers...]', 'which; left out: all of them'),
    configFile: optionalTextFlag(
      '--write-config [file]',
      `write a configuration that works with them, with its secrets and samples (${CONFIG_FILE})`,
      CONFIG_FILE,
    ),
    hasMagic: switchFlag(
      '--magic',
      'phones, accounts and amounts of docs/simulators.md fail, wait or lose their answer on purpose',
    ),
    port: wholeNumberFlag('--port <n>', 'port of the first simulator, the next ones follow; 0: any', 8790),
    balance: textFlag('--balance <amount>', 'what the payer has there'),
    seed: wholeNumberFlag('--seed <n>', 'seed of everything that is random'),
    hasRateLimits: switchFlag('--no-limits', 'no rate limits'),
    bookFile: textFlag('--book-file <file>', 'keep the book of money and open payments there, over restarts'),
    faults: textFlag('--faults <odds>', 'mishaps by chance, such as drop-after=0.05,503=0.02'),
    latency: textFlag('--latency <range>', 'how long answers take, such as 20ms..80ms'),
  },
  run: async ({ port, ...request }, { terminal, isJson }) => {
    const interrupt = catchSignals(terminal);
    try {
      await simulate(
        { ...request, firstPort: port ?? 0 },
        {
          system: machine(),
          signal: interrupt.signal,
          ready: (simulators, written) => {
            if (isJson) terminal.data(document(simulators, written));
            else show(simulators, written, terminal);
          },
        },
      );
      return 0;
    } finally {
      interrupt.release();
    }
  },
});

function document(simulators: readonly StartedSimulator[], written: readonly string[]): string {
  const started = simulators.map(({ provider, endpoint, credentials }) => ({ provider, endpoint, credentials }));
  return JSON.stringify({ version: 1, exit: 0, simulators: started, written }, null, 2);
}

function show(simulators: readonly StartedSimulator[], written: readonly string[], terminal: Terminal): void {
  for (const { provider, endpoint, credentials } of simulators) {
    terminal.data(`${provider}  ${endpoint}`);
    if (written.length > 0) continue;
    for (const [name, value] of Object.entries(credentials)) terminal.data(`  ${name}: ${shortened(value)}`);
  }
  const [config] = written;
  if (config === undefined) {
    const advice = 'Accounts that work with them, ready to use: payrun simulate --write-config';
    terminal.note(`${advice} (stop this one first: Ctrl-C).`);
    return;
  }
  for (const path of written) terminal.note(`Written: ${relativePath(path)}`);
  const named = relativePath(config) === CONFIG_FILE ? '' : ` --config ${relativePath(config)}`;
  terminal.note(`Next, in another terminal in this folder: payrun run batches/${named}`);
  terminal.note('Ctrl-C ends the simulators; payrun simulate starts them again for the same file.');
}

/** A certificate or a key is no text that anybody copies from a screen. */
function shortened(value: string): string {
  return value.length <= 64 && !value.includes('\n')
    ? value
    : `(${value.length} characters; --write-config writes a file)`;
}

function relativePath(path: string): string {
  return relative(process.cwd(), path);
}
