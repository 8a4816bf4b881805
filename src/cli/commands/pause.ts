import { actingAs, pause, resume, type OperationContext, type PauseResult } from '../../operations/index.ts';
import { changeFlags, payFlags } from '../batch-flags.ts';
import { defineCommand, type Shell } from '../command.ts';
import { openContext } from '../context.ts';
import { optionalArgument, requiredTextFlag } from '../flag.ts';
import { catchSignals } from '../interrupt.ts';
import { pauseDocument } from '../json.ts';

export const pauseCommand = defineCommand({
  name: 'pause',
  description: 'stop sending, of an account, a batch or everything',
  help: {
    examples: ['payrun pause salaries --because "wrong list"'],
    exits: [[0, 'nothing more is sent'], 2, [5, 'some are on their way and cannot be called back'], 6, 130],
    json: '`pauses`, `in_force` and what is on its way, `sending`',
  },
  parameters: {
    name: optionalArgument('[account-or-batch]'),
    because: requiredTextFlag('--because <text>', 'why nothing is to be sent'),
    by: changeFlags.by,
    wait: payFlags.wait,
    dryRun: changeFlags.dryRun,
  },
  run: ({ name, because, by, wait, dryRun }, shell) =>
    runPause(
      shell,
      async (context) => pause(await actingAs(context, by), { name, because, waitMs: wait, isDryRun: dryRun }),
      (result) => {
        const { terminal } = shell;
        const what = dryRun ? 'Would be paused' : 'Paused';
        for (const one of result.pauses) terminal.data(`${what}: ${one.name === '*' ? 'every account' : one.name}.`);
        if (dryRun) terminal.data('Dry run: nothing was changed.');
        for (const { id, batch, reference } of result.sending) {
          terminal.fail(`Payment ${id} of batch ${batch} (${reference}) is on its way and cannot be called back.`);
        }
      },
    ),
});

export const resumeCommand = defineCommand({
  name: 'resume',
  description: 'let an account, a batch or everything go on after a pause',
  help: {
    examples: ['payrun resume salaries'],
    exits: [[0, 'goes on with the next run'], 2, 6],
    json: '`pauses` that ended, and those still `in_force`',
  },
  parameters: { name: optionalArgument('[account-or-batch]'), ...changeFlags },
  run: ({ name, because, by, dryRun }, shell) =>
    runPause(
      shell,
      async (context) => resume(await actingAs(context, by), { name, because, isDryRun: dryRun }),
      (result) => {
        const { terminal } = shell;
        const what = dryRun ? 'Would go on' : 'Goes on';
        for (const one of result.pauses) terminal.data(`${what}: ${one.name === '*' ? 'every account' : one.name}.`);
        if (dryRun) terminal.data('Dry run: nothing was changed.');
        for (const one of dryRun ? [] : result.inForce) terminal.note(`Still paused: ${one.name}.`);
      },
    ),
});

async function runPause(
  shell: Shell,
  work: (context: OperationContext) => Promise<PauseResult>,
  print: (result: PauseResult) => void,
): Promise<number> {
  const interrupt = catchSignals(shell.terminal);
  try {
    const result = await work(await openContext(shell, { signal: interrupt.signal }));
    if (shell.isJson) shell.terminal.data(JSON.stringify(pauseDocument(result), null, 2));
    else print(result);
    return interrupt.signal.aborted ? 130 : result.exit;
  } finally {
    interrupt.release();
  }
}
