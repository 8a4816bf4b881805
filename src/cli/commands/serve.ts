import { machine, openProject, serve, SILENT } from '../../operations/index.ts';
import { defineCommand } from '../command.ts';
import { catchSignals } from '../interrupt.ts';

/** Receives callbacks until it is interrupted, which is its normal end. Its log is one JSON line per event, on stderr. */
export const serveCommand = defineCommand({
  name: 'serve',
  description: 'receive callbacks of providers until it is interrupted',
  help: {
    examples: ['payrun serve'],
    exits: [[0, 'ended by a signal'], 2, 6],
    json: 'nothing more: the log on stderr is one JSON line for each event in any case',
  },
  parameters: {},
  run: async (_, { config, isQuiet, isJson, terminal }) => {
    // Large, and no other command logs.
    const { pino } = await import('pino');
    const log = pino({ level: isQuiet ? 'error' : 'info', base: { service: 'payrun' } }, pino.destination(2));
    const interrupt = catchSignals(terminal);
    try {
      const project = await openProject({ file: config, from: process.cwd() });
      for (const warning of project.warnings) log.warn(warning);
      for (const { text } of project.notices) log.warn(text);
      const fault = (error: Error, then: string): void => log.warn(`${error.message} ${then}`);
      const watch = {
        ...SILENT,
        notice: ({ text }: { readonly text: string }) => log.error(text),
        fault,
        note: (text: string) => log.info(text),
        fail: (text: string) => log.error(text),
      };
      await serve(
        { project, system: machine(), watch, signal: interrupt.signal },
        {
          listening: (url, accounts) => {
            if (!isJson) terminal.data(`Callbacks: ${url}/callbacks/…  health: ${url}/health`);
            log.info({ url, accounts }, 'listening');
          },
          showing: (url) => {
            if (!isJson) terminal.data(`Metrics: ${url}/metrics`);
            log.info({ url }, 'metrics');
          },
          received: (account, result) => log.info({ account, result }, 'callback'),
        },
      );
      if (isJson) terminal.data(JSON.stringify({ version: 1, exit: 0 }, null, 2));
      return 0;
    } finally {
      interrupt.release();
    }
  },
});
