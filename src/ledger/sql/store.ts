import type { LockOwner } from '../records.ts';
import { AccountLocks } from './account-locks.ts';
import { Amendments } from './amendment.ts';
import { Attempts } from './attempts.ts';
import { Budgets } from './budgets.ts';
import { Callbacks } from './callbacks.ts';
import { Copies } from './copies.ts';
import type { Database, Transaction } from './database.ts';
import { Decisions } from './decisions.ts';
import { Entries } from './entries.ts';
import { FileMemos } from './file-memos.ts';
import { newPaymentStatements } from './new-payments.ts';
import { OpenPaymentQueries } from './open-payments.ts';
import { PaymentStates } from './payment-states.ts';
import { PaymentQueries } from './payments.ts';
import { Registrations } from './registration.ts';
import { StatusReports } from './status-reports.ts';

/** The parts of a ledger in SQL, over one database. Each needs the transaction that it is given, or reads committed rows. */
export class SqlStore {
  readonly payments: PaymentQueries;
  readonly openPayments: OpenPaymentQueries;
  readonly attempts: Attempts;
  readonly reports: StatusReports;
  readonly callbacks: Callbacks;
  readonly budgets: Budgets;
  readonly decisions: Decisions;
  readonly registrations: Registrations;
  readonly amendments: Amendments;
  readonly locks: AccountLocks;
  readonly memos: FileMemos;

  constructor(database: Database, host: string) {
    const { dialect } = database;
    const entries = new Entries();
    const states = new PaymentStates(dialect, entries);
    const copies = new Copies(dialect);
    const newPayments = newPaymentStatements(dialect);
    this.payments = new PaymentQueries(database);
    this.openPayments = new OpenPaymentQueries(database);
    this.attempts = new Attempts(dialect, states);
    this.reports = new StatusReports(states);
    this.callbacks = new Callbacks(database);
    this.budgets = new Budgets(database);
    this.decisions = new Decisions(dialect, states);
    this.registrations = new Registrations(entries, copies, newPayments);
    this.amendments = new Amendments(dialect, { entries, states, copies, newPayments });
    this.locks = new AccountLocks(database);
    this.memos = new FileMemos(database, host);
  }

  /** Writes down who works the account from now on, and settles what a dead process left. */
  async enter(
    tx: Transaction,
    account: string,
    owner: LockOwner,
  ): Promise<{ readonly epoch: number; readonly recovered: number }> {
    const epoch = await this.locks.enter(tx, account, owner);
    await this.budgets.recover(tx, account, owner.at);
    const by = `${owner.command} on ${owner.host} (pid ${owner.pid})`;
    return { epoch, recovered: await this.attempts.recover(tx, account, owner.at, by) };
  }
}
