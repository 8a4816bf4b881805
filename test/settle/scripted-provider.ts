import type { ResendRule } from '../../src/domain/resend-rule.ts';
import type { StatusReport } from '../../src/domain/status-report.ts';
import type { KnownPayment, Provider, QueryResult, Readiness } from '../../src/providers/port.ts';
import type { PaymentInstruction } from '../../src/domain/payment.ts';
import { reportOf } from '../ledger/settling.ts';

type Queried = Pick<Provider, 'prepare' | 'query' | 'cancel' | 'resend'>;

/** A provider that answers queries as a test scripts them, and notes what it was asked. */
export class ScriptedProvider implements Queried {
  /** Ids of the payments that were queried, in order. */
  readonly queried: string[] = [];
  readonly known: KnownPayment[] = [];
  readonly cancelled: string[] = [];
  prepared = 0;
  /** The answer to the next query; `unknown` when none is scripted. */
  readonly answers: (QueryResult | (() => Promise<QueryResult>))[] = [];
  readonly readiness: (Readiness | (() => Promise<Readiness>))[] = [];
  rule: ResendRule = { kind: 'never' };

  async prepare(): Promise<Readiness> {
    this.prepared += 1;
    const next = this.readiness.shift() ?? { kind: 'ready' };
    return typeof next === 'function' ? next() : next;
  }

  async query(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
    this.queried.push(payment.id);
    this.known.push(known);
    const next = this.answers.shift() ?? reportOf('unknown');
    return typeof next === 'function' ? next() : next;
  }

  resend(): ResendRule {
    return this.rule;
  }
}

/** As {@link ScriptedProvider}, with the ability to cancel. */
export class CancellingProvider extends ScriptedProvider {
  cancellation: QueryResult = reportOf('cancelled');

  cancel(payment: PaymentInstruction): Promise<QueryResult> {
    this.cancelled.push(payment.id);
    return Promise.resolve(this.cancellation);
  }
}

export const PENDING_CANCEL_DUE: StatusReport = {
  kind: 'pending',
  evidence: { code: 'held', reason: 'It waits for an approval.' },
  cancelDue: true,
};

export function noAnswer(kind: 'throttled' | 'unreachable' | 'stop', waitMs?: number): QueryResult {
  const evidence = { code: kind, reason: `The provider is ${kind}.` };
  return kind === 'throttled' && waitMs !== undefined ? { kind, evidence, waitMs } : { kind, evidence };
}
