import type { RecoveryRequest, RecoveryResult } from '../recovery.ts';
import type { FileLock } from '../../domain/file-lock.ts';
import type { Payment, RefusedReplacement } from '../../domain/payment.ts';
import type { Status } from '../../domain/status.ts';
import { LedgerError } from '../errors.ts';
import { callbackResultOf } from '../callback-results.ts';
import type { CallbackReport, Ledger } from '../ledger.ts';
import { placeKey } from '../../domain/place.ts';
import type { TimesChange } from '../batch-times.ts';
import type { SpendRequest, SpendResult } from '../call-records.ts';
import type { PlacedAccount } from '../place-records.ts';
import type {
  AccountLock,
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
import { requireBelow } from './brakes.ts';
import { answerCall, closeCalls, spendCall } from './budgets.ts';
import { finishStored, storeReceived } from './callbacks.ts';
import {
  applyToReference,
  adoptPayments,
  assumeLostPast,
  claimPlanned,
  claimUnknown,
  decide,
  recordAnswer,
  recoverPlace,
  retryFailedPayments,
} from './payment-changes.ts';
import { BEFORE_QUERIES } from '../replacement-chain.ts';
import { chainOf, checkedCorrection } from './replacements.ts';
import { requireNoPause } from './pauses.ts';
import { amendInMemory, changeTimesInMemory, registerInMemory } from './registration.ts';
import { ledgerPaymentOf, MemoryTables } from './tables.ts';
import { MemoryStops } from './stops.ts';

/** A ledger without a disk: the rules and promises of any other, for as long as its tables live. */
export function openMemoryLedger(tables: MemoryTables = new MemoryTables()): Ledger {
  return new MemoryLedger(tables);
}

class MemoryLedger extends MemoryStops implements Ledger {
  /** The account locks that this ledger has taken and not released. */
  private readonly taken = new Set<AccountLock>();

  async register(registration: Registration): Promise<RegisterResult> {
    return this.alone(() => registerInMemory(this.tables, registration));
  }

  async amend(registration: Registration): Promise<AmendResult> {
    return this.alone(() => amendInMemory(this.tables, registration));
  }

  async changeTimes(change: TimesChange): Promise<void> {
    return this.group(() => changeTimesInMemory(this.tables, change));
  }

  async distrustTimes(batches: readonly string[]): Promise<void> {
    return this.group(() => this.tables.distrustTimes(batches));
  }

  async lockAccount({ account, place }: PlacedAccount, owner: LockOwner): Promise<LockResult> {
    const { owners } = this.tables;
    const key = placeKey(place);
    const shared = [...this.taken].filter((lock) => lock.key === key);
    const other = owners.get(key);
    const isShared = shared.length > 0 && shared.every((lock) => lock.account !== account);
    if (other !== undefined && !isShared) return { kind: 'busy', by: other };
    owners.set(key, other ?? owner);
    const origin = { at: owner.at, by: `${owner.command} on ${owner.host} (pid ${owner.pid})` };
    const entered = await this.group(() => {
      this.tables.places.set(key, place);
      adoptPayments(this.tables, account, key);
      const epoch = shared[0]?.epoch ?? this.tables.startEpoch(key);
      if (isShared) return { epoch, recovered: 0 };
      closeCalls(this.tables, key, owner.at);
      return { epoch, recovered: recoverPlace(this.tables, key, origin) };
    });
    // A process cannot lose what it holds in its own memory.
    const lost = new AbortController().signal;
    const lock: AccountLock = { account, place, key, ...entered, lost, release: () => this.release(lock) };
    this.taken.add(lock);
    return { kind: 'locked', lock };
  }

  awaitAccount(account: string): Promise<FileLock | null> {
    return Promise.resolve(this.tables.awaitAccount(account));
  }

  isAccountAwaited(account: string): Promise<boolean> {
    return Promise.resolve(this.tables.awaited.has(account));
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    return this.group(() => {
      this.requireLock(request.lock);
      requireNoPause(this.tables, request.lock.account, [request.batch]);
      requireBelow(this.tables, request.lock.account, request.stopAt);
      return claimPlanned(this.tables, request);
    });
  }

  async claimForResend(request: ResendRequest): Promise<readonly Claim[]> {
    return this.group(() => {
      this.requireLock(request.lock);
      return claimUnknown(this.tables, request);
    });
  }

  async record(result: AttemptResult): Promise<Status> {
    return this.group(() => recordAnswer(this.tables, result));
  }

  async recordReport(received: ReceivedReport): Promise<ReportResult> {
    return this.group(() => applyToReference(this.tables, received.reference, { kind: 'status-report', ...received }));
  }

  async retry(request: RetryRequest): Promise<number> {
    return this.alone(() => Promise.resolve(retryFailedPayments(this.tables, request).length));
  }

  async retryable(request: RetryRequest): Promise<readonly string[]> {
    return this.alone(() => Promise.resolve(retryFailedPayments(this.tables, request, true)));
  }

  async resolve(decision: Decision): Promise<LedgerPayment> {
    return this.group(() => ledgerPaymentOf(decide(this.tables, decision)));
  }

  async refusedReplacements(
    batch: string,
    payments: readonly Payment[],
    at: number,
  ): Promise<readonly RefusedReplacement[]> {
    return this.read(() =>
      payments.flatMap((payment) => {
        const chain = checkedCorrection(this.tables, payment, { batch, check: BEFORE_QUERIES(at), taken: new Set() });
        return 'message' in chain ? [chain] : [];
      }),
    );
  }

  async correctionsOf(batch: string): Promise<readonly string[]> {
    return this.read(() => {
      const keys = this.tables.ofBatch(batch).map(({ key }) => key);
      const members = keys.flatMap((key) => chainOf(this.tables, key));
      return [...new Set(members.map(({ state }) => state.batch))].filter((other) => other !== batch);
    });
  }

  async storeCallback(callback: ReceivedCallback): Promise<{ readonly key: number; readonly isProcessed: boolean }> {
    return this.group(() => storeReceived(this.tables, callback));
  }

  async applyCallback({ key, ...received }: CallbackReport): Promise<ReportResult | null> {
    return this.group(() => {
      if (this.tables.callbacks.get(key)?.result !== null) return null;
      const { reference, at, by } = received;
      const recorded = applyToReference(this.tables, reference, {
        kind: 'status-report',
        ...received,
        source: 'callback',
      });
      const result = callbackResultOf(recorded);
      finishStored(this.tables, { key, result, reference, evidence: null, at, by });
      return recorded;
    });
  }

  async finishCallback(result: CallbackResult): Promise<void> {
    return this.group(() => {
      if (!finishStored(this.tables, result)) return;
      const { reference, evidence, reportsFailure, at, by } = result;
      if (result.result !== 'unverified' || reference === null) return;
      const failure = reportsFailure === true ? { reportsFailure } : {};
      const event = { kind: 'unverified-callback', reference, evidence, ...failure, at, by } as const;
      applyToReference(this.tables, reference, event);
    });
  }

  async beginRecovery(request: RecoveryRequest): Promise<RecoveryResult> {
    return this.group(() => assumeLostPast(this.tables, request));
  }

  // The record of a recovery is for people, who cannot read this memory.
  async endRecovery(): Promise<void> {
    return this.group(() => undefined);
  }

  async spend(request: SpendRequest): Promise<SpendResult> {
    return this.group(() => {
      if (request.lock !== null) this.requirePlace(request.lock);
      return spendCall(this.tables, request);
    });
  }

  async callAnswered(call: number, answeredAt: number): Promise<void> {
    return this.group(() => {
      answerCall(this.tables, call, answeredAt);
    });
  }

  async noteReport({ batch, revision }: { readonly batch: string; readonly revision: number }): Promise<void> {
    return this.group(() => this.tables.noteReport(batch, revision));
  }

  async rememberFile(memo: FileMemo): Promise<void> {
    return this.group(() => void this.tables.files.set(memo.path, memo));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.tables.transactions.idle();
    for (const lock of this.taken) await this.release(lock);
  }

  async recordOrganisation(organisation: string): Promise<string> {
    return this.group(() => {
      const newest = [...this.tables.batches.values()].at(-1)?.organisation;
      return (this.tables.organisation ??= newest ?? organisation);
    });
  }

  /** Nothing outlives this ledger. */
  async noteProviderUse(): Promise<void> {
    await this.read(() => undefined);
  }

  private release(lock: AccountLock): Promise<void> {
    const isLast = this.taken.delete(lock) && [...this.taken].every((other) => other.key !== lock.key);
    if (isLast) this.tables.owners.delete(lock.key);
    return Promise.resolve();
  }

  /** For a call of any account that shares the lock: the one that took the lock first may have released its part. */
  private requirePlace(lock: AccountLock): void {
    const shared = [...this.taken].find(({ key, epoch }) => key === lock.key && epoch === lock.epoch);
    this.requireLock(shared ?? lock);
  }

  /** Checked inside the transaction: between the call and its turn the lock may have been released, or followed by another. */
  private requireLock(lock: AccountLock): void {
    if (this.taken.has(lock) && this.tables.epochs.get(lock.key) === lock.epoch) return;
    throw new LedgerError(
      'locked',
      `This run does not hold account ${lock.account} any more, so it claims nothing of it. Run again.`,
    );
  }
}
