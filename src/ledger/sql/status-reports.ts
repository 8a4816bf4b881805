import type { Evidence } from '../../domain/outcome.ts';
import type { EventOrigin, LedgerEvent } from '../payment-state.ts';
import type { ReceivedReport, ReportResult } from '../records.ts';
import { transition } from '../transitions.ts';
import { stateOf, type PaymentStates } from './payment-states.ts';

/** What queries, callbacks and statements say about payments. Every method needs an open transaction. */
export class StatusReports {
  private readonly states: PaymentStates;

  constructor(states: PaymentStates) {
    this.states = states;
  }

  record(report: ReceivedReport): ReportResult {
    return this.apply(report.reference, { kind: 'status-report', ...report });
  }

  recordUnverified(reference: string, evidence: Evidence | null, { at, by }: EventOrigin): ReportResult {
    return this.apply(reference, { kind: 'unverified-callback', reference, evidence, at, by });
  }

  private apply(reference: string, event: LedgerEvent): ReportResult {
    const row = this.states.byReference(reference);
    if (row === undefined) return { kind: 'not-ours' };
    const change = transition(stateOf(row), event);
    const { batch, status } = row;
    if (change.kind === 'refused') return { kind: 'kept', status, batch };
    this.states.apply(row, change, event);
    if (change.outcome === 'moved') return { kind: 'moved', from: status, to: change.status, batch };
    return { kind: change.outcome, status: change.status, batch };
  }
}
