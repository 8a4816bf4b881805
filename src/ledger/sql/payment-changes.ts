import { Amendments } from './amendment.ts';
import { Attempts } from './attempts.ts';
import { Cancellations } from './cancellations.ts';
import { Copies } from './copies.ts';
import type { Dialect } from './dialect.ts';
import { Decisions } from './decisions.ts';
import { EarlierReferences } from './earlier-references.ts';
import { Entries } from './entries.ts';
import { newPaymentStatements } from './new-payments.ts';
import { PaymentStates } from './payment-states.ts';
import { Recoveries } from './recoveries.ts';
import { Replacements } from './replacements.ts';
import { Registrations } from './registration.ts';
import { StatusReports } from './status-reports.ts';

/**
 * The parts of a ledger that change payments, each in the transaction that it is given. A file of its own, loaded at the first
 * change: a sweep with nothing to do only reads, and loading is most of its time.
 */
export class PaymentChanges {
  readonly attempts: Attempts;
  readonly reports: StatusReports;
  readonly decisions: Decisions;
  readonly cancellations: Cancellations;
  readonly entries: Entries;
  readonly registrations: Registrations;
  readonly amendments: Amendments;
  readonly recoveries: Recoveries;
  readonly replacements: Replacements;

  constructor(dialect: Dialect) {
    const entries = new Entries();
    this.entries = entries;
    const earlier = new EarlierReferences(dialect);
    const states = new PaymentStates(dialect, entries, earlier);
    const replacements = (this.replacements = new Replacements(dialect));
    states.follow = (tx, transition, origin) => replacements.follow(tx, states, transition, origin);
    const copies = new Copies(dialect);
    const newPayments = newPaymentStatements(dialect);
    this.attempts = new Attempts(dialect, states);
    this.reports = new StatusReports(states, earlier);
    this.decisions = new Decisions(dialect, states, replacements);
    this.cancellations = new Cancellations(dialect, states);
    this.recoveries = new Recoveries(dialect, entries, states);
    this.registrations = new Registrations({ entries, copies, newPayments, states, replacements });
    this.amendments = new Amendments(dialect, { entries, states, copies, newPayments, replacements });
  }
}
