import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { decimalMinor, isObject, parseJson } from '../kit/json.ts';
import { evidence, withoutStop } from '../kit/outcomes.ts';
import type { QueryResult, KnownPayment } from '../port.ts';
import type { PesawayClient } from './client.ts';
import { receiptOf } from './result.ts';
import type { PesawaySettings } from './settings.ts';
import {
  classOf,
  pesawayEvidenceCode,
  STATEMENT_PATHS,
  statementRequest,
  wireObject,
  type PesawayWireAnswer,
} from './wire.ts';

/** At most so many rows come at once; a page of fewer is the last. */
const PAGE_ROWS = 100;

const PESAWAY_DAY_MS = 86_400_000;

type PesawayRow = Pick<PesawayWireAnswer, 'field'>;

/**
 * Searches PesaWay's statement for a payment: the documented way to find one by our own reference. A payment that neither the query
 * nor the statement has is evidence that the request never arrived.
 */
export async function queryStatement(
  client: PesawayClient,
  payment: PaymentInstruction,
  known: KnownPayment,
): Promise<QueryResult> {
  const { settings, setup } = client;
  const window = statementWindow(known.sentAt, setup.clock.now(), settings);
  let offset = 0;
  for (let page = 1; page <= settings.statement.pagesMax; page++) {
    const read = await readPage(client, window, offset);
    if (read.kind !== 'rows') return read;
    const found = read.rows.filter((row) => row.field('ExternalReference') === payment.reference);
    if (found.length > 0) return rowReport(found, client, payment, known);
    if (read.rows.length < PAGE_ROWS) {
      const reason = 'PesaWay knows no such payment: neither its query nor its statement has our reference.';
      return { kind: 'not-found', evidence: evidence('not-in-statement', reason) };
    }
    offset += read.rows.length;
  }
  const reason = `PesaWay's statement has more than ${settings.statement.pagesMax} pages and was not read to its end`;
  return pesawayStatementUnknown('statement-too-long', reason);
}

/**
 * Two hours wider than the payment's day on both sides: the request names no zone [assumed: Africa/Nairobi], and rows may be dated
 * by their start or by their end.
 */
export function statementWindow(
  sentAt: number,
  now: number,
  { statement }: PesawaySettings,
): { readonly start: string; readonly end: string } {
  const { marginMs, timeZone, dates } = statement;
  const end = Math.min(now, sentAt + PESAWAY_DAY_MS) + marginMs;
  switch (dates) {
    case 'time':
      return { start: localTime(sentAt - marginMs, timeZone), end: localTime(end, timeZone) };
    case 'day':
      // Whether the last day is included is not documented, so one more day is requested.
      return {
        start: localTime(sentAt - marginMs, timeZone).slice(0, 10),
        end: localTime(end + PESAWAY_DAY_MS, timeZone).slice(0, 10),
      };
  }
}

type PageReading = { readonly kind: 'rows'; readonly rows: readonly PesawayRow[] } | QueryResult;

async function readPage(
  client: PesawayClient,
  window: { readonly start: string; readonly end: string },
  offset: number,
): Promise<PageReading> {
  let missing: StatusReport | null = null;
  for (const path of STATEMENT_PATHS) {
    const answer = await client.call(statementRequest(path, window, offset));
    if (answer.kind === 'lost')
      return pesawayStatementUnknown(answer.evidence.code, withoutStop(answer.evidence.reason));
    if (answer.kind !== 'answer') return answer;
    const { wire, text } = answer;
    const rows = wire.status < 300 ? rowsOf(parseJson(text), wire) : null;
    if (rows !== null) return { kind: 'rows', rows };
    const code = wire.code === '' && wire.status < 300 ? 'unreadable' : pesawayEvidenceCode(wire);
    missing = pesawayStatementUnknown(code, `PesaWay does not show its statement${client.redactor.clause(wire.words)}`);
    // The statement is under one of two paths; only "not found" says that it is under the other.
    if (classOf(wire) !== 404 && wire.status !== 404) return missing;
  }
  return missing ?? pesawayStatementUnknown('unreadable', 'PesaWay does not show its statement');
}

/** A bare list by the guide; under `data` as other answers have it [assumed]. */
function rowsOf(value: unknown, wire: PesawayWireAnswer): readonly PesawayRow[] | null {
  const list: unknown = Array.isArray(value)
    ? value
    : wire.code === '' || classOf(wire) === 200
      ? wire.body?.['data']
      : null;
  if (!Array.isArray(list)) return null;
  const rows: readonly unknown[] = list;
  // A row that cannot be read might be the payment's.
  return rows.every(isObject) ? rows.map(wireObject) : null;
}

/** There is no column for the state: a receipt means that the network paid, none that it is undecided [assumed]. */
function rowReport(
  rows: readonly PesawayRow[],
  { settings, redactor }: PesawayClient,
  payment: PaymentInstruction,
  known: KnownPayment,
): StatusReport {
  for (const row of rows) {
    const amount = row.field('Amount');
    if (amount !== null && decimalMinor(amount, settings.decimals) !== payment.amountMinor) {
      return pesawayStatementUnknown('contradiction', "PesaWay's statement has our reference with another amount");
    }
    const receipt = receiptOf(row.field('Receipt'));
    if (receipt === null) continue;
    const readable = redactor.id(receipt);
    // Where the query has named no id, the statement's is the only one.
    const providerReference = known.providerReference === '' ? redactor.id(row.field('Reference')) : undefined;
    const reason = `PesaWay paid: its statement has the payment with receipt ${readable ?? redactor.text(receipt)}.`;
    return { kind: 'paid', evidence: evidence('statement', reason, { providerReference, receipt: readable }) };
  }
  const reason = "PesaWay's statement has the payment without a receipt: the network has not decided it.";
  return { kind: 'pending', evidence: evidence('no-receipt', reason) };
}

/** `2026-03-02 08:00:00` in the time zone. */
function localTime(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part['year']}-${part['month']}-${part['day']} ${part['hour']}:${part['minute']}:${part['second']}`;
}

function pesawayStatementUnknown(code: string, what: string): StatusReport {
  return { kind: 'unknown', evidence: evidence(code, `${what}. It is asked about again.`) };
}
