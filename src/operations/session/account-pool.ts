import type { Ledger } from '../../ledger/ledger.ts';
import type { AccountLock } from '../../ledger/records.ts';
import { holdAccount, openAccount, type OpenAccount } from './account.ts';
import { CallbackAccounts } from './callback-accounts.ts';
import type { Project } from './project.ts';

/** How a command takes its accounts. */
export interface PoolRequest {
  readonly project: Project;
  readonly ledger: Ledger;
  /** For whoever finds the account held. */
  readonly command: string;
  /** How long the whole command may wait for accounts that another live process works. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  /** Of a command that receives for longer than one round of work; else the pool opens its own. */
  readonly callbacks?: CallbackAccounts;
}

/**
 * The accounts that one command works: each is held once and opened once, however many batches are paid from it, so that a sweep
 * of many files spends one token and not one per file.
 */
export class AccountPool {
  private readonly request: PoolRequest;
  private readonly holds = new Map<string, AccountLock>();
  private readonly opened = new Map<string, OpenAccount>();
  private readonly deadline: number;
  /** Where the callbacks of these accounts arrive, from the moment the first of them is opened. */
  readonly callbacks: CallbackAccounts;

  constructor(request: PoolRequest) {
    this.request = request;
    const { project, ledger, command, note } = request;
    this.callbacks = request.callbacks ?? new CallbackAccounts({ project, ledger, command, note });
    this.deadline = request.project.system.clock.monotonic() + request.waitMs;
  }

  /** Null when another live process works the account, for as long as the command may wait. */
  async hold(account: string): Promise<AccountLock | null> {
    const { project, ledger, command, signal, note } = this.request;
    const known = this.holds.get(account);
    if (known !== undefined) return known;
    const waitMs = Math.max(0, this.deadline - project.system.clock.monotonic());
    const result = await holdAccount(project, ledger, account, command, waitMs, signal, (by) => {
      note(`Account ${account} is being worked by ${by}; waiting for it.`);
    });
    if (result.kind === 'busy') return null;
    this.holds.set(account, result.lock);
    if (result.lock.recovered > 0) {
      note(
        `${result.lock.recovered} payments of account ${account} were being sent when an earlier run died: they are unknown now.`,
      );
    }
    return result.lock;
  }

  /** An account that {@link hold} got. Throws `PayrunError` for credentials that are not there, before anything is sent. */
  async open(hold: AccountLock): Promise<OpenAccount> {
    const { project, ledger, signal, note } = this.request;
    const known = this.opened.get(hold.account);
    if (known !== undefined) return known;
    const account = await openAccount(project, ledger, this.callbacks, hold, signal, (name, budget, ms) => {
      note(`Account ${name} waits ${Math.ceil(ms / 1000)} s for its ${budget} limit.`);
    });
    this.opened.set(hold.account, account);
    if (this.request.callbacks === undefined) await this.callbacks.admitOthers();
    // Every acknowledged callback must be applied before a payment of the account is planned, retried or sent.
    await this.callbacks.receiver.processStored(hold.account);
    return account;
  }

  async close(): Promise<void> {
    for (const account of this.opened.values()) await account.close();
    if (this.request.callbacks === undefined) await this.callbacks.close();
    for (const hold of this.holds.values()) await hold.release();
    this.opened.clear();
    this.holds.clear();
  }
}
