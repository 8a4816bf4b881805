import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BatchTotal } from '../../src/domain/batch.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { BatchRecord, LedgerPayment } from '../../src/ledger/records.ts';

/** 2026-11-28T06:00:00+03:00. */
export const NOW = Date.UTC(2026, 10, 28, 3, 0, 0);

export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'payrun-report-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A payment that was paid, unless the changes say otherwise. */
export function payment(changes: Partial<LedgerPayment> = {}): LedgerPayment {
  const id = changes.id ?? 'EMP-1';
  return {
    id,
    idKey: id.toLowerCase(),
    line: 2,
    name: 'Jane Wanjiku',
    destination: { kind: 'mobile', phone: '+254712345678' },
    amountMinor: 45_000_50n,
    currency: 'KES',
    account: 'demo',
    narrative: 'Salary',
    details: {},
    cells: [id, '45000.50', '0712345678'],
    batch: 'payroll',
    provider: 'sellapay',
    digest: '0'.repeat(64),
    status: 'paid',
    reference: 'ABCDEFGH0123456789XY',
    generation: 1,
    attempts: 1,
    code: 'completed',
    reason: '',
    providerReference: 'TXN-1',
    receipt: 'TCA81XK2P9',
    requestId: '',
    feeMinor: null,
    sentAt: NOW,
    settledAt: NOW + 1500,
    ...changes,
  };
}

export function recordOf(payments: readonly LedgerPayment[], header: Partial<BatchRecord['header']> = {}): BatchRecord {
  const totals = new Map<string, BatchTotal>();
  for (const { account, currency, destination, amountMinor } of payments) {
    const key = `${account} ${currency} ${destination.kind}`;
    const total = totals.get(key) ?? { account, currency, kind: destination.kind, count: 0, sumMinor: 0n };
    totals.set(key, { ...total, count: total.count + 1, sumMinor: total.sumMinor + amountMinor });
  }
  return {
    header: {
      id: 'payroll',
      file: 'batches/payroll.csv',
      rowsFile: null,
      description: 'November',
      notBefore: null,
      control: null,
      columns: ['id', 'amount', 'mobile'],
      columnFields: ['id', 'amount', 'mobile'],
      delimiter: ',',
      ...header,
    },
    count: payments.length,
    totals: [...totals.values()],
    digest: 'd'.repeat(64),
    registeredAt: NOW - 60_000,
    organisation: 'acme-ke',
    revision: 0,
    providers: { demo: 'sellapay' },
  };
}

/** The part of a ledger that reports read; the state can change under them. */
export class FakeLedger {
  record: BatchRecord;
  state: readonly LedgerPayment[];
  /** Called before each page is handed out. */
  beforePage: () => Promise<void> = () => Promise.resolve();
  readonly pageSize: number;

  constructor(record: BatchRecord, state: readonly LedgerPayment[], pageSize = 2) {
    this.record = record;
    this.state = state;
    this.pageSize = pageSize;
  }

  get ledger(): Ledger {
    return {
      batch: () => Promise.resolve(this.record),
      payments: () => this.pages(),
    } as Partial<Ledger> as Ledger;
  }

  private async *pages(): AsyncGenerator<readonly LedgerPayment[]> {
    // As a ledger does: each page is of the state at its own moment.
    for (let at = 0; at < this.state.length; at += this.pageSize) {
      await this.beforePage();
      yield this.state.slice(at, at + this.pageSize);
    }
  }
}
