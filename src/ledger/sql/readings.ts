import type { Approval } from '../../domain/approval.ts';
import type { Place } from '../../domain/place.ts';
import type { OpenPlace, SentPlace } from '../place-records.ts';
import type {
  BatchRecord,
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
import type { BudgetCall } from '../../domain/limits.ts';
import type { Evidence } from '../../domain/outcome.ts';
import type { CopyFingerprints, OpenAge, Payment, StatusTally } from '../../domain/payment.ts';
import type { Status } from '../../domain/status.ts';
import type { BatchTime, CopySearch } from '../copy-rules.ts';
import type { LedgerIdentity } from '../ledger.ts';
import type { CopyMatch } from '../copy-records.ts';
import type { EarlierDestination } from '../destination-records.ts';
import type { PayrollPayment } from '../../domain/payroll.ts';
import type { SeriesBatch } from '../payroll-records.ts';
import type { RecentCallsRequest } from '../call-records.ts';
import type { BrakeStore, Canary, SentCounts } from '../brakes.ts';
import type { ScheduleMemo, SeriesHistory } from '../series-records.ts';
import type { Pause } from '../stops.ts';
import type { Copies } from './copies.ts';
import { committedRows, type Database } from './database.ts';
import type { EarlierDestinations } from './earlier-destinations.ts';
import type { Payrolls } from './payrolls.ts';
import { SqlStore } from './store.ts';

/** What a ledger over any {@link Database} answers from committed rows, without a transaction. */
export class SqlReadings {
  protected readonly database: Database;
  protected readonly store: SqlStore;
  private searches: Copies | null = null;
  private payrolls: Payrolls | null = null;
  private destinations: EarlierDestinations | null = null;

  /** @param host name of this machine, to tell its files from those of others. */
  constructor(database: Database, host: string) {
    this.database = database;
    this.store = new SqlStore(database, host);
  }

  batch(id: string): Promise<BatchRecord | null> {
    return this.store.payments.batch(id);
  }

  batches(): Promise<readonly BatchRecord[]> {
    return this.store.payments.batches();
  }

  payments(filter: PaymentFilter): AsyncGenerator<readonly LedgerPayment[]> {
    return this.store.payments.payments(filter);
  }

  async *comparedPayments(filter: ComparedFilter): AsyncGenerator<readonly ComparedPayment[]> {
    // Loaded here, because every command would wait for it at its start and one compares.
    const { ComparedPayments } = await import('./compared-payments.ts');
    yield* new ComparedPayments(this.database).pages(filter);
  }

  lookup(batch: string, idKeys: readonly string[]): Promise<ReadonlyMap<string, LedgerPayment>> {
    return this.store.payments.lookup(batch, idKeys);
  }

  named(idKey: string, reference: string, receipt: string): Promise<readonly LedgerPayment[]> {
    return this.store.payments.named(idKey, reference, receipt);
  }

  byReference(reference: string): Promise<LedgerPayment | null> {
    return this.store.payments.byReference(reference);
  }

  byAnyReference(reference: string): Promise<LedgerPayment | null> {
    return this.store.payments.byAnyReference(reference);
  }

  tallies(batch: string): Promise<readonly StatusTally[]> {
    return this.store.payments.tallies(batch);
  }

  lastSettledAt(batch: string): Promise<number | null> {
    return this.store.payments.lastSettledAt(batch);
  }

  openAges(sentBefore: number): Promise<readonly OpenAge[]> {
    return this.store.openPayments.ages(sentBefore);
  }

  places(): Promise<ReadonlyMap<string, Place>> {
    return this.store.locks.places();
  }

  sentPlaces(batch: string): Promise<readonly SentPlace[]> {
    return this.store.payments.sentPlaces(batch);
  }

  openPlaces(batch: string | null): Promise<readonly OpenPlace[]> {
    return this.store.openPayments.places(batch);
  }

  unpaidBatches(): Promise<ReadonlyMap<string, ReadonlySet<Status>>> {
    return this.store.payments.unpaidBatches();
  }

  contradictions(): Promise<ReadonlyMap<string, ContradictionCounts>> {
    return this.store.earlier.contradictions();
  }

  async newestEntryAt(): Promise<number | null> {
    return (await this.loadCopies()).newestEntryAt(committedRows(this.database));
  }

  async comparedBatches(search: CopySearch): Promise<readonly BatchTime[]> {
    return (await this.loadCopies()).compared(committedRows(this.database), search);
  }

  async copies(payments: readonly CopyFingerprints[], search: CopySearch): Promise<readonly CopyMatch[]> {
    return (await this.loadCopies()).matches(committedRows(this.database), payments, search);
  }

  async earlierDestinations(
    payments: readonly Pick<Payment, 'idKey' | 'destination'>[],
    isSimulation: boolean,
  ): Promise<readonly EarlierDestination[]> {
    // Loaded here: only a command that reads a new file asks.
    const { EarlierDestinations: Loaded } = await import('./earlier-destinations.ts');
    // One for all pages of a file: a database keeps each statement that it has prepared.
    this.destinations ??= new Loaded(this.database.dialect);
    return this.destinations.find(committedRows(this.database), payments, isSimulation);
  }

  async seriesBatches(series: string): Promise<readonly SeriesBatch[]> {
    return (await this.loadPayrolls()).ofSeries(series);
  }

  async payrollPayments(batches: readonly string[], idKeys: readonly string[]): Promise<readonly PayrollPayment[]> {
    return (await this.loadPayrolls()).payments(batches, idKeys);
  }

  async *payrollIds(batch: string): AsyncGenerator<readonly string[]> {
    yield* (await this.loadPayrolls()).ids(batch);
  }

  earlierReferences(filter: EarlierFilter): Promise<readonly EarlierPayment[]> {
    return this.store.earlier.list(filter);
  }

  openPayments(filter: OpenFilter): AsyncGenerator<readonly OpenPayment[]> {
    return this.store.openPayments.pages(filter);
  }

  unprocessedCallbacks(account: string): Promise<readonly UnprocessedCallback[]> {
    return this.store.callbacks.unprocessed(account);
  }

  accountsWithUnprocessed(): Promise<readonly string[]> {
    return this.store.callbacks.accountsWithUnprocessed();
  }

  callbackTo(account: string, segment: string): Promise<{ readonly body: string; readonly receivedAt: number } | null> {
    return this.store.callbacks.to(account, segment);
  }

  accountStop(account: string, since: number): Promise<Evidence | null> {
    return this.store.callbacks.accountStop(account, since);
  }

  approvals(batch: string): Promise<readonly Approval[]> {
    return this.store.approvals.of(batch);
  }

  pauses(): Promise<readonly Pause[]> {
    return this.store.pauses.inForce();
  }

  canaries(batch: string): Promise<readonly Canary[]> {
    return this.store.brakes.inForce(batch);
  }

  sentCounts(of: Parameters<BrakeStore['sentCounts']>[0]): Promise<SentCounts> {
    return this.store.brakes.sentCounts(of);
  }

  resumedAt(account: string, pausedBy: string): Promise<number | null> {
    return this.store.brakes.resumedAt(account, pausedBy);
  }

  recentCalls(request: RecentCallsRequest): Promise<readonly BudgetCall[]> {
    return this.store.budgets.recentCalls(request);
  }

  batchesBehind(): Promise<readonly string[]> {
    return this.store.memos.batchesBehind();
  }

  identity(): Promise<LedgerIdentity> {
    return this.store.identities.identity();
  }

  batchIds(): Promise<ReadonlySet<string>> {
    return this.store.identities.batchIds();
  }

  rememberedFiles(): Promise<ReadonlyMap<string, FileMemo>> {
    return this.store.memos.current();
  }

  fileMemos(of: FileMemoFilter): Promise<readonly FileMemo[]> {
    return this.store.memos.of(of);
  }

  /** Loaded here: only a file of a series is compared. */
  private async loadPayrolls(): Promise<Payrolls> {
    const { Payrolls: Loaded } = await import('./payrolls.ts');
    return (this.payrolls ??= new Loaded(this.database));
  }

  seriesHistory(series: string): Promise<SeriesHistory> {
    return this.store.series.history(series);
  }

  rememberedSchedule(key: string): Promise<ScheduleMemo | null> {
    return this.store.series.remembered(key);
  }

  /** Loaded at the first search: a sweep of files that are known needs none. */
  private async loadCopies(): Promise<Copies> {
    const { Copies: Loaded } = await import('./copies.ts');
    return (this.searches ??= new Loaded(this.database.dialect));
  }
}
