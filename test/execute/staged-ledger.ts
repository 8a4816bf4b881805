import type { BudgetCall } from '../../src/domain/limits.ts';
import type { StatusTally } from '../../src/domain/payment.ts';
import type { Status } from '../../src/domain/status.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openMemoryLedger } from '../../src/ledger/memory/index.ts';
import { MemoryTables, type KeptCall } from '../../src/ledger/memory/tables.ts';
import { NO_HISTORY } from '../../src/ledger/payment-state.ts';
import type { SpendRequest, SpendResult } from '../../src/ledger/call-records.ts';
import type { AccountLock, AttemptResult, Claim, ClaimRequest, ResendRequest } from '../../src/ledger/records.ts';
import { placeKey } from '../../src/domain/place.ts';
import { placed } from '../ledger/sample.ts';
import { NOTHING_KNOWN, paymentKept } from '../ledger/memory/kept.ts';

const BATCH = 'payroll';

/** A ledger in memory with one batch of planned payments, that notes what is asked of it and fails where a test wants it to. */
export class StagedLedger implements Pick<
  Ledger,
  'claim' | 'claimForResend' | 'record' | 'tallies' | 'spend' | 'callAnswered' | 'recentCalls'
> {
  readonly claims: ClaimRequest[] = [];
  readonly results: AttemptResult[] = [];
  /** Answers of `spend` that come before its own. */
  readonly refusals: number[] = [];
  /** Set to make the next calls fail before they change anything. */
  claimFault: Error | null = null;
  recordFault: ((result: AttemptResult) => Error | null) | null = null;
  spendFault: Error | null = null;
  /** Awaited by every claim after it has taken effect and before it resolves. */
  claimDelay: () => Promise<void> = () => Promise.resolve();
  private readonly tables = new MemoryTables();
  private readonly ledger = openMemoryLedger(this.tables);
  private readonly locking: Promise<AccountLock>;

  constructor(count: number, generation = 1) {
    this.add(count, generation);
    this.locking = this.lockAccount();
  }

  /** Adds planned payments to the batch. Their references are REF0, REF1 and so on. */
  add(count: number, generation = 1): void {
    const first = this.tables.payments.size;
    for (let key = first; key < first + count; key++) this.tables.put(planned(key, generation));
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    this.claims.push(request);
    const lock = await this.locking;
    if (this.claimFault !== null) throw this.claimFault;
    const claims = await this.ledger.claim({ ...request, lock });
    await this.claimDelay();
    return claims;
  }

  async claimForResend(request: ResendRequest): Promise<readonly Claim[]> {
    return this.ledger.claimForResend({ ...request, lock: await this.locking });
  }

  async record(result: AttemptResult): Promise<Status> {
    const fault = this.recordFault?.(result) ?? null;
    if (fault !== null) throw fault;
    const status = await this.ledger.record(result);
    this.results.push(result);
    return status;
  }

  tallies(batch: string): Promise<readonly StatusTally[]> {
    return this.ledger.tallies(batch);
  }

  async spend(request: SpendRequest): Promise<SpendResult> {
    const lock = request.lock === null ? null : await this.locking;
    if (this.spendFault !== null) throw this.spendFault;
    const waitMs = this.refusals.shift();
    return waitMs === undefined ? this.ledger.spend({ ...request, lock }) : { granted: false, waitMs };
  }

  callAnswered(call: number, answeredAt: number): Promise<void> {
    return this.ledger.callAnswered(call, answeredAt);
  }

  recentCalls(request: Parameters<Ledger['recentCalls']>[0]): Promise<readonly BudgetCall[]> {
    return this.ledger.recentCalls(request);
  }

  /** Calls of every budget, oldest first. */
  get calls(): readonly KeptCall[] {
    return [...this.tables.calls.values()];
  }

  /** A person cancels the payment at this place in the batch. */
  cancel(index: number): void {
    const kept = this.tables.payments.get(index);
    if (kept !== undefined) this.tables.put({ ...kept, state: { ...kept.state, status: 'cancelled' } });
  }

  /** A call that another process has made. */
  addCall(call: Pick<KeptCall, 'key' | 'startedAt' | 'answeredAt'>): void {
    const id = this.tables.nextKey();
    this.tables.calls.set(id, { id, lockKey: null, ...call });
  }

  /** A payout of an earlier run. */
  addPayout(startedAt: number, answeredAt: number): void {
    const text = {
      ...({ event: 'answered', status: 'paid', generation: 1, attempt: 1, reference: null, received: null } as const),
      sent: { place: placeKey(placed().place), claimedAt: startedAt },
      latest: NOTHING_KNOWN,
    };
    this.tables.entries.push({ payment: -1, at: answeredAt, by: 'an earlier run', text });
  }

  /** Status and code of the payment at this place in the batch. */
  row(index: number): { readonly status: Status; readonly code: string | null } | undefined {
    const state = this.tables.payments.get(index)?.state;
    return state === undefined ? undefined : { status: state.status, code: state.latest.code };
  }

  statuses(): Partial<Record<Status, number>> {
    const counts: Partial<Record<Status, number>> = {};
    for (const { state } of this.tables.payments.values()) counts[state.status] = (counts[state.status] ?? 0) + 1;
    return counts;
  }

  private async lockAccount(): Promise<AccountLock> {
    const owner = { command: 'run', pid: process.pid, host: 'desk', at: 0 };
    const result = await this.ledger.lockAccount(placed(), owner);
    if (result.kind === 'busy') throw new Error('the account of a new ledger is locked');
    return result.lock;
  }
}

/** The lock that a run is given; the staged ledger has its own and takes every other for it. */
export const LOCK: AccountLock = {
  ...placed(),
  key: placeKey(placed().place),
  epoch: 1,
  recovered: 0,
  lost: new AbortController().signal,
  release: () => Promise.resolve(),
};

function planned(key: number, generation: number): ReturnType<typeof paymentKept> {
  const content = {
    ...{ id: `EMP-${key}`, idKey: `emp-${key}`, line: key + 1, name: 'Jane Wanjiku', narrative: '', details: {} },
    ...({ destination: { kind: 'mobile', phone: '+254712345678' }, amountMinor: 100n, currency: 'KES' } as const),
    ...{ account: 'demo', cells: [] },
  };
  return paymentKept(key, content, {
    ...({ status: 'planned', reference: `REF${key}`, generation, account: 'demo', batch: BATCH } as const),
    ...{
      tries: 0,
      attempts: 0,
      claimedAt: null,
      sentAt: null,
      latest: NOTHING_KNOWN,
      history: NO_HISTORY,
      restored: 'no',
      place: null,
      unpaidEnd: 'failed',
    },
  });
}
