/** The thread of {@link OpenCounts}: reads the ledger at `workerData` with a connection of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import type { OpenCount, OpenReading } from '../callbacks/metrics.ts';
import type { StatusTally } from '../domain/payment.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/open.ts';
import type { CountsAnswer } from './open-counts.ts';

interface KnownTallies {
  readonly revision: number;
  readonly tallies: readonly StatusTally[];
}

const known = new Map<string, KnownTallies>();
let ledgerOpening: Promise<Ledger> | null = null;

parentPort?.on('message', () => {
  const send = (answer: CountsAnswer): void => parentPort?.postMessage(answer);
  void readCounts().then(
    (reading) => send(reading),
    (error: unknown) => send({ failure: error instanceof Error ? error.message : String(error) }),
  );
});

async function readCounts(): Promise<OpenReading> {
  ledgerOpening ??= openLedger({ url: String(workerData), create: false });
  // A ledger that could not be opened is tried again at the next reading.
  ledgerOpening.catch(() => (ledgerOpening = null));
  const ledger = await ledgerOpening;
  const open = new Map<string, OpenCount>();
  for (const batch of (await ledger.unpaidBatches()).keys()) {
    for (const { account, status, count } of await currentTallies(ledger, batch)) {
      if (status === 'paid') continue;
      const key = `${account} ${status}`;
      open.set(key, { account, status, count: count + (open.get(key)?.count ?? 0) });
    }
  }
  return { counts: [...open.values()], ages: await ledger.openAges(Number.MAX_SAFE_INTEGER) };
}

/** A move of a payment raises its batch's revision. The revision is read first: a later move is added up the next time. */
async function currentTallies(ledger: Ledger, batch: string): Promise<readonly StatusTally[]> {
  const revision = (await ledger.batch(batch))?.revision ?? 0;
  const before = known.get(batch);
  if (before?.revision === revision) return before.tallies;
  const tallies = await ledger.tallies(batch);
  known.set(batch, { revision, tallies });
  return tallies;
}
