import { totalText } from '../domain/totals.ts';
import { machine, openProject, type OperationContext, type Watch } from '../operations/index.ts';
import type { Shell } from './command.ts';
import { printProblems } from './problem-lines.ts';
import type { Terminal } from './terminal.ts';

export interface ContextOptions {
  readonly signal: AbortSignal;
  /** Whether the user has agreed beforehand (`--yes`): nothing is asked then but who acts. */
  readonly isConfirmed?: boolean;
}

/** Opens the configuration, prints its warnings, and shows on the terminal what the operation reports. */
export async function openContext(
  { config, terminal }: Shell,
  { signal, isConfirmed = false }: ContextOptions,
): Promise<OperationContext> {
  const project = await openProject({ file: config, from: process.cwd() });
  for (const warning of project.warnings) terminal.note(`Warning: ${warning}`);
  return { project, system: machine(), watch: terminalWatch(terminal, isConfirmed), signal };
}

function terminalWatch(terminal: Terminal, isConfirmed: boolean): Watch {
  return {
    note: (text) => terminal.note(text),
    fail: (text) => terminal.fail(text),
    warned: (warnings, all) => printProblems(warnings, { terminal, channel: 'note', all: all ?? '--json lists all' }),
    progress: (batch, { done, total }) => terminal.progress(batch, done, total),
    agree: (question) => (isConfirmed ? Promise.resolve(true) : terminal.ask(question)),
    askText: (question) => terminal.askText(question),
    confirm: async (plan, liveAccounts) => {
      if (liveAccounts.length === 0 || isConfirmed) return true;
      const what = totalText([...plan.fresh, ...plan.resumed]);
      return terminal.ask(`Batch ${plan.batch}: ${what} from the live account ${liveAccounts.join(', ')}. Pay now?`);
    },
  };
}
