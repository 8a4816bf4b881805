import type { BudgetCall } from '../../src/domain/limits.ts';
import type { StatusTally } from '../../src/domain/payment.ts';
import { canMove, type Status } from '../../src/domain/status.ts';
import { LedgerError } from '../../src/ledger/errors.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type {
  AttemptResult,
  Claim,
  ClaimRequest,
  AccountLock,
  ResendRequest,
  SpendRequest,
  SpendResult,
} from '../../src/ledger/records.ts';

interface Row {
  readonly claim: Omit<Claim, 'attempt'>;
  status: Status;
  attempts: number;
  code: string;
}

interface Call extends BudgetCall {
  readonly key: string;
  answeredAt: number | null;
}

/** The part of a ledger that execution uses, in memory. Every method resolves in a later turn of the event loop, as a disk would. */
export class MemoryLedger implements Pick<
  Ledger,
  'claim' | 'claimForResend' | 'record' | 'tallies' | 'spend' | 'callAnswered' | 'recentCalls'
> {
  readonly rows: Row[];
  readonly claims: ClaimRequest[] = [];
  readonly reclaims: ResendRequest[] = [];
  readonly results: AttemptResult[] = [];
  readonly calls: Call[] = [];
  readonly payouts: BudgetCall[] = [];
  /** Answers of `spend` that come before its own. */
  readonly refusals: number[] = [];
  /** Set to make the next calls fail before they change anything. */
  claimFault: Error | null = null;
  recordFault: ((result: AttemptResult) => Error | null) | null = null;
  spendFault: Error | null = null;
  /** Awaited by every claim after it has taken effect and before it resolves. */
  claimDelay: () => Promise<void> = () => Promise.resolve();

  constructor(count: number, generation = 1) {
    this.rows = Array.from({ length: count }, (_, index) => row(index, generation));
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    this.claims.push(request);
    await turn();
    if (this.claimFault !== null) throw this.claimFault;
    const taken = this.rows
      .filter((one) => one.status === 'planned' && one.claim.generation >= (request.generationFrom ?? 1))
      .slice(0, request.limit);
    for (const one of taken) {
      one.status = 'submitting';
      one.attempts += 1;
    }
    await this.claimDelay();
    return taken.map((one) => ({ ...one.claim, attempt: one.attempts }));
  }

  async claimForResend(request: ResendRequest): Promise<readonly Claim[]> {
    this.reclaims.push(request);
    await turn();
    const wanted = request.references.slice(0, request.limit);
    const taken = this.rows.filter(
      (one) => one.status === 'unknown' && wanted.includes(one.claim.instruction.reference),
    );
    for (const one of taken) {
      one.status = 'submitting';
      one.attempts += 1;
    }
    return taken.map((one) => ({ ...one.claim, isResend: true, attempt: one.attempts }));
  }

  async record(result: AttemptResult): Promise<Status> {
    await turn();
    const fault = this.recordFault?.(result) ?? null;
    if (fault !== null) throw fault;
    const known = this.rows[result.claim.key];
    const status = result.status === 'planned' && result.claim.isResend ? 'unknown' : result.status;
    if (known === undefined || !canMove(known.status, status)) throw new LedgerError('move', 'no such move');
    known.status = status;
    known.code = result.evidence.code;
    this.results.push(result);
    return known.status;
  }

  async tallies(): Promise<readonly StatusTally[]> {
    await turn();
    return Object.entries(this.statuses()).map(([status, count]) => ({
      ...{ status: status as Status, count, sumMinor: 100n * BigInt(count) },
      ...{ account: 'demo', currency: 'KES', kind: 'mobile' },
    }));
  }

  async spend({ key, at }: SpendRequest): Promise<SpendResult> {
    await turn();
    if (this.spendFault !== null) throw this.spendFault;
    const waitMs = this.refusals.shift();
    if (waitMs !== undefined) return { granted: false, waitMs };
    this.calls.push({ key, budget: key, startedAt: at, answeredAt: null });
    return { granted: true, call: this.calls.length - 1 };
  }

  async callAnswered(call: number, answeredAt: number): Promise<void> {
    await turn();
    const known = this.calls[call];
    if (known !== undefined) known.answeredAt = answeredAt;
  }

  async recentCalls(request: { key: string; since: number; limit: number }): Promise<readonly BudgetCall[]> {
    await turn();
    return [...this.payouts, ...this.calls.filter((call) => call.key === request.key)]
      .filter((call) => (call.answeredAt ?? Infinity) >= request.since)
      .sort((a, b) => b.startedAt - a.startedAt)
      .slice(0, request.limit);
  }

  statuses(): Partial<Record<Status, number>> {
    const counts: Partial<Record<Status, number>> = {};
    for (const { status } of this.rows) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }
}

export const LOCK: AccountLock = {
  account: 'demo',
  epoch: 1,
  recovered: 0,
  lost: new AbortController().signal,
  release: () => Promise.resolve(),
};

function row(index: number, generation: number): Row {
  const instruction = {
    reference: `REF${index}`,
    batch: 'payroll',
    id: `EMP-${index}`,
    name: 'Jane Wanjiku',
    destination: { kind: 'mobile', phone: '+254712345678' },
    amountMinor: 100n,
    currency: 'KES',
    narrative: '',
    details: {},
  } as const;
  return {
    claim: { key: index, generation, epoch: 1, isResend: false, instruction },
    status: 'planned',
    attempts: 0,
    code: '',
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
