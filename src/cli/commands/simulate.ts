import { machine, simulate } from '../../operations/index.ts';
import { defineCommand } from '../command.ts';
import { switchFlag, textFlag, textsArgument, wholeNumberFlag } from '../flag.ts';
import { catchSignals } from '../interrupt.ts';

/** Serves the simulators until it is interrupted, which is its normal end. */
export const simulateCommand = defineCommand({
  name: 'simulate',
  description: 'run provider simulators on loopback for rehearsal',
  parameters: {
    providers: textsArgument('[providers...]'),
    port: wholeNumberFlag('--port <n>', 'port of the first simulator, the next ones follow', 8790),
    balance: textFlag('--balance <amount>', 'what the payer has there'),
    hasMagic: switchFlag(
      '--magic',
      'phones, accounts and amounts of docs/simulators.md fail, wait or lose their answer',
    ),
    seed: wholeNumberFlag('--seed <n>', 'seed of everything that is random'),
    hasRateLimits: switchFlag('--no-limits', 'no rate limits'),
    bookFile: textFlag('--book-file <file>', 'keep the book of money there, over restarts'),
    faults: textFlag('--faults <odds>', 'mishaps by chance, such as drop-after=0.05,503=0.02'),
    latency: textFlag('--latency <range>', 'how long answers take, such as 20ms..80ms'),
  },
  run: async ({ port, ...request }, { terminal }) => {
    const interrupt = catchSignals(terminal);
    try {
      await simulate(
        { ...request, firstPort: port ?? 0 },
        {
          system: machine(),
          signal: interrupt.signal,
          started: (provider, endpoint) => terminal.data(`${provider}  ${endpoint}`),
          ready: () => terminal.note('Put the address as `endpoint:` of an account. Ctrl-C ends the simulators.'),
        },
      );
      return 0;
    } finally {
      interrupt.release();
    }
  },
});
