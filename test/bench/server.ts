import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Server {
  readonly endpoint: string;
  bookings(): Promise<number>;
  close(): Promise<void>;
}

/** The simulator without limits in a process of its own, so that it competes with nobody for one event loop. */
export function startServer(): Promise<Server> {
  return startProcess([]);
}

/** As {@link startServer}: PesaWay, which takes every payment, leaves it pending and never calls back. */
export function startCallbackProvider(port: number): Promise<Server> {
  return startProcess([String(port)]);
}

async function startProcess(args: readonly string[]): Promise<Server> {
  const child = fork(fileURLToPath(new URL('./server-process.ts', import.meta.url)), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const next = <T>(): Promise<T> => new Promise((resolve) => child.once('message', (message) => resolve(message as T)));
  const { endpoint } = await next<{ endpoint: string }>();
  return {
    endpoint,
    bookings: async () => {
      const answer = next<{ bookings: number }>();
      child.send('bookings');
      return (await answer).bookings;
    },
    close: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.send('close');
      await gone;
    },
  };
}
