import type { Approval } from '../../domain/approval.ts';
import type { Place } from '../../domain/place.ts';
import type { RecentCallsRequest } from '../call-records.ts';
import type { OpenPlace, SentPlace } from '../place-records.ts';
import type {
  BatchRecord,
  Decision,
  FileMemo,
  FileMemoFilter,
  LedgerPayment,
  OpenFilter,
  OpenPayment,
  PaymentFilter,
  UnprocessedCallback,
} from '../records.ts';
import type { ComparedFilter, ComparedPayment } from '../compared-payments.ts';
import type { ContradictionCounts } from '../contradiction.ts';
import type { EarlierFilter, EarlierPayment } from '../ledger.ts';
import { setImmediate as turn } from 'node:timers/promises';
import type { BudgetCall } from '../../domain/limits.ts';
import type { Evidence } from '../../domain/outcome.ts';
import type { CopyFingerprints, OpenAge, Payment, StatusTally } from '../../domain/payment.ts';
import type { Status } from '../../domain/status.ts';
import type { BatchTime, CopySearch } from '../copy-rules.ts';
import type { ScheduleMemo, SeriesHistory } from '../series-records.ts';
import type { Pause } from '../stops.ts';
import type { LedgerIdentity } from '../ledger.ts';
import type { CopyMatch } from '../copy-records.ts';
import type { EarlierDestination } from '../destination-records.ts';
import type { BrakeStore, Canary, SentCounts } from '../brakes.ts';
import { canariesIn, sentCountsIn } from './brakes.ts';
import type { PayrollPayment } from '../../domain/payroll.ts';
import type { SeriesBatch } from '../payroll-records.ts';
import { recentCallsIn } from './budgets.ts';
import { resumedAtIn } from './pauses.ts';
import { accountsWithUnprocessedIn, firstCallbackTo, unprocessedOf } from './callbacks.ts';
import { comparedIn, copiesIn, earlierDestinationsIn, newestEntryIn } from './copies.ts';
import { decide } from './payment-changes.ts';
import {
  contradictionCounts,
  namedPayments,
  openAgesIn,
  openPaymentPages,
  openPlacesOf,
  lastSettledIn,
  paymentPages,
  sentPlacesOf,
  talliesOf,
  unpaidStatuses,
} from './queries.ts';
import { payrollIdsIn, payrollPaymentsIn, seriesBatchesIn } from './payrolls.ts';
import { seriesHistoryIn } from './series.ts';
import { ledgerPaymentOf, type MemoryTables } from './tables.ts';

/** What a ledger in memory answers without changing anything. */
export class MemoryReadings {
  protected readonly tables: MemoryTables;

  constructor(tables: MemoryTables) {
    this.tables = tables;
  }

  async batch(id: string): Promise<BatchRecord | null> {
    return this.read(() => this.tables.batches.get(id) ?? null);
  }

  async batches(): Promise<readonly BatchRecord[]> {
    return this.read(() => [...this.tables.batches.values()]);
  }

  payments(filter: PaymentFilter): AsyncIterable<readonly LedgerPayment[]> {
    return paymentPages(this.tables, filter);
  }

  async *comparedPayments({ batch, account }: ComparedFilter): AsyncGenerator<readonly ComparedPayment[]> {
    for await (const page of paymentPages(this.tables, { batch })) {
      const found = page.filter((payment) => payment.account === account);
      if (found.length > 0) yield found;
    }
  }

  async lookup(batch: string, idKeys: readonly string[]): Promise<ReadonlyMap<string, LedgerPayment>> {
    return this.read(() => {
      const found = new Map<string, LedgerPayment>();
      for (const idKey of idKeys) {
        const stored = this.tables.byId(batch, idKey);
        if (stored !== undefined) found.set(idKey, ledgerPaymentOf(stored));
      }
      return found;
    });
  }

  async named(idKey: string, reference: string, receipt: string): Promise<readonly LedgerPayment[]> {
    return this.read(() => namedPayments(this.tables, { idKey, reference, receipt }));
  }

  async byReference(reference: string): Promise<LedgerPayment | null> {
    const payment = await this.byAnyReference(reference);
    return payment?.reference === reference ? payment : null;
  }

  async byAnyReference(reference: string): Promise<LedgerPayment | null> {
    return this.read(() => {
      const stored = this.tables.byReference(reference);
      return stored === undefined ? null : ledgerPaymentOf(stored);
    });
  }

  async tallies(batch: string): Promise<readonly StatusTally[]> {
    return this.read(() => talliesOf(this.tables, batch));
  }

  async lastSettledAt(batch: string): Promise<number | null> {
    return this.read(() => lastSettledIn(this.tables, batch));
  }

  async openAges(sentBefore: number): Promise<readonly OpenAge[]> {
    return this.read(() => openAgesIn(this.tables, sentBefore));
  }

  async unpaidBatches(): Promise<ReadonlyMap<string, ReadonlySet<Status>>> {
    return this.read(() => unpaidStatuses(this.tables));
  }

  async contradictions(): Promise<ReadonlyMap<string, ContradictionCounts>> {
    return this.read(() => contradictionCounts(this.tables));
  }

  async newestEntryAt(): Promise<number | null> {
    return this.read(() => newestEntryIn(this.tables));
  }

  async comparedBatches(search: CopySearch): Promise<readonly BatchTime[]> {
    return this.read(() => comparedIn(this.tables, search));
  }

  async copies(payments: readonly CopyFingerprints[], search: CopySearch): Promise<readonly CopyMatch[]> {
    return this.read(() => copiesIn(this.tables, payments, search));
  }

  async earlierDestinations(
    payments: readonly Pick<Payment, 'idKey' | 'destination'>[],
    isSimulation: boolean,
  ): Promise<readonly EarlierDestination[]> {
    return this.read(() => earlierDestinationsIn(this.tables, payments, isSimulation));
  }

  async seriesBatches(series: string): Promise<readonly SeriesBatch[]> {
    return this.read(() => seriesBatchesIn(this.tables, series));
  }

  async payrollPayments(batches: readonly string[], idKeys: readonly string[]): Promise<readonly PayrollPayment[]> {
    return this.read(() => payrollPaymentsIn(this.tables, batches, idKeys));
  }

  async *payrollIds(batch: string): AsyncGenerator<readonly string[]> {
    const ids = await this.read(() => payrollIdsIn(this.tables, batch));
    const { pageSize } = this.tables;
    for (let start = 0; start < ids.length; start += pageSize) yield ids.slice(start, start + pageSize);
  }

  async seriesHistory(series: string): Promise<SeriesHistory> {
    return this.read(() => seriesHistoryIn(this.tables, series));
  }

  async rememberedSchedule(key: string): Promise<ScheduleMemo | null> {
    return this.read(() => (this.tables.scheduleMemo?.key === key ? this.tables.scheduleMemo : null));
  }

  async places(): Promise<ReadonlyMap<string, Place>> {
    return this.read(() => new Map(this.tables.places));
  }

  async sentPlaces(batch: string): Promise<readonly SentPlace[]> {
    return this.read(() => sentPlacesOf(this.tables, batch));
  }

  async openPlaces(batch: string | null): Promise<readonly OpenPlace[]> {
    return this.read(() => openPlacesOf(this.tables, batch));
  }

  async resolvable(decision: Decision): Promise<Status> {
    return this.read(() => decide(this.tables, decision, true).state.status);
  }

  openPayments(filter: OpenFilter): AsyncIterable<readonly OpenPayment[]> {
    return openPaymentPages(this.tables, filter);
  }

  async earlierReferences({ account, batch, dueBy }: EarlierFilter): Promise<readonly EarlierPayment[]> {
    return this.read(() => {
      const found = [...this.tables.earlier.values()].flatMap(({ payment: key, ...earlier }) => {
        const stored = this.tables.find(key);
        const isWanted =
          (account === null || earlier.account === account) && (batch ?? stored?.state.batch) === stored?.state.batch;
        const isDue = earlier.dueAt !== null && earlier.dueAt <= (dueBy ?? Number.MAX_SAFE_INTEGER);
        return stored !== undefined && isWanted && isDue ? [{ payment: ledgerPaymentOf(stored), earlier }] : [];
      });
      return found.sort((a, b) => (a.earlier.dueAt ?? 0) - (b.earlier.dueAt ?? 0));
    });
  }

  async accountStop(account: string, since: number): Promise<Evidence | null> {
    return this.read(() => {
      const stops = this.tables.stops.filter((stop) => stop.account === account && stop.at >= since);
      return stops.sort((a, b) => a.at - b.at).at(-1)?.evidence ?? null;
    });
  }

  async unprocessedCallbacks(account: string): Promise<readonly UnprocessedCallback[]> {
    return this.read(() => unprocessedOf(this.tables, account));
  }

  async callbackTo(
    account: string,
    segment: string,
  ): Promise<{ readonly body: string; readonly receivedAt: number } | null> {
    return this.read(() => firstCallbackTo(this.tables, account, segment));
  }

  async recentCalls(request: RecentCallsRequest): Promise<readonly BudgetCall[]> {
    return this.read(() => recentCallsIn(this.tables, request));
  }

  async canaries(batch: string): Promise<readonly Canary[]> {
    return this.read(() => canariesIn(this.tables, batch));
  }

  async sentCounts(of: Parameters<BrakeStore['sentCounts']>[0]): Promise<SentCounts> {
    return this.read(() => sentCountsIn(this.tables, of));
  }

  async resumedAt(account: string, pausedBy: string): Promise<number | null> {
    return this.read(() => resumedAtIn(this.tables, account, pausedBy));
  }

  async accountsWithUnprocessed(): Promise<readonly string[]> {
    return this.read(() => accountsWithUnprocessedIn(this.tables));
  }

  async batchesBehind(): Promise<readonly string[]> {
    return this.read(() => this.tables.batchesBehind());
  }

  async pauses(): Promise<readonly Pause[]> {
    return this.read(() => [...this.tables.pauses]);
  }

  async fileMemos(of: FileMemoFilter): Promise<readonly FileMemo[]> {
    return this.read(() => {
      const all = [...this.tables.files.values()].filter((memo) =>
        'batch' in of ? memo.batch === of.batch : memo.path === of.path,
      );
      return all.sort((a, b) => (a.path < b.path ? -1 : 1));
    });
  }

  async rememberedFiles(): Promise<ReadonlyMap<string, FileMemo>> {
    return this.read(() => {
      const { files, batches } = this.tables;
      return new Map([...files].filter(([, memo]) => batches.get(memo.batch)?.revision === memo.revision));
    });
  }

  async identity(): Promise<LedgerIdentity> {
    const { id, organisation, transactions } = this.tables;
    return this.read(() => ({ id, counter: transactions.commits, organisation }));
  }

  async batchIds(): Promise<ReadonlySet<string>> {
    return this.read(() => new Set(this.tables.batches.keys()));
  }

  async approvals(batch: string): Promise<readonly Approval[]> {
    return this.read(() => this.tables.approvals.filter((approval) => approval.batch === batch));
  }

  /** A read resolves in a later turn of the event loop, as it would from a disk. */
  protected async read<T>(look: () => T): Promise<T> {
    await turn();
    return look();
  }
}
