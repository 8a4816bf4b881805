import type { LedgerEvent, UnverifiedCallbackEvent } from '../payment-state.ts';
import type { ReceivedReport, ReportResult } from '../records.ts';
import { transition } from '../transitions.ts';
import type { Transaction } from './database.ts';
import type { EarlierReferences } from './earlier-references.ts';
import type { PaymentStates } from './payment-states.ts';

/** What queries, callbacks and statements say about payments. */
export class StatusReports {
  private readonly states: PaymentStates;
  private readonly earlier: EarlierReferences;

  constructor(states: PaymentStates, earlier: EarlierReferences) {
    this.states = states;
    this.earlier = earlier;
  }

  record(tx: Transaction, report: ReceivedReport): Promise<ReportResult> {
    return this.apply(tx, report.reference, { kind: 'status-report', ...report });
  }

  recordUnverified(tx: Transaction, callback: Omit<UnverifiedCallbackEvent, 'kind'>): Promise<ReportResult> {
    const { reference, evidence, reportsFailure, at, by } = callback;
    const failure = reportsFailure === true ? { reportsFailure } : {};
    return this.apply(tx, reference, { kind: 'unverified-callback', reference, evidence, ...failure, at, by });
  }

  private async apply(tx: Transaction, reference: string, event: LedgerEvent): Promise<ReportResult> {
    const stored = await this.states.byReference(tx, reference);
    if (stored === undefined) return { kind: 'not-ours' };
    const change = transition(stored.state, event);
    const { batch, status } = stored.state;
    if (change.kind === 'refused') return { kind: 'kept', status, batch };
    await this.states.apply(tx, { stored, change }, event);
    if (event.kind === 'status-report' && reference !== stored.state.reference) await this.earlier.report(tx, event);
    if (change.outcome === 'moved') return { kind: 'moved', from: status, to: change.status, batch };
    return { kind: change.outcome, status: change.status, batch };
  }
}
