import type { DatabaseSync } from 'node:sqlite';
import type { BudgetCall } from '../../domain/limits.ts';
import type { StatusTally } from '../../domain/payment.ts';
import type { Evidence } from '../../domain/outcome.ts';
import type { Status } from '../../domain/status.ts';
import { LedgerError } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import type {
  AmendResult,
  AttemptResult,
  BatchRecord,
  Claim,
  ClaimRequest,
  CallbackResult,
  CopyMatch,
  Decision,
  FileMemo,
  AccountLock,
  LockOwner,
  LockResult,
  LedgerPayment,
  OpenFilter,
  OpenPayment,
  PaymentFilter,
  ReceivedCallback,
  ResendRequest,
  RegisterResult,
  Registration,
  RetryRequest,
  ReceivedReport,
  ReportResult,
  UnprocessedCallback,
  SpendRequest,
  SpendResult,
} from '../records.ts';
import { RecentCalls } from './budgets.ts';
import { CallbackQueries } from './callbacks.ts';
import { OpenReading } from './open-payments.ts';
import { ledgerFault } from '../sqlite/errors.ts';
import { takeAccountFile } from '../sqlite/account-lock.ts';
import type { FileLock } from '../../domain/file-lock.ts';
import type { LockWait } from '../sqlite/open.ts';
import { Reading } from './payments.ts';
import { Store } from './store.ts';

/** Joins what reads and what writes to the port. */
export class SqliteLedger implements Ledger {
  private readonly database: DatabaseSync;
  private readonly path: string;
  private readonly patience: LockWait;
  private readonly reading: Reading;
  private readonly locks = new Map<AccountLock, FileLock>();
  private opened: Store | null = null;
  private closing: Promise<void> | null = null;

  constructor(database: DatabaseSync, path: string, patience: LockWait) {
    this.database = database;
    this.path = path;
    this.patience = patience;
    this.reading = new Reading(database);
  }

  batch(id: string): Promise<BatchRecord | null> {
    return this.read(() => this.reading.batch(id));
  }

  batches(): Promise<readonly BatchRecord[]> {
    return this.read(() => this.reading.batches());
  }

  register(registration: Registration): Promise<RegisterResult> {
    return this.write(({ writer, registering }) =>
      writer.alone(
        () => registering.register(registration),
        (result) => result.kind === 'registered',
      ),
    );
  }

  amend(registration: Registration): Promise<AmendResult> {
    return this.write(({ writer, amending }) =>
      writer.alone(
        () => amending.amend(registration, this.path),
        (result) => result.kind === 'amended',
      ),
    );
  }

  async *payments(filter: PaymentFilter): AsyncGenerator<readonly LedgerPayment[]> {
    try {
      yield* this.reading.payments(filter);
    } catch (error) {
      throw ledgerFault(error, this.path);
    }
  }

  lookup(batch: string, idKeys: readonly string[]): Promise<ReadonlyMap<string, LedgerPayment>> {
    return this.read(() => this.reading.lookup(batch, idKeys));
  }

  byReference(reference: string): Promise<LedgerPayment | null> {
    return this.read(() => this.reading.byReference(reference));
  }

  byAnyReference(reference: string): Promise<LedgerPayment | null> {
    return this.read(() => this.reading.everReference(reference));
  }

  tallies(batch: string): Promise<readonly StatusTally[]> {
    return this.read(() => this.reading.tallies(batch));
  }

  unpaidBatches(): Promise<ReadonlyMap<string, ReadonlySet<Status>>> {
    return this.read(() => this.reading.unpaidBatches());
  }

  hasBatchesSince(since: number, except: string): Promise<boolean> {
    return this.read(() => this.reading.hasBatchesSince(since, except));
  }

  copies(fingerprints: readonly string[], since: number, except: string): Promise<readonly CopyMatch[]> {
    return this.read(() => this.reading.copies(fingerprints, since, except));
  }

  async lockAccount(account: string, holder: LockOwner): Promise<LockResult> {
    const file = takeAccountFile(this.path, account);
    if (file === null) return { kind: 'busy', by: await this.read(() => this.reading.holder(account)) };
    try {
      const recovered = await this.write((store) => store.writer.group(() => store.enter(account, holder), false));
      const lock: AccountLock = { account, recovered, release: () => this.release(lock) };
      this.locks.set(lock, file);
      return { kind: 'locked', lock };
    } catch (error) {
      file.release();
      throw error;
    }
  }

  claim(request: ClaimRequest): Promise<readonly Claim[]> {
    return this.write(({ writer, attempts }) =>
      writer.group(() => {
        // Asked inside the transaction: between the call and its commit the hold may have been let go.
        if (!this.locks.has(request.lock)) throw this.notHeld(request.lock.account);
        return attempts.claim(request);
      }, false),
    );
  }

  claimForResend(request: ResendRequest): Promise<readonly Claim[]> {
    return this.write(({ writer, attempts }) =>
      writer.group(() => {
        if (!this.locks.has(request.lock)) throw this.notHeld(request.lock.account);
        return attempts.claimForResend(request);
      }, false),
    );
  }

  recordReport(report: ReceivedReport): Promise<ReportResult> {
    return this.write(({ writer, reports }) => writer.group(() => reports.record(report), true));
  }

  async *openPayments(filter: OpenFilter): AsyncGenerator<readonly OpenPayment[]> {
    try {
      yield* new OpenReading(this.database).pages(filter);
    } catch (error) {
      throw ledgerFault(error, this.path);
    }
  }

  storeCallback(callback: ReceivedCallback): Promise<{ readonly key: number; readonly isProcessed: boolean }> {
    return this.write(({ writer, callbacks }) => writer.group(() => callbacks.store(callback), true));
  }

  finishCallback(result: CallbackResult): Promise<void> {
    return this.write(({ writer, callbacks, reports }) =>
      writer.group(() => {
        callbacks.finish(result);
        const { reference, evidence } = result;
        if (result.result === 'unverified' && reference !== null) reports.recordUnverified(reference, evidence, result);
      }, true),
    );
  }

  unprocessedCallbacks(account: string): Promise<readonly UnprocessedCallback[]> {
    return this.read(() => new CallbackQueries(this.database).unprocessed(account));
  }

  callbackTo(account: string, segment: string): Promise<{ readonly body: string; readonly receivedAt: number } | null> {
    return this.read(() => new CallbackQueries(this.database).to(account, segment));
  }

  accountStop(account: string, since: number): Promise<Evidence | null> {
    return this.read(() => new CallbackQueries(this.database).stopOf(account, since));
  }

  record(result: AttemptResult): Promise<Status> {
    return this.write(({ writer, attempts }) => writer.group(() => attempts.record(result), true));
  }

  retry(request: RetryRequest): Promise<number> {
    return this.write(({ writer, decisions }) =>
      writer.alone(
        () => decisions.retry(request, this.path),
        () => true,
      ),
    );
  }

  async resolve(decision: Decision): Promise<LedgerPayment> {
    await this.write(({ writer, decisions }) => writer.group(() => decisions.resolve(decision, this.path), true));
    const payment = await this.byReference(decision.reference);
    if (payment === null) throw new Error(`payment ${decision.reference} vanished after its decision`);
    return payment;
  }

  spend(request: SpendRequest): Promise<SpendResult> {
    return this.write(({ writer, budgets }) => writer.group(() => budgets.spend(request), false));
  }

  callAnswered(call: number, answeredAt: number): Promise<void> {
    return this.write(({ writer, budgets }) => writer.group(() => budgets.spent(call, answeredAt), true));
  }

  recentCalls(request: { account: string; key: string; since: number; limit: number }): Promise<readonly BudgetCall[]> {
    return this.read(() => new RecentCalls(this.database).read(request));
  }

  rememberFile(memo: FileMemo): Promise<void> {
    return this.write((store) => store.writer.group(() => store.rememberFile(memo), false));
  }

  forgetFiles(batch: string): Promise<void> {
    return this.write((store) => store.writer.group(() => store.forgetFiles(batch), false));
  }

  rememberedFiles(): Promise<ReadonlyMap<string, FileMemo>> {
    return this.read(() => this.reading.files());
  }

  /** Ends what is under way, lets go of every account, and closes the file. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    await this.opened?.writer.close();
    for (const hold of [...this.locks.keys()]) await this.release(hold);
    this.database.close();
  }

  private release(hold: AccountLock): Promise<void> {
    this.locks.get(hold)?.release();
    this.locks.delete(hold);
    return Promise.resolve();
  }

  private async read<T>(look: () => T | Promise<T>): Promise<T> {
    try {
      return await look();
    } catch (error) {
      throw ledgerFault(error, this.path);
    }
  }

  private async write<T>(change: (store: Store) => Promise<T>): Promise<T> {
    if (this.closing !== null) throw new Error('the ledger is closed');
    try {
      this.opened ??= new Store(this.path, this.patience);
    } catch (error) {
      throw ledgerFault(error, this.path);
    }
    return change(this.opened);
  }

  private notHeld(account: string): LedgerError {
    return new LedgerError(
      'locked',
      `Account ${account} is not held by this run any more, so nothing of it can be claimed from ${this.path}. Run again.`,
    );
  }
}
