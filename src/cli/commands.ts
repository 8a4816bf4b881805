import { totalText } from '../domain/totals.ts';
import * as runner from '../operations/index.ts';
import { checkedExit, finishedExit, worstExit } from '../operations/batch-result.ts';
import { catchSignals, conduct } from './run-command.ts';
import type { Flags } from './flags.ts';
import { printChecked, printPlan, printResolved, printRun, printState } from './printing.ts';
import { openScreen, type Screen } from './terminal.ts';

export { reconcileCommand } from './reconcile.ts';
export { serveCommand } from './serve.ts';
export { simulateCommand } from './simulate.ts';

/** One function per command: flags in, exit code out. */

/** How many rows a table on the screen shows; the report has them all. */
const SHOWN_ROWS = 30;

export async function initCommand(flags: Flags, dir: string): Promise<number> {
  const screen = openScreen(flags, () => performance.now());
  const { files } = await runner.initProject(dir);
  for (const file of files) screen.data(file);
  screen.say(`Next: ${dir === '.' ? '' : `cd ${dir} && `}payrun run batches/`);
  return 0;
}

export function validateCommand(flags: Flags, files: readonly string[]): Promise<number> {
  return conduct(flags, {
    work: ({ project, show }) => runner.validate(project, files, inspectOptions(flags), show),
    print: (result, screen) => printChecked(result, screen, (line) => screen.data(line)),
    exit: checkedExit,
  });
}

export function planCommand(flags: Flags, file: string): Promise<number> {
  return conduct(flags, {
    work: async ({ project, show, signal }) => show(await runner.plan(project, file, inspectOptions(flags), signal)),
    print: printPlan,
    exit: checkedExit,
  });
}

export function runCommand(flags: Flags, files: readonly string[]): Promise<number> {
  return conduct(flags, {
    work: ({ project, screen, show, signal }) => {
      const options = { ...inspectOptions(flags), waitMs: flags.wait ?? 0 };
      return runner.run(project, files, options, watchFor(flags, project, screen), signal, show);
    },
    print: printRun,
    exit: finishedExit,
  });
}

export function settleCommand(flags: Flags, batch: string | undefined): Promise<number> {
  return conduct(flags, {
    work: async ({ project, screen, show, signal }) => {
      const watch = watchFor(flags, project, screen);
      (await runner.settle(project, batch ?? null, shownRows(flags), watch, signal)).forEach(show);
    },
    print: printState,
    exit: finishedExit,
  });
}

export function statusCommand(flags: Flags, batch: string | undefined): Promise<number> {
  return conduct(flags, {
    work: async ({ project, show, screen }) => {
      const results = await runner.status(project, batch ?? null, flags.rows === true ? Number.POSITIVE_INFINITY : 0);
      if (results.length === 0) screen.say('The ledger has no batches yet.');
      results.forEach(show);
    },
    print: printState,
    exit: finishedExit,
  });
}

export function reportCommand(flags: Flags, batch: string): Promise<number> {
  return conduct(flags, {
    work: async ({ project, show }) => show(await runner.report(project, batch, shownRows(flags))),
    print: printState,
    exit: () => 0,
  });
}

export function retryCommand(flags: Flags, batch: string): Promise<number> {
  return conduct(flags, {
    work: async ({ project, screen, show, signal }) => {
      const request = { batch, ids: flags.id ?? null, waitMs: flags.wait ?? 0, rows: shownRows(flags) };
      show(await runner.retry(project, request, watchFor(flags, project, screen), signal));
    },
    print: printRun,
    exit: finishedExit,
  });
}

export function resolveCommand(flags: Flags, reference: string): Promise<number> {
  return conduct(flags, {
    work: async ({ project, show }) => {
      const { as: status, because, providerReference } = flags;
      if (status === undefined || because === undefined)
        throw new Error('commander let a resolve without --as or --because pass');
      show(
        await runner.resolve(project, {
          reference: reference.trim().toUpperCase(),
          status,
          because,
          providerReference: providerReference ?? null,
        }),
      );
    },
    print: (result, screen) => printResolved(reference, flags.as ?? '', result, screen),
    exit: () => 0,
  });
}

export async function accountsCommand(flags: Flags): Promise<number> {
  const screen = openScreen(flags, () => performance.now());
  const interrupt = catchSignals(screen);
  try {
    const project = await runner.openProject({ file: flags.config ?? null, from: process.cwd() }, runner.machine());
    for (const warning of project.warnings) screen.say(`Warning: ${warning}`);
    const states = await runner.accounts(project, interrupt.signal);
    const exit = worstExit(states.map((state) => state.exit));
    if (flags.json === true) {
      const accounts = states.map(({ account, provider, currency, balance, ok, message }) => {
        return { account, provider, currency, balance, ok, message };
      });
      screen.data(JSON.stringify({ version: 1, exit, accounts }, null, 2));
      return exit;
    }
    for (const { account, provider, currency, balance, ok, message } of states) {
      const said = ok ? (balance === null ? 'ok' : `${balance} ${currency}`) : message;
      screen.data(`${account}  ${provider}  ${said}`);
    }
    return exit;
  } finally {
    interrupt.release();
  }
}

function inspectOptions(flags: Flags): runner.InspectOptions {
  return {
    account: flags.account ?? null,
    batch: flags.batch ?? null,
    amend: flags.amend === true,
    allowDuplicate: flags.allowDuplicate === true,
    expect: { count: flags.expectCount ?? null, sum: flags.expectSum ?? null },
    rows: shownRows(flags),
  };
}

function shownRows(flags: Flags): number {
  if (flags.json === true) return flags.rows === true ? Number.POSITIVE_INFINITY : 0;
  return SHOWN_ROWS;
}

function watchFor(flags: Flags, project: runner.Project, screen: Screen): runner.RunWatch {
  return {
    note: (text) => screen.say(text),
    fail: (text) => screen.fail(text),
    planned: (plan) => {
      for (const problem of plan.problems)
        if (problem.severity === 'warning') screen.say(`Warning: ${problem.message}`);
    },
    progress: (batch, { done, total }) => screen.progress(batch, done, total),
    confirm: async (plan) => {
      const sends = [...plan.fresh, ...plan.resumed];
      const live = sends.filter((total) => {
        const account = project.config.accounts.get(total.account);
        return account !== undefined && runner.isLive(account);
      });
      if (live.length === 0 || flags.yes === true) return true;
      const accounts = [...new Set(live.map((total) => total.account))].join(', ');
      return screen.ask(`Batch ${plan.batch}: ${totalText(sends)} from the live account ${accounts}. Pay now?`);
    },
  };
}
