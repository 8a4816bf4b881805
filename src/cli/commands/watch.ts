import {
  finishedExit,
  idleBatches,
  machine,
  run,
  watchFolders,
  type OperationContext,
} from '../../operations/index.ts';
import { batchOptions, payFlags } from '../batch-flags.ts';
import { printPaid } from '../batch-text.ts';
import { ChangedOutput } from '../changed-output.ts';
import { defineCommand, type Shell } from '../command.ts';
import { openContext } from '../context.ts';
import { durationFlag } from '../flag.ts';
import { catchSignals } from '../interrupt.ts';
import { withExitCode } from '../last-resort.ts';
import { showResult } from '../run-batches.ts';

export const watchCommand = defineCommand({
  name: 'watch',
  description: 'sweep the drop folder whenever it changes or a date of a series comes',
  help: {
    examples: ['payrun watch', 'payrun watch --every 5m --yes --quiet'],
    exits: [[0, 'ended by a signal, after what was in flight'], 2],
    json: '`sweeps`, how many there were; what they do is on stderr',
  },
  parameters: {
    every: durationFlag('--every <duration>', 'the longest time between two sweeps', { ms: 30_000, text: '30s' }),
    ...payFlags,
  },
  run: async ({ every, wait, yes }, shell) => {
    const interrupt = catchSignals(shell.terminal);
    const output = new ChangedOutput(shell.terminal);
    const where = { file: shell.config, from: process.cwd() };
    let sweeps = 0;
    try {
      await watchFolders({
        clock: machine().clock,
        signal: interrupt.signal,
        everyMs: Math.max(every, 1_000),
        sweep: async () => {
          output.begin();
          let context: OperationContext | null = null;
          try {
            const options = { signal: interrupt.signal, isConfirmed: yes };
            context = await openContext({ ...shell, terminal: output.messages() }, options);
            const { config } = context.project;
            if ((await idleBatches(where, [config.batches]).catch(() => null)) !== null) output.keepLast();
            else await sweepOnce(context, { waitMs: wait, shell, output });
            sweeps += 1;
          } catch (error) {
            const known = withExitCode(error);
            // At its start a command refuses what it cannot read; a long-running one waits until that is put right.
            if (known === null || (sweeps === 0 && context === null)) throw error;
            output.messages().fail(`payrun: ${known.message} Nothing is sent until this is put right.`);
          }
          return context?.project.config ?? null;
        },
      });
    } finally {
      interrupt.release();
    }
    if (shell.isJson) shell.terminal.data(JSON.stringify({ version: 1, exit: 0, sweeps }, null, 2));
    return 0;
  },
});

async function sweepOnce(
  context: OperationContext,
  { waitMs, shell, output }: { readonly waitMs: number; readonly shell: Shell; readonly output: ChangedOutput },
): Promise<void> {
  const flags = { account: null, batch: null, amend: false, allowDuplicate: false, allowDestination: null };
  const options = {
    ...batchOptions({ ...flags, expectCount: null, expectSum: null, rows: false }, shell),
    because: '',
  };
  await run(context, { files: [context.project.config.batches], options, waitMs }, (result) => {
    // What was settled before is no news.
    if (result.sent === 0 && finishedExit(result) === 0) return;
    output.about(`${result.file ?? ''} ${result.batch ?? ''}`, (terminal) => {
      // The document of --json is printed at the end; until then people read on.
      const toPerson = shell.isJson ? { ...terminal, data: (line: string) => terminal.note(line) } : terminal;
      showResult(result, { ...shell, isJson: false, terminal: toPerson }, { print: printPaid });
    });
  });
}
