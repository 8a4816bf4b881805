import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusReport } from '../../src/domain/status-report.ts';
import type { Payment } from '../../src/domain/payment.ts';
import { isLedgerError } from '../../src/ledger/errors.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { Claim, AccountLock } from '../../src/ledger/records.ts';
import { all, answer, claim, claimOne, lockedAccount, START, payments, registration } from './sample.ts';
import type { LedgerStore } from './store.ts';

/** A process of its own that works a ledger: `child.ts <store module> <place> <task> [number] [text]`. It prints one JSON value per line. */
const [module = '', place = '', task = '', number = '0', text = ''] = process.argv.slice(2);
const { store } = (await import(module)) as { store: LedgerStore };
const count = Number(number);
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const told = (): Promise<unknown> => input.next();
const tell = (value: unknown): void =>
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
    tell({ ready: claimed.length });
    await told();
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
  'fill-disk': async () => {
    const ledger = await start();
    await ledger.register(registration('november', payments(count)));
    const hold = await lockedAccount(ledger);
    const done = { recorded: 0, fault: '', after: '' };
    const evidence = { code: '200', reason: 'x'.repeat(2000) };
    try {
      for (let at = 0; at < count; at++) {
        await ledger.record(answer(await claimOne(ledger, hold), 'paid', { evidence }));
        done.recorded += 1;
      }
    } catch (error) {
      done.fault = faultOf(error);
    }
    done.after = await claim(ledger, hold, 1).then(() => 'claimed', faultOf);
    return done;
  },
  'lose-room': async () => {
    const ledger = await start();
    await ledger.register(registration('november', payments(100)));
    const hold = await lockedAccount(ledger);
    const sent = await claim(ledger, hold, count);
    fillUp(text);
    const fault = await claimUntilFull(ledger, hold);
    await Promise.all(sent.map((one) => ledger.record(answer(one, 'paid'))));
    const after = await claim(ledger, hold, 1).then(() => 'claimed', faultOf);
    const registered = await ledger.register(registration('december', payments(1))).then(() => 'registered', faultOf);
    await ledger.close();
    rmSync(text);
    const again = await store.open(place);
    const { recovered } = await lockedAccount(again);
    const tallies = await again.tallies('november');
    const paid = tallies.find((tally) => tally.status === 'paid')?.count;
    const next = await claim(again, await lockedAccount(again, 'other'), 1).then(() => 'claimed', faultOf);
    return { fault, after, registered, recovered, paid, next };
  },
};

/** All processes are ready before any begins. */
async function start(): Promise<Ledger> {
  tell('ready');
  await told();
  return store.open(place);
}

async function someClaims(ledger: Ledger): Promise<readonly Claim[] | null> {
  const result = await ledger.lockAccount('demo', { command: 'run', pid: process.pid, host: 'desk', at: START });
  if (result.kind === 'busy') return null;
  const claimed = await claim(ledger, result.lock, 3);
  await Promise.all(claimed.map((one) => ledger.record(answer(one, 'paid'))));
  await result.lock.release();
  return claimed;
}

/** Takes the last byte of the disk. */
function fillUp(path: string): void {
  const descriptor = openSync(path, 'w');
  for (const bytes of [65_536, 4096, 1]) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(bytes, 'x'));
    } catch {
      // No room for a piece of this size.
    }
  }
  closeSync(descriptor);
}

/** The write-ahead log may still have some room of its own. */
async function claimUntilFull(ledger: Ledger, hold: AccountLock): Promise<string> {
  for (let at = 0; at < 50; at++) {
    const fault = await claim(ledger, hold, 1).then(() => null, faultOf);
    if (fault !== null) return fault;
  }
  return 'never';
}

async function* stuck(list: Payment[]): AsyncGenerator<Payment[]> {
  yield list.slice(0, -1);
  tell({ ready: true });
  await told();
  yield list.slice(-1);
}

function faultOf(error: unknown): string {
  return isLedgerError(error) ? error.fault : String(error);
}

try {
  tell(await tasks[task]?.());
} catch (error) {
  tell({ fault: faultOf(error), message: String(error) });
}
process.exit(0);
