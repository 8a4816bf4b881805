import { createServer, type AddressInfo } from 'node:net';
import { Project, type Started } from './harness.ts';
import type { FaultRule, SimulatorOptions } from '../../src/simulator/index.ts';

export const TOKEN = 'c0ffee00c0ffee00c0ffee00c0ffee00';
export const CALLBACK_SECRET = 'callback-secret-of-the-test';

export interface PesawaySetup {
  /** Whether the account knows the secret that its callbacks are signed with. Default true. */
  readonly signed?: boolean;
  readonly settings?: SimulatorOptions['settings'];
  readonly faults?: readonly FaultRule[];
  readonly options?: string;
  readonly limits?: string;
  /** More accounts, as lines of the configuration. */
  readonly accounts?: string;
  readonly simulator?: Partial<SimulatorOptions>;
  /** More of the environment of every command. */
  readonly env?: Readonly<Record<string, string>>;
  /** More keys of the account, as lines of the configuration. */
  readonly account?: string;
  /** Text behind `public_url` in `callbacks:`. */
  readonly callbacks?: string;
  /** More top-level keys, as lines of the configuration. */
  readonly top?: string;
}

/** A payer at a simulated PesaWay: payouts are taken first, and their results come by callback and query. */
export async function pesawayProject(setup: PesawaySetup = {}): Promise<{ project: Project; port: number }> {
  const port = await freePort();
  const {
    signed = true,
    settings = {},
    faults = [],
    options = '',
    limits = '{ rate: 1000/s, concurrency: 4 }',
  } = setup;
  const project = await Project.open({
    simulator: {
      provider: 'pesaway',
      limits: null,
      credentials: [{ key: 'ck-of-the-test', secret: 'cs-of-the-test' }],
      callbackOrigin: `http://127.0.0.1:${port}`,
      settings: { callbackSecret: CALLBACK_SECRET, callbackDelayMs: 50, repeatDelayMs: 100, ...settings },
      faults,
      ...setup.simulator,
    },
    env: {
      PW_KEY: 'ck-of-the-test',
      PW_SECRET: 'cs-of-the-test',
      PW_CALLBACK: CALLBACK_SECRET,
      PW_TOKEN: TOKEN,
      ...setup.env,
    },
    config: `
organisation: acme-ke
ledger: sqlite:payrun.db
batches: batches
reports: reports
timezone: Africa/Nairobi
callbacks: { listen: "127.0.0.1:${port}", public_url: https://pay.example.org${setup.callbacks ?? ''} }
${setup.top ?? ''}
accounts:
  demo:
    provider: pesaway
    endpoint: ENDPOINT
    currency: KES
    callback_token: \${PW_TOKEN}
    credentials: { consumer_key: "\${PW_KEY}", consumer_secret: "\${PW_SECRET}"${signed ? ', callback_secret: "${PW_CALLBACK}"' : ''} }
    options: { ${options === '' ? 'poll: [300ms, 1s], poll_every: 1s, statement_after: 500ms' : options} }
    limits: ${limits}
${setup.account ?? ''}
${setup.accounts ?? ''}
defaults:
  - match: "*.csv"
    account: demo
`,
  });
  return { project, port };
}

/** Waits for a condition that another process brings about. */
export async function until(what: string, isTrue: () => Promise<boolean> | boolean, withinMs = 20_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !(await isTrue());) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Starts `payrun serve` and waits until it listens. */
export async function serve(project: Project, port: number): Promise<Started> {
  const started = project.start(['serve']);
  await until('serve listens', () =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
  return started;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
