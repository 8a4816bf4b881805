import type { RecoveryRequest, RecoveryResult } from '../recovery.ts';
import type { Approval } from '../../domain/approval.ts';
import type { FileLock } from '../../domain/file-lock.ts';
import type { Payment, RefusedReplacement } from '../../domain/payment.ts';
import type { Status } from '../../domain/status.ts';
import { callbackResultOf } from '../callback-results.ts';
import type { CallbackReport, Ledger } from '../ledger.ts';
import type { SpendRequest, SpendResult } from '../call-records.ts';
import type { PlacedAccount } from '../place-records.ts';
import type {
  AmendResult,
  AttemptResult,
  CallbackResult,
  Claim,
  ClaimRequest,
  Decision,
  FileMemo,
  LedgerPayment,
  LockOwner,
  LockResult,
  ReceivedCallback,
  ReceivedReport,
  RegisterResult,
  Registration,
  ReportResult,
  ResendRequest,
  RetryRequest,
} from '../records.ts';
import type { Canary, CanaryRequest, CanaryResult } from '../brakes.ts';
import type { MissedOccurrence, ScheduleMemo, SeriesStart } from '../series-records.ts';
import type { TimesChange } from '../batch-times.ts';
import type { CancelRequest, Pause, PauseScope } from '../stops.ts';
import { recordApprovals } from './approvals.ts';
import type { PaymentChanges } from './payment-changes.ts';
import { PlaceLocks } from './place-locks.ts';
import { SqlReadings } from './readings.ts';

/** A change that is made because of what has already happened. */
const VITAL = { vital: true } as const;
/** A change that can be asked for again. */
const REPEATABLE = { vital: false } as const;

/** The ledger contract over any {@link Database}: which parts of the store share a transaction. */
export class SqlLedger extends SqlReadings implements Ledger {
  private readonly locks = new PlaceLocks(this.database, this.store);
  private changes: PaymentChanges | null = null;

  async register(registration: Registration): Promise<RegisterResult> {
    const { registrations } = this.changes ?? (await this.loadChanges());
    return this.database.writeAlone(
      (tx) => registrations.register(tx, registration, this.store.brakes),
      (result) => result.kind === 'registered',
    );
  }

  async amend(registration: Registration): Promise<AmendResult> {
    const { amendments } = this.changes ?? (await this.loadChanges());
    return this.database.writeAlone(
      (tx) => amendments.amend(tx, registration, { place: this.database.place, brakes: this.store.brakes }),
      (result) => result.kind === 'amended',
    );
  }

  async changeTimes(change: TimesChange): Promise<void> {
    const { registrations } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => registrations.changeTimes(tx, change, this.database.place), REPEATABLE);
  }

  async distrustTimes(batches: readonly string[]): Promise<void> {
    const { registrations } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => registrations.distrustTimes(tx, batches), REPEATABLE);
  }

  async lockAccount(target: PlacedAccount, owner: LockOwner): Promise<LockResult> {
    const { attempts } = this.changes ?? (await this.loadChanges());
    return this.locks.take(target, owner, attempts);
  }

  awaitAccount(account: string): Promise<FileLock | null> {
    return this.database.awaitAccount(account);
  }

  isAccountAwaited(account: string): Promise<boolean> {
    return this.database.isAccountAwaited(account);
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const { attempts } = this.changes ?? (await this.loadChanges());
    return this.database.write(async (tx) => {
      await this.locks.check(tx, request.lock);
      return attempts.claim(tx, request, this.store);
    }, REPEATABLE);
  }

  async claimForResend(request: ResendRequest): Promise<readonly Claim[]> {
    const { attempts } = this.changes ?? (await this.loadChanges());
    return this.database.write(async (tx) => {
      await this.locks.check(tx, request.lock);
      return attempts.claimForResend(tx, request, this.store);
    }, REPEATABLE);
  }

  async record(result: AttemptResult): Promise<Status> {
    const { attempts } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => attempts.record(tx, result), VITAL);
  }

  async recordReport(report: ReceivedReport): Promise<ReportResult> {
    const { reports } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => reports.record(tx, report), VITAL);
  }

  storeCallback(callback: ReceivedCallback): Promise<{ readonly key: number; readonly isProcessed: boolean }> {
    return this.database.write((tx) => this.store.callbacks.store(tx, callback), VITAL);
  }

  async applyCallback({ key, ...received }: CallbackReport): Promise<ReportResult | null> {
    const { reports } = this.changes ?? (await this.loadChanges());
    const { callbacks } = this.store;
    return this.database.write(async (tx) => {
      if (!(await callbacks.isUnprocessed(tx, key))) return null;
      const recorded = await reports.record(tx, { ...received, source: 'callback' });
      const { reference, at, by } = received;
      await callbacks.finish(tx, { key, result: callbackResultOf(recorded), reference, evidence: null, at, by });
      return recorded;
    }, VITAL);
  }

  async finishCallback(result: CallbackResult): Promise<void> {
    const { reports } = this.changes ?? (await this.loadChanges());
    return this.database.write(async (tx) => {
      if (!(await this.store.callbacks.finish(tx, result))) return;
      const { reference } = result;
      if (result.result === 'unverified' && reference !== null) {
        await reports.recordUnverified(tx, { ...result, reference });
      }
    }, VITAL);
  }

  async retry(request: RetryRequest): Promise<number> {
    const { decisions } = this.changes ?? (await this.loadChanges());
    const retried = await this.database.writeAlone(
      (tx) => decisions.retry(tx, request, this.database.place),
      () => true,
    );
    return retried.length;
  }

  async retryable(request: RetryRequest): Promise<readonly string[]> {
    const { decisions } = this.changes ?? (await this.loadChanges());
    return this.database.writeAlone(
      (tx) => decisions.retry(tx, request, this.database.place),
      () => false,
    );
  }

  async resolve(decision: Decision): Promise<LedgerPayment> {
    const { decisions } = this.changes ?? (await this.loadChanges());
    await this.database.write((tx) => decisions.resolve(tx, decision, this.database.place), VITAL);
    const payment = await this.byReference(decision.reference);
    if (payment === null) throw new Error(`payment ${decision.reference} vanished after its decision`);
    return payment;
  }

  async resolvable(decision: Decision): Promise<Status> {
    const { decisions } = this.changes ?? (await this.loadChanges());
    return this.database.writeAlone(
      (tx) => decisions.resolve(tx, decision, this.database.place),
      () => false,
    );
  }

  async beginRecovery(request: RecoveryRequest): Promise<RecoveryResult> {
    const { recoveries } = this.changes ?? (await this.loadChanges());
    return this.database.writeAlone(
      (tx) => recoveries.begin(tx, request),
      () => true,
    );
  }

  async endRecovery(at: number): Promise<void> {
    const { recoveries } = this.changes ?? (await this.loadChanges());
    await this.database.write((tx) => recoveries.end(tx, at), VITAL);
  }

  async refusedReplacements(
    batch: string,
    payments: readonly Payment[],
    at: number,
  ): Promise<readonly RefusedReplacement[]> {
    const { replacements } = this.changes ?? (await this.loadChanges());
    return replacements.refused(this.database, { batch, payments, at });
  }

  async correctionsOf(batch: string): Promise<readonly string[]> {
    const { replacements } = this.changes ?? (await this.loadChanges());
    return replacements.neighbours(this.database, batch);
  }

  async pause(pause: Pause): Promise<Pause> {
    const { entries } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => this.store.pauses.start(tx, entries, pause), VITAL);
  }

  async resume(scope: PauseScope & { readonly by: string; readonly at: number }): Promise<Pause | null> {
    const { entries } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => this.store.pauses.end(tx, entries, scope), VITAL);
  }

  async recordApprovals(approvals: readonly Approval[]): Promise<void> {
    const { entries } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => recordApprovals(tx, entries, approvals), VITAL);
  }

  async useApprovals(approvals: readonly Approval[]): Promise<boolean> {
    const { entries } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => this.store.approvals.use(tx, entries, approvals), VITAL);
  }

  async setCanary(request: CanaryRequest): Promise<CanaryResult> {
    const { entries } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => this.store.brakes.set(tx, entries, request), VITAL);
  }

  async releaseCanaries(release: Parameters<Ledger['releaseCanaries']>[0]): Promise<readonly Canary[]> {
    const { entries } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => this.store.brakes.release(tx, entries, release), VITAL);
  }

  async noteSeriesStart(start: SeriesStart & { readonly by: string }): Promise<SeriesStart> {
    const { entries } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => this.store.series.start(tx, entries, start), REPEATABLE);
  }

  async noteMissed(missed: readonly MissedOccurrence[], by: string): Promise<readonly MissedOccurrence[]> {
    const { entries } = this.changes ?? (await this.loadChanges());
    return this.database.write((tx) => this.store.series.miss(tx, entries, missed, by), REPEATABLE);
  }

  rememberSchedule(memo: ScheduleMemo): Promise<void> {
    return this.database.write((tx) => this.store.series.remember(tx, memo), REPEATABLE);
  }

  async cancel(request: CancelRequest): Promise<readonly string[]> {
    const { cancellations } = this.changes ?? (await this.loadChanges());
    return this.database.writeAlone(
      (tx) => cancellations.cancel(tx, request, this.database.place),
      () => true,
    );
  }

  spend(request: SpendRequest): Promise<SpendResult> {
    return this.database.write(async (tx) => {
      if (request.lock !== null) await this.locks.checkPlace(tx, request.lock);
      return this.store.budgets.spend(tx, request);
    }, REPEATABLE);
  }

  callAnswered(call: number, answeredAt: number): Promise<void> {
    return this.database.write((tx) => this.store.budgets.answered(tx, call, answeredAt), VITAL);
  }

  noteReport(report: { readonly batch: string; readonly revision: number }): Promise<void> {
    return this.database.write((tx) => this.store.memos.noteReport(tx, report), REPEATABLE);
  }

  rememberFile(memo: FileMemo): Promise<void> {
    return this.database.write((tx) => this.store.memos.remember(tx, memo), REPEATABLE);
  }

  async recordOrganisation(organisation: string): Promise<string> {
    const known = (await this.identity()).organisation;
    if (known !== null) return known;
    return this.database.write((tx) => this.store.identities.recordOrganisation(tx, organisation), REPEATABLE);
  }

  noteProviderUse(): Promise<void> {
    return this.database.noteProviderUse();
  }

  close(): Promise<void> {
    return this.database.close();
  }

  private async loadChanges(): Promise<PaymentChanges> {
    const { PaymentChanges: Changes } = await import('./payment-changes.ts');
    return (this.changes ??= new Changes(this.database.dialect));
  }
}
