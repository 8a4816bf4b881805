import type { FileLock } from '../../domain/file-lock.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { AccountLock, LockOwner, LockResult } from '../../ledger/records.ts';
import type { RateLimiter } from '../../limits/rate-limiter.ts';
import type { TokenStore } from '../../providers/kit/token-store.ts';
import { openAccount, type OpenAccount } from './account.ts';
import { placeKey, type Place } from '../../domain/place.ts';
import type { AccountPlaces } from './place.ts';
import type { CallbackAccounts } from './callback-accounts.ts';
import type { ClockCheck } from './clock-check.ts';
import type { Project } from './project.ts';
import type { System } from './system.ts';
import { ownerText } from './who.ts';

/** How a command takes its accounts. */
export interface PoolRequest {
  readonly project: Project;
  readonly system: System;
  readonly ledger: Ledger;
  readonly clocks: ClockCheck;
  /** Receives the callbacks of the accounts that are opened. */
  readonly callbacks: CallbackAccounts;
  readonly tokenStore: TokenStore;
  /** Where the configured accounts send to. */
  readonly places: AccountPlaces;
  /** Who is named to a process that finds the account locked. */
  readonly owner: () => LockOwner;
  /** How long the whole command may wait for accounts that another live process works. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** How often a busy account is tried again. */
const LOCK_POLL_MS = 250;
/** A command that only queries gives an account up within moments, so that even a run that may not wait waits this long for it. */
const GIVE_WAY_MS = 15_000;
const QUERYING_COMMANDS: readonly string[] = ['settle', 'serve'];

/**
 * The accounts that one command works: each is locked once and opened once, however many batches are paid from it, so that a sweep
 * of many files uses one token and not one per file.
 */
export class AccountPool {
  private readonly request: PoolRequest;
  private readonly locks = new Map<string, AccountLock>();
  private readonly opened = new Map<string, OpenAccount>();
  /** By the keys of the places. */
  private readonly limiters = new Map<string, Promise<RateLimiter>>();
  private readonly deadline: number;

  constructor(request: PoolRequest) {
    this.request = request;
    this.deadline = request.system.clock.monotonic() + request.waitMs;
  }

  /**
   * Null when another live process works the account, or another account with the same place, for as long as the command may wait.
   * Throws `PayrunError` for credentials that are not there: without them nobody can tell the place.
   */
  async lock(account: string): Promise<AccountLock | null> {
    const known = this.locks.get(account);
    if (known !== undefined) return known;
    await this.request.clocks.compareWithLedger();
    const result = await this.lockResult(account);
    if (result.kind === 'busy') return null;
    this.locks.set(account, result.lock);
    if (result.lock.recovered > 0) {
      this.request.note(
        `${result.lock.recovered} payments of account ${account} were being sent when an earlier run died: they are unknown now.`,
      );
    }
    return result.lock;
  }

  /** As {@link lock}, to query and not to send: does not wait, and leaves an account alone that another process waits to send from. */
  async lockToQuery(account: string): Promise<AccountLock | null> {
    const known = this.locks.get(account);
    if (known !== undefined) return known;
    const { ledger, owner, clocks } = this.request;
    await clocks.compareWithLedger();
    const place = await this.placeOf(account);
    if (await ledger.isAccountAwaited(placeKey(place))) return null;
    const result = await ledger.lockAccount({ account, place }, owner());
    if (result.kind === 'busy') return null;
    this.locks.set(account, result.lock);
    return result.lock;
  }

  /** An account that {@link lock} got. Throws `PayrunError` for credentials that are not there, before anything is sent. */
  async open(lock: AccountLock): Promise<OpenAccount> {
    const { project, system, ledger, clocks, callbacks, tokenStore, signal, note } = this.request;
    const known = this.opened.get(lock.account);
    if (known !== undefined) return known;
    const noted = new Set<string>();
    const onWait = (name: string, budget: string, ms: number): void => {
      if (noted.has(budget)) return;
      noted.add(budget);
      note(`Account ${name} waits ${Math.ceil(ms / 1000)} s for its ${budget} limit.`);
    };
    const account = await openAccount({
      ...{ project, system, ledger, clocks, callbacks, lock, tokenStore, signal, onWait },
      places: await this.request.places.all(),
      limiterOf: (held, open) => this.limiterOf(held, open),
    });
    this.opened.set(lock.account, account);
    await callbacks.admitOthers();
    // Every acknowledged callback must be applied before a payment of the account is planned, retried or sent.
    await callbacks.receiver.processStored(lock.account);
    return account;
  }

  /** One for all accounts of a place: each alone would let out as many requests as the place allows for all. */
  private limiterOf(lock: AccountLock, open: () => Promise<RateLimiter>): Promise<RateLimiter> {
    const limiter = this.limiters.get(lock.key) ?? open();
    this.limiters.set(lock.key, limiter);
    return limiter;
  }

  /** Lets other processes work the accounts. Each is locked and opened again when it is needed again. */
  async close(): Promise<void> {
    await this.closeOpened();
    await this.releaseLocks();
  }

  /** As {@link close}, for one account. */
  async giveUp(account: string): Promise<void> {
    await this.opened.get(account)?.close();
    this.opened.delete(account);
    const lock = this.locks.get(account);
    const isShared = [...this.opened.values()].some((open) => open.lock.key === lock?.key);
    // Another process may spend from the budgets before the account is taken back.
    if (lock !== undefined && !isShared) this.limiters.delete(lock.key);
    await lock?.release();
    this.locks.delete(account);
  }

  async closeOpened(): Promise<void> {
    for (const account of this.opened.values()) await account.close();
    this.opened.clear();
    this.limiters.clear();
  }

  async releaseLocks(): Promise<void> {
    for (const lock of this.locks.values()) await lock.release();
    this.locks.clear();
    this.request.places.forget();
  }

  private placeOf(account: string): Promise<Place> {
    const { project, places } = this.request;
    const config = project.config.accounts.get(account);
    if (config === undefined) throw new Error(`an account that is not configured cannot be locked: ${account}`);
    return places.of(config);
  }

  /** The lock itself settles what a dead process left open at the place. */
  private async lockResult(account: string): Promise<LockResult> {
    const { system, ledger, owner, signal, note } = this.request;
    const { clock } = system;
    const place = await this.placeOf(account);
    const querierDeadline = Math.max(this.deadline, clock.monotonic() + GIVE_WAY_MS);
    let waiting: FileLock | null = null;
    try {
      for (let isFirst = true; ; isFirst = false) {
        const result = await ledger.lockAccount({ account, place }, owner());
        if (result.kind === 'locked') return result;
        const isQuerying = QUERYING_COMMANDS.includes(result.by?.command ?? '');
        const isOver = signal.aborted || clock.monotonic() >= (isQuerying ? querierDeadline : this.deadline);
        if (isFirst && (result.replacedLock !== undefined || !isOver)) note(busyText(account, result));
        if (isOver) return result;
        waiting ??= await ledger.awaitAccount(placeKey(place));
        await clock.sleep(LOCK_POLL_MS, signal);
      }
    } finally {
      waiting?.release();
    }
  }
}

function busyText(account: string, { by, replacedLock }: Extract<LockResult, { kind: 'busy' }>): string {
  if (replacedLock === undefined) return `Account ${account} is being worked by ${ownerText(by)}; waiting for it.`;
  return (
    `Account ${account}: its lock file ${replacedLock} was deleted or replaced while ${ownerText(by)} works the account. ` +
    'Nothing of it is sent before that process has ended.'
  );
}
