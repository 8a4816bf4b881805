import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence, withoutStop } from '../kit/outcomes.ts';
import type { QueryResult, KnownPayment } from '../port.ts';
import type { PesawayClient } from './client.ts';
import { pesawayPayoutResult } from './result.ts';
import { queryStatement } from './statement.ts';
import { classOf, pesawayEvidenceCode, pesawayQueryRequest, type PesawayWireAnswer } from './wire.ts';

/**
 * What became of a payment: docs/providers/pesaway.md, section 5. By PesaWay's id where that is known, by our reference, which should
 * work as well [assumed], and, when neither is found and the payment is old enough to be listed, by the statement.
 */
export async function queryPesawayPayment(
  client: PesawayClient,
  payment: PaymentInstruction,
  known: KnownPayment,
): Promise<QueryResult> {
  const { settings, setup } = client;
  for (const id of new Set([known.providerReference, payment.reference])) {
    if (id === '') continue;
    const answer = await client.call(pesawayQueryRequest(payment, id, settings));
    if (answer.kind === 'lost') return pesawayUnknown(answer.evidence.code, withoutStop(answer.evidence.reason));
    if (answer.kind !== 'answer') return answer;
    if (answer.wire.code === NOT_FOUND) continue;
    return queryReport(answer.wire, client, payment, known, setup.clock.now() - known.sentAt);
  }
  if (setup.clock.now() - known.sentAt < settings.statement.afterMs) {
    return pesawayUnknown(NOT_FOUND, 'PesaWay does not find the payment, which may only be too young to be found');
  }
  return queryStatement(client, payment, known);
}

const NOT_FOUND = '404.000';

/** The table of docs/providers/pesaway.md, section 5.1, row by row; an answer that the table does not list leaves the payment open. */
function queryReport(
  wire: PesawayWireAnswer,
  { settings, redactor }: PesawayClient,
  payment: PaymentInstruction,
  { providerReference }: Pick<KnownPayment, 'providerReference'>,
  ageMs: number,
): StatusReport {
  const words = redactor.clause(wire.words, payment);
  if (wire.body === null || !isSuccess(wire)) {
    const code = wire.code === '' && wire.status < 300 ? 'unreadable' : pesawayEvidenceCode(wire);
    return pesawayUnknown(code, `PesaWay could not say what became of the payment${words}`);
  }
  const result = pesawayPayoutResult(wire, { payment, providerReference, settings, redactor });
  switch (result.kind) {
    case 'paid':
      return { kind: 'paid', evidence: result.evidence };
    case 'processing':
      // An answer that names neither code nor payment says nothing at all.
      return wire.code === '' && wire.field('OriginatorReference') === null && wire.field('TransactionID') === null
        ? pesawayUnknown('unreadable', 'PesaWay answered without saying what became of the payment')
        : { kind: 'pending', evidence: result.evidence };
    case 'unclear':
      return pesawayUnknown(result.evidence.code, withoutStop(result.evidence.reason));
    case 'failed': {
      if (ageMs > settings.failedAfterMs) {
        const { evidence: because } = result;
        return { kind: 'failed', evidence: because, ...(result.stopsAccount ? { stopsAccount: true } : {}) };
      }
      // A failure of a young payment is not final: integrators trust the query only after some minutes.
      const { code, providerReference: id } = result.evidence;
      const reason = `PesaWay reports a failure (${code}) that is too young to be final; it is asked about again.`;
      return { kind: 'pending', evidence: evidence(code, reason, { providerReference: id }) };
    }
  }
}

/** By the code, and by the status where there is none; a result beside an error does not count. */
function isSuccess(wire: PesawayWireAnswer): boolean {
  const kind = classOf(wire);
  return kind >= 200 && kind < 300 && wire.status < 300;
}

function pesawayUnknown(code: string, what: string): StatusReport {
  return { kind: 'unknown', evidence: evidence(code, `${what}. It is asked about again.`) };
}
