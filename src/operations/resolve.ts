import { PayrunError } from '../domain/problem.ts';
import type { Decision, LedgerPayment } from '../ledger/records.ts';
import { reportBatch } from './batch-report.ts';
import type { BatchResult } from './batch-result.ts';
import { applyAcknowledged } from './session/acknowledged.ts';
import { namedBatch, recoverDead } from './session/batches.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';
import { personText } from './session/who.ts';

/** A person's decision, without who and when: the operation adds these. */
export type ResolveRequest = Omit<Decision, 'by' | 'at'>;

/** Records a person's decision on a payment that no machine can settle, and reports its batch again. */
export function resolve(context: OperationContext, request: ResolveRequest): Promise<BatchResult> {
  return withSession(context, { command: 'resolve' }, async (session) => {
    const { ledger, system } = session;
    await applyAcknowledged(session);
    const record = await namedBatch(ledger, (await paymentByReference(session, request.reference)).batch);
    await recoverDead(session, record);
    checkOpen(await paymentByReference(session, request.reference));
    await ledger.resolve({ ...request, by: personText(system.who), at: system.clock.now() });
    return reportBatch(session, record, 0);
  });
}

async function paymentByReference({ ledger }: Session, reference: string): Promise<LedgerPayment> {
  const payment = await ledger.byReference(reference);
  if (payment !== null) return payment;
  throw new PayrunError(
    2,
    'reference-unknown',
    `No payment of this ledger has the reference ${reference}. It stands in the report's column "reference".`,
  );
}

function checkOpen({ status, id, batch }: LedgerPayment): void {
  if (status === 'unknown' || status === 'pending') return;
  const why = status === 'submitting' ? 'a live run is sending it right now' : `it is ${status}`;
  throw new PayrunError(
    2,
    'not-open',
    `Payment ${id} of batch ${batch} needs no decision: ${why}. Only unknown and pending payments do.`,
  );
}
