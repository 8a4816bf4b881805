import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence } from '../kit/redaction.ts';
import type { QueryResult, KnownPayment } from '../port.ts';
import { classOf, evidenceCode, type WireAnswer } from './envelope.ts';
import type { Line } from './line.ts';
import { payoutResult } from './result.ts';
import { askStatement } from './statement.ts';
import { queryRequest } from './wire.ts';

/**
 * What became of a payment (fact sheet, section 5): by PesaWay's id where it is known, by our reference, which should work as well
 * [assumed], and, once neither is found and the payment is old enough to be listed, by the statement.
 */
export async function askPayment(line: Line, payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
  const { settings, setup } = line;
  for (const id of new Set([known.providerReference, payment.reference])) {
    if (id === '') continue;
    const asked = await line.ask(queryRequest(payment, id, settings));
    if (asked.kind === 'lost') return unknown(asked.evidence.code, asked.evidence.reason.replace(/\.$/, ''));
    if (asked.kind !== 'answer') return asked;
    if (asked.wire.code === NOT_FOUND) continue;
    return queryFinding(asked.wire, line, payment, known, setup.clock.now() - known.sentAt);
  }
  if (setup.clock.now() - known.sentAt < settings.statement.afterMs) {
    return unknown(NOT_FOUND, 'PesaWay does not find the payment, which may only be too young to be found');
  }
  return askStatement(line, payment, known);
}

const NOT_FOUND = '404.000';

/** The table of section 5.1, row by row; whatever it does not list leaves the payment open. */
export function queryFinding(
  wire: WireAnswer,
  { settings, redactor }: Line,
  payment: PaymentInstruction,
  { providerReference }: Pick<KnownPayment, 'providerReference'>,
  ageMs: number,
): StatusReport {
  const said = redactor.clause(wire.words, payment);
  if (wire.body === null || !isSuccess(wire)) {
    const code = wire.code === '' && wire.status < 300 ? 'unreadable' : evidenceCode(wire);
    return unknown(code, `PesaWay could not say what became of the payment${said}`);
  }
  const result = payoutResult(wire, { payment, providerReference, settings, redactor });
  switch (result.kind) {
    case 'paid':
      return { kind: 'paid', evidence: result.evidence };
    case 'processing':
      // An answer that names neither code nor payment says nothing at all.
      return wire.code === '' && wire.field('OriginatorReference') === null && wire.field('TransactionID') === null
        ? unknown('unreadable', 'PesaWay answered without saying what became of the payment')
        : { kind: 'pending', evidence: result.evidence };
    case 'unclear':
      return unknown(result.evidence.code, result.evidence.reason.replace(/\.$/, ''));
    case 'failed': {
      if (ageMs > settings.failedAfterMs) {
        const { evidence: because } = result;
        return { kind: 'failed', evidence: because, ...(result.stopsAccount ? { stopsAccount: true } : {}) };
      }
      // What the query says of a young payment is not final: integrators trust it after minutes only.
      const { code, providerReference: id } = result.evidence;
      const reason = `PesaWay reports a failure (${code}) that is too young to be final; it is asked about again.`;
      return { kind: 'pending', evidence: evidence(code, reason, { providerReference: id }) };
    }
  }
}

/** By the code, and by the status where there is none; a result beside an error is none. */
function isSuccess(wire: WireAnswer): boolean {
  const kind = classOf(wire);
  return kind >= 200 && kind < 300 && wire.status < 300;
}

function unknown(code: string, what: string): StatusReport {
  return { kind: 'unknown', evidence: evidence(code, `${what}. It is asked about again.`) };
}
