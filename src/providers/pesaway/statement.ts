import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence } from '../kit/redaction.ts';
import { decimalMinor, isObject, parseJson } from '../kit/json.ts';
import type { QueryResult, KnownPayment } from '../port.ts';
import { classOf, evidenceCode, wireObject, type WireAnswer } from './envelope.ts';
import type { Line } from './line.ts';
import { receiptOf } from './result.ts';
import type { Settings } from './settings.ts';
import { STATEMENT_PATHS, statementRequest } from './wire.ts';

/** At most so many rows come at once; a page of fewer is the last. */
const PAGE_ROWS = 100;

const DAY_MS = 86_400_000;

type Row = Pick<WireAnswer, 'field'>;

/**
 * Looks for a payment in PesaWay's statement: the documented way to find one by our own reference. That it is not there, after the
 * query did not know it either, is evidence that the request never arrived.
 */
export async function askStatement(line: Line, payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
  const { settings, setup } = line;
  const window = statementWindow(known.sentAt, setup.clock.now(), settings);
  let offset = 0;
  for (let page = 1; page <= settings.statement.pagesMax; page++) {
    const read = await readPage(line, window, offset);
    if (read.kind !== 'rows') return read;
    const found = read.rows.filter((row) => row.field('ExternalReference') === payment.reference);
    if (found.length > 0) return rowFinding(found, line, payment, known);
    if (read.rows.length < PAGE_ROWS) {
      const reason = 'PesaWay knows no such payment: neither its query nor its statement has our reference.';
      return { kind: 'not-found', evidence: evidence('not-in-statement', reason) };
    }
    offset += read.rows.length;
  }
  const reason = `PesaWay's statement has more than ${settings.statement.pagesMax} pages and was not read to its end`;
  return unknown('statement-too-long', reason);
}

/**
 * Two hours wider than the payment's day on both sides: the request names no zone [assumed: Africa/Nairobi], and rows may be dated
 * by their start or by their end.
 */
export function statementWindow(
  sentAt: number,
  now: number,
  { statement }: Settings,
): { readonly start: string; readonly end: string } {
  const { marginMs, timeZone, dates } = statement;
  const end = Math.min(now, sentAt + DAY_MS) + marginMs;
  switch (dates) {
    case 'time':
      return { start: localTime(sentAt - marginMs, timeZone), end: localTime(end, timeZone) };
    case 'day':
      // Whether the last day is included is not said: one more is.
      return {
        start: localTime(sentAt - marginMs, timeZone).slice(0, 10),
        end: localTime(end + DAY_MS, timeZone).slice(0, 10),
      };
  }
}

type PageReading = { readonly kind: 'rows'; readonly rows: readonly Row[] } | QueryResult;

async function readPage(
  line: Line,
  window: { readonly start: string; readonly end: string },
  offset: number,
): Promise<PageReading> {
  let missing: StatusReport | null = null;
  for (const path of STATEMENT_PATHS) {
    const asked = await line.ask(statementRequest(path, window, offset));
    if (asked.kind === 'lost') return unknown(asked.evidence.code, asked.evidence.reason.replace(/\.$/, ''));
    if (asked.kind !== 'answer') return asked;
    const { wire, text } = asked;
    const rows = wire.status < 300 ? rowsOf(parseJson(text), wire) : null;
    if (rows !== null) return { kind: 'rows', rows };
    const code = wire.code === '' && wire.status < 300 ? 'unreadable' : evidenceCode(wire);
    missing = unknown(code, `PesaWay does not show its statement${line.redactor.clause(wire.words)}`);
    // Seen under either path; nothing but "not found" says that it is the other.
    if (classOf(wire) !== 404 && wire.status !== 404) return missing;
  }
  return missing ?? unknown('unreadable', 'PesaWay does not show its statement');
}

/** A bare list by the guide; under `data` as other answers have it [assumed]. */
function rowsOf(value: unknown, wire: WireAnswer): readonly Row[] | null {
  const list: unknown = Array.isArray(value)
    ? value
    : wire.code === '' || classOf(wire) === 200
      ? wire.body?.['data']
      : null;
  if (!Array.isArray(list)) return null;
  const rows: readonly unknown[] = list;
  // A row that cannot be read might be the one that is looked for.
  return rows.every(isObject) ? rows.map(wireObject) : null;
}

/** There is no column for the state: a receipt means that the network paid, none that it is undecided [assumed]. */
function rowFinding(
  rows: readonly Row[],
  { settings, redactor }: Line,
  payment: PaymentInstruction,
  known: KnownPayment,
): StatusReport {
  for (const row of rows) {
    const amount = row.field('Amount');
    if (amount !== null && decimalMinor(amount, settings.decimals) !== payment.amountMinor) {
      return unknown('contradiction', "PesaWay's statement has our reference with another amount");
    }
    const receipt = receiptOf(row.field('Receipt'));
    if (receipt === null) continue;
    // Where the query has told no id, the statement's is the only one that there is.
    const providerReference = known.providerReference === '' ? redactor.id(row.field('Reference')) : undefined;
    const reason = `PesaWay paid: its statement has the payment with receipt ${redactor.text(receipt)}.`;
    return {
      kind: 'paid',
      evidence: evidence('statement', reason, { providerReference, receipt: redactor.id(receipt) }),
    };
  }
  const reason = "PesaWay's statement has the payment without a receipt: the network has not decided it.";
  return { kind: 'pending', evidence: evidence('no-receipt', reason) };
}

/** `2026-03-02 08:00:00` as clocks on the wall show it there. */
function localTime(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part['year']}-${part['month']}-${part['day']} ${part['hour']}:${part['minute']}:${part['second']}`;
}

function unknown(code: string, what: string): StatusReport {
  return { kind: 'unknown', evidence: evidence(code, `${what}. It is asked about again.`) };
}
