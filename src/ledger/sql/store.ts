import { AccountLocks } from './account-locks.ts';
import { Approvals } from './approvals.ts';
import { Brakes } from './brakes.ts';
import { Budgets } from './budgets.ts';
import { Callbacks } from './callbacks.ts';
import type { Database } from './database.ts';
import { EarlierQueries } from './earlier-references.ts';
import { FileMemos } from './file-memos.ts';
import { Identities } from './identity.ts';
import { OpenPaymentQueries } from './open-payments.ts';
import { Pauses } from './pauses.ts';
import { PaymentQueries } from './payments.ts';
import { SeriesRecords } from './series.ts';

/**
 * The parts of a ledger that read payments, and those that write about anything else. Each needs the transaction that it is given,
 * or reads committed rows.
 */
export class SqlStore {
  readonly payments: PaymentQueries;
  readonly openPayments: OpenPaymentQueries;
  readonly callbacks: Callbacks;
  readonly budgets: Budgets;
  readonly locks: AccountLocks;
  readonly memos: FileMemos;
  readonly pauses: Pauses;
  readonly approvals: Approvals;
  readonly brakes: Brakes;
  readonly identities: Identities;
  readonly earlier: EarlierQueries;
  readonly series: SeriesRecords;

  constructor(database: Database, host: string) {
    this.payments = new PaymentQueries(database);
    this.openPayments = new OpenPaymentQueries(database);
    this.callbacks = new Callbacks(database);
    this.budgets = new Budgets(database);
    this.locks = new AccountLocks(database);
    this.pauses = new Pauses(database);
    this.approvals = new Approvals(database);
    this.brakes = new Brakes(database);
    this.memos = new FileMemos(database, host);
    this.identities = new Identities(database);
    this.earlier = new EarlierQueries(database);
    this.series = new SeriesRecords(database, host);
  }
}
