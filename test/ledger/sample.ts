import { BatchDigest } from '../../src/domain/batch-digest.ts';
import { paymentDigest, type Payment } from '../../src/domain/payment.ts';
import { payerFingerprint, type Place } from '../../src/domain/place.ts';
import { foldId } from '../../src/domain/reference.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { PlacedAccount } from '../../src/ledger/place-records.ts';
import type { AttemptResult, Claim, AccountLock, LedgerPayment, Registration } from '../../src/ledger/records.ts';

/** 2026-11-28 06:00 in Nairobi; every time in these tests is counted from it. */
export const START = 1_795_834_800_000;

export const BY = 'run by alice on desk (pid 1)';

export function payment(number: number, change: Partial<Payment> = {}): Payment {
  const id = change.id ?? `EMP-${number}`;
  return {
    id,
    idKey: foldId(id),
    line: number + 1,
    name: `Employee ${number}`,
    destination: { kind: 'mobile', phone: `+2547${number.toString().padStart(8, '0')}` },
    amountMinor: BigInt(100_000 + number),
    currency: 'KES',
    account: 'demo',
    narrative: 'November salary',
    details: {},
    cells: [id, `Employee ${number}`, `${1000 + number / 100}`],
    ...change,
  };
}

export function payments(count: number, change: Partial<Payment> = {}): Payment[] {
  return Array.from({ length: count }, (_, index) => payment(index + 1, change));
}

export function registration(
  batch: string,
  list: readonly Payment[],
  change: Partial<Registration> = {},
): Registration {
  const digest = new BatchDigest();
  for (const one of list) digest.add(paymentDigest(one));
  return {
    summary: {
      header: {
        id: batch,
        file: `${batch}.csv`,
        rowsFile: null,
        description: 'November',
        notBefore: null,
        series: null,
        occurrence: null,
        control: { count: list.length, sumMinor: 2n ** 60n, currency: 'KES' },
        columns: ['Employee No', 'Name', 'Net pay'],
        columnFields: ['id', 'name', 'amount'],
        delimiter: ',',
      },
      count: list.length,
      totals: [{ account: 'demo', currency: 'KES', kind: 'mobile', count: list.length, sumMinor: 2n ** 61n }],
      digest: digest.digest(),
    },
    organisation: 'acme-ke',
    providers: { demo: 'sellapay', other: 'pesaway' },
    payments: pages(list),
    at: START,
    by: BY,
    refuseCopiesSince: START - 1_000_000,
    isClockTrusted: true,
    isSimulation: false,
    ...change,
  };
}

export async function* pages(list: readonly Payment[], size = 100): AsyncGenerator<Payment[]> {
  for (let start = 0; start < list.length; start += size) yield await Promise.resolve(list.slice(start, start + size));
}

/** Where the accounts of these tests send to: each has a payer of its own. */
export function placed(account = 'demo', change: Partial<Place> = {}): PlacedAccount {
  const payer = payerFingerprint('sellapay', [account]);
  return {
    account,
    place: { provider: 'sellapay', host: 'https://pay.example.org', environment: 'live', payer, ...change },
  };
}

export async function lockedAccount(ledger: Ledger, account = 'demo', at = START): Promise<AccountLock> {
  const result = await ledger.lockAccount(placed(account), { command: 'run', pid: process.pid, host: 'desk', at });
  if (result.kind === 'busy') throw new Error(`account ${account} is busy`);
  return result.lock;
}

export function claim(
  ledger: Ledger,
  lock: AccountLock,
  limit = 1,
  batch = 'november',
  at = START,
): Promise<readonly Claim[]> {
  return ledger.claim({ lock, batch, limit, at, by: BY });
}

export async function claimOne(ledger: Ledger, hold: AccountLock, at = START): Promise<Claim> {
  const [first] = await claim(ledger, hold, 1, 'november', at);
  if (first === undefined) throw new Error('nothing to claim');
  return first;
}

export function answer(
  claimed: Claim,
  status: AttemptResult['status'],
  change: Partial<AttemptResult> = {},
): AttemptResult {
  return {
    claim: claimed,
    status,
    left: true,
    evidence: { code: '200', reason: `It is ${status}.`, providerReference: `TX-${claimed.key}`, requestId: 'req-1' },
    feeMinor: null,
    at: START + 1000,
    by: BY,
    ...change,
  };
}

export async function all(ledger: Ledger, batch = 'november'): Promise<LedgerPayment[]> {
  const list: LedgerPayment[] = [];
  for await (const page of ledger.payments({ batch })) list.push(...page);
  return list;
}

export async function one(ledger: Ledger, id: string, batch = 'november'): Promise<LedgerPayment> {
  const found = (await ledger.lookup(batch, [foldId(id)])).get(foldId(id));
  if (found === undefined) throw new Error(`batch ${batch} has no payment ${id}`);
  return found;
}
