import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BatchTotal } from '../../src/domain/batch.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openMemoryLedger } from '../../src/ledger/memory/index.ts';
import { MemoryTables, type KeptPayment } from '../../src/ledger/memory/tables.ts';
import { NO_HISTORY } from '../../src/ledger/payment-state.ts';
import type { BatchRecord, LedgerPayment } from '../../src/ledger/records.ts';
import { paymentKept } from '../ledger/memory/kept.ts';

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
    place: null,
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
      series: null,
      occurrence: null,
      columnFields: ['id', 'amount', 'mobile'],
      delimiter: ',',
      ...header,
    },
    count: payments.length,
    totals: [...totals.values()],
    digest: 'd'.repeat(64),
    isTimeTrusted: true,
    registeredAt: NOW - 60_000,
    organisation: 'acme-ke',
    revision: 0,
    providers: { demo: 'sellapay' },
  };
}

/** A ledger in memory whose batch can be set to any state, also under a reader. */
export class ReportedLedger {
  readonly ledger: Pick<Ledger, 'batch' | 'payments' | 'identity' | 'approvals'>;
  /** Called before each page is handed out. */
  beforePage: () => Promise<void> = () => Promise.resolve();
  private readonly tables = new MemoryTables();

  constructor(record: BatchRecord, state: readonly LedgerPayment[], pageSize = 2) {
    this.tables.pageSize = pageSize;
    this.record = record;
    this.state = state;
    const ledger = openMemoryLedger(this.tables);
    this.ledger = {
      approvals: (id) => ledger.approvals(id),
      batch: (id) => ledger.batch(id),
      identity: () => ledger.identity(),
      payments: (filter) => this.pages(ledger.payments(filter)),
    };
  }

  get record(): BatchRecord {
    const [record] = this.tables.batches.values();
    if (record === undefined) throw new Error('the ledger has no batch');
    return record;
  }

  set record(record: BatchRecord) {
    this.tables.batches.set(record.header.id, record);
  }

  set state(state: readonly LedgerPayment[]) {
    this.tables.payments.clear();
    this.tables.ids.clear();
    for (const [index, payment] of state.entries()) this.tables.put(kept(index + 1, payment));
  }

  private async *pages(pages: AsyncIterable<readonly LedgerPayment[]>): AsyncGenerator<readonly LedgerPayment[]> {
    const batch = this.record.header.id;
    const count = Math.ceil(this.tables.ofBatch(batch).length / this.tables.pageSize);
    const reader = pages[Symbol.asyncIterator]();
    for (let page = 0; page < count; page++) {
      await this.beforePage();
      const next = await reader.next();
      if (next.done === true) return;
      yield next.value;
    }
  }
}

function kept(key: number, payment: LedgerPayment): KeptPayment {
  const { status, reference, generation, attempts, account, batch, provider, digest, settledAt, sentAt } = payment;
  const isSubmitting = status === 'submitting';
  const { code, reason, providerReference, receipt, requestId, feeMinor } = payment;
  const state = {
    ...{
      status,
      reference,
      generation,
      account,
      batch,
      tries: attempts,
      history: NO_HISTORY,
      restored: 'no' as const,
      unpaidEnd: 'failed' as const,
      place: null,
    },
    attempts: attempts - (isSubmitting ? 1 : 0),
    claimedAt: sentAt,
    sentAt: isSubmitting ? null : sentAt,
    latest: { code, reason, providerReference, receipt, requestId, feeMinor },
  };
  return paymentKept(key, payment, state, { provider, digest, settledAt });
}
