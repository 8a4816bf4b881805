import { totalText } from '../domain/totals.ts';
import {
  lookedAt,
  machine,
  openProject,
  type OperationContext,
  type Project,
  type Watch,
} from '../operations/index.ts';
import type { Shell } from './command.ts';
import { printProblems } from './problem-lines.ts';
import { progressLine, waitsForText } from './progress-text.ts';
import { needingLines } from './tables.ts';
import { payDurationText } from './time-text.ts';

export interface ContextOptions {
  readonly signal: AbortSignal;
  /** Whether the user has agreed beforehand (`--yes`): nothing is asked then but who acts. */
  readonly isConfirmed?: boolean;
}

/** Opens the configuration, prints its warnings, and shows on the terminal what the operation reports. */
export async function openContext(
  shell: Shell,
  { signal, isConfirmed = false }: ContextOptions,
): Promise<OperationContext> {
  const { config, terminal } = shell;
  const system = machine();
  const project = await openProject({ file: config, from: process.cwd(), now: system.clock.now() });
  for (const warning of project.warnings) terminal.note(`Warning: ${warning}`);
  const watch = { ...terminalWatch(shell, isConfirmed), ...noticeWatch(shell, project) };
  for (const notice of project.notices) watch.notice(notice);
  if (shell.isQuiet) rememberLook(project);
  return { project, system, watch, signal };
}

function rememberLook({ config, noticeMemory }: Project): void {
  const look = lookedAt(config);
  if (!noticeMemory.isKnown(look)) noticeMemory.remember(look);
}

/** A person gets each notice once in a command; a sweep that is quiet once for each change, since cron sends a mail for it. */
function noticeWatch({ terminal, isQuiet }: Shell, { noticeMemory }: Project): Pick<Watch, 'notice' | 'inOrder'> {
  return {
    notice: (notice) => {
      if (isQuiet && noticeMemory.isKnown(notice)) return;
      if (terminal.printed.isNewText(notice.text)) terminal.fail(`Warning: ${notice.text}`);
      if (isQuiet) noticeMemory.remember(notice);
    },
    inOrder: (about) => noticeMemory.remember(about),
  };
}

function terminalWatch({ terminal, isQuiet }: Shell, isConfirmed: boolean): Omit<Watch, 'notice' | 'inOrder'> {
  const { printed } = terminal;
  const note = (text: string): void => {
    if (printed.isNewText(text)) terminal.note(text);
  };
  return {
    note,
    fault: (error, then) => {
      // What was kept quiet was not told.
      const isNew = isQuiet || printed.isNewFault(error, null);
      note(isNew ? `${error.message} ${then}` : then);
    },
    fail: (text) => terminal.fail(text),
    warned: (warnings, all) => printProblems(warnings, { terminal, channel: 'note', all: all ?? '--json lists all' }),
    follow: (source) =>
      terminal.follow({
        line: (columns) => progressLine(source(), columns),
        waitsFor: () => waitsForText(source()),
      }),
    agree: (question) => (isConfirmed ? Promise.resolve(true) : terminal.ask(question)),
    // Agreeing beforehand (--yes) is no answer here: nobody knew then what would become of the first payments.
    release: terminal.isInteractive
      ? ({ text, waiting, rows }) => {
          for (const line of [text, ...needingLines(rows, terminal.width)]) terminal.fail(line);
          return terminal.ask(`Pay the other ${waiting === 1 ? 'one' : waiting} now?`);
        }
      : null,
    askText: (question) => terminal.askText(question),
    confirm: async (plan, { liveAccounts, duration }) => {
      if (liveAccounts.length === 0 || isConfirmed) return true;
      const what = totalText([...plan.fresh, ...plan.resumed]);
      const takes = duration === null ? '' : ` That takes ${payDurationText(duration)}.`;
      return terminal.ask(
        `Batch ${plan.batch}: ${what} from the live account ${liveAccounts.join(', ')}.${takes} Pay now?`,
      );
    },
  };
}
