import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusReport } from '../../src/domain/status-report.ts';
import type { Payment } from '../../src/domain/payment.ts';
import { isLedgerError } from '../../src/ledger/errors.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { Claim } from '../../src/ledger/records.ts';
import { all, answer, claim, lockedAccount, START, payments, registration, placed } from './sample.ts';
import type { LedgerStore } from './store.ts';

/** What a task of a child process works with. */
export interface Child {
  readonly store: LedgerStore;
  readonly place: string;
  readonly count: number;
  readonly text: string;
  /** Opens the ledger when all processes are ready. */
  readonly start: () => Promise<Ledger>;
}

export type ChildTasks = Readonly<Record<string, (child: Child) => Promise<unknown>>>;

/** A process of its own that works a ledger: `child.ts <store module> <place> <task> [number] [text]`. It prints one JSON value per line. A store's
 * module may export `tasks` that only its store has. */
const [module = '', place = '', task = '', number = '0', text = ''] = process.argv.slice(2);
const { store, tasks: ofStore = {} } = (await import(module)) as { store: LedgerStore; tasks?: ChildTasks };
const count = Number(number);
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const lineRead = (): Promise<unknown> => input.next();
const print = (value: unknown): void =>
  void process.stdout.write(
    `${JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))}\n`,
  );

const tasks: Readonly<Record<string, () => Promise<unknown>>> = {
  open: async () => {
    const ledger = await start();
    return { batches: (await ledger.batches()).length };
  },
  register: async () => {
    const ledger = await start();
    return await ledger.register(registration(text, payments(count)));
  },
  'register-half': async () => {
    const ledger = await start();
    return await ledger.register(registration(text, payments(count), { payments: stuck(payments(count)) }));
  },
  work: async () => {
    const ledger = await start();
    const keys: number[] = [];
    for (;;) {
      const taken = await someClaims(ledger);
      if (taken === null) await sleep(1);
      else if (taken.length === 0) return keys;
      else keys.push(...taken.map((one) => one.key));
    }
  },
  'claim-and-hang': async () => {
    const ledger = await start();
    const hold = await lockedAccount(ledger, text);
    const claimed = await claim(ledger, hold, count);
    await ledger.spend({ key: `${text}/token`, lock: hold, rates: [], at: START });
    print({ ready: claimed.length });
    await lineRead();
    return null;
  },
  spend: async () => {
    const ledger = await start();
    const rates = [{ count: 10, windowMs: 1000 }];
    const results = [];
    for (let at = 0; at < count; at++)
      results.push(await ledger.spend({ key: 'shared', lock: null, rates, at: START }));
    return results.filter((result) => result.granted).length;
  },
  'settle-all': async () => {
    const ledger = await start();
    const results = [];
    for (const payment of await all(ledger)) {
      const report = { kind: text, evidence: { code: 'said', reason: `It is ${text}.` } } as StatusReport;
      const settlement = { report, source: 'callback', at: START + 9000, by: 'serve' } as const;
      results.push(await ledger.recordReport({ reference: payment.reference, ...settlement }));
    }
    return results.filter((result) => result.kind === 'moved').length;
  },
};

/** All processes are ready before any begins. */
async function start(): Promise<Ledger> {
  print('ready');
  await lineRead();
  return store.open(place);
}

async function someClaims(ledger: Ledger): Promise<readonly Claim[] | null> {
  const result = await ledger.lockAccount(placed(), { command: 'run', pid: process.pid, host: 'desk', at: START });
  if (result.kind === 'busy') return null;
  const claimed = await claim(ledger, result.lock, 3);
  await Promise.all(claimed.map((one) => ledger.record(answer(one, 'paid'))));
  await result.lock.release();
  return claimed;
}

async function* stuck(list: Payment[]): AsyncGenerator<Payment[]> {
  yield list.slice(0, -1);
  print({ ready: true });
  await lineRead();
  yield list.slice(-1);
}

function faultOf(error: unknown): string {
  return isLedgerError(error) ? error.fault : String(error);
}

try {
  const child: Child = { store, place, count, text, start };
  print(await (ofStore[task]?.(child) ?? tasks[task]?.()));
} catch (error) {
  print({ fault: faultOf(error), message: String(error) });
}
process.exit(0);
