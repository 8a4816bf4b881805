import type { BatchHeader, BatchSummary, BatchTotal } from '../../domain/batch.ts';
import { destinationOf, type DestinationKind } from '../../domain/destination.ts';
import type { Status } from '../../domain/status.ts';
import type { Dialect } from './dialect.ts';
import type { BatchRecord, LedgerPayment, Registration } from '../records.ts';

/** Values of {@link paymentColumns}. Amounts are texts: they may be past what a double holds. */
export type PaymentValues = readonly [
  key: number,
  batch: string,
  line: number,
  account: string,
  provider: string,
  kind: DestinationKind,
  currency: string,
  amountMinor: string,
  reference: string,
  generation: number,
  status: Status,
  attempts: number,
  claimedAt: number | null,
  sentAt: number | null,
  settledAt: number | null,
  id: string,
  idKey: string,
  name: string,
  destination: string,
  narrative: string,
  details: string,
  cells: string,
  digest: string,
  code: string | null,
  reason: string | null,
  providerReference: string | null,
  receipt: string | null,
  requestId: string | null,
  feeMinor: string | null,
  isCancelledByPerson: number,
  place: string | null,
];

export function paymentColumns(sql: Dialect): string {
  return `
  p.key, b.id, p.line, p.account, p.provider, p.kind, p.currency, CAST(p.amount_minor AS TEXT), p.reference, p.generation, p.status,
  p.attempts, p.claimed_at, p.sent_at, p.settled_at, c.id, c.id_key, c.name, c.destination, c.narrative, c.details, c.cells,
  ${sql.hexadecimal('c.digest')}, e.code, e.reason, e.provider_reference, e.receipt, e.request_id, CAST(e.fee_minor AS TEXT),
  p.cancelled_by_person, p.place`;
}

/** What {@link paymentColumns} needs joined to `payments p`. */
export const PAYMENT_JOINS = `
  JOIN batches b ON b.key = p.batch JOIN contents c ON c.key = p.key LEFT JOIN entries e ON e.id = p.evidence`;

/** A payment and its key, which callers do not see. */
export interface StoredPayment {
  readonly key: number;
  readonly payment: LedgerPayment;
}

/** @param values of {@link paymentColumns}; values of further columns may follow. */
export function storedPayment(values: readonly [...PaymentValues, ...unknown[]]): StoredPayment {
  // An attempt under way may have left; that it is still open makes it no less of one.
  const isOpen = values[10] === 'submitting';
  const fee = values[28];
  return {
    key: values[0],
    payment: {
      id: values[15],
      idKey: values[16],
      line: values[2],
      name: values[17],
      destination: destinationOf(values[5], values[18]),
      amountMinor: BigInt(values[7]),
      currency: values[6],
      account: values[3],
      narrative: values[19],
      details: detailsOf(values[20]),
      cells: JSON.parse(values[21]) as string[],
      batch: values[1],
      provider: values[4],
      digest: values[22],
      status: values[10],
      isCancelledByPerson: values[29] === 1,
      reference: values[8],
      generation: values[9],
      attempts: values[11] + (isOpen ? 1 : 0),
      code: values[23] ?? '',
      reason: values[24] ?? '',
      providerReference: values[25] ?? '',
      receipt: values[26] ?? '',
      requestId: values[27] ?? '',
      feeMinor: fee === null ? null : BigInt(fee),
      sentAt: isOpen ? values[12] : values[13],
      settledAt: values[14],
      place: values[30],
    },
  };
}

/** Most payments have no details: an empty text is shorter to store and to read. */
export function detailsText(details: Readonly<Record<string, string>>): string {
  return Object.keys(details).length === 0 ? '' : JSON.stringify(details);
}

export function detailsOf(text: string): Record<string, string> {
  return text === '' ? {} : (JSON.parse(text) as Record<string, string>);
}

export interface BatchRow {
  readonly id: string;
  readonly registered_at: number;
  readonly organisation: string;
  readonly digest: string;
  readonly count: number;
  readonly record: string;
  readonly revision: number;
  readonly is_time_trusted: number;
  readonly series: string | null;
  readonly occurrence: string | null;
}

/** `batches.record`: row format 1. Sums are texts, since JSON has no 64-bit integers. */
interface StoredRecord {
  readonly header: Omit<BatchHeader, 'control'> & {
    readonly control: {
      readonly count: number | null;
      readonly sumMinor: string | null;
      readonly currency: string;
    } | null;
  };
  readonly totals: readonly (Omit<BatchTotal, 'sumMinor'> & { readonly sumMinor: string })[];
  readonly providers: Readonly<Record<string, string>>;
}

export function recordText(summary: BatchSummary, providers: Registration['providers']): string {
  const { header } = summary;
  const { control } = header;
  const stored: StoredRecord = {
    header: {
      ...header,
      control: control === null ? null : { ...control, sumMinor: control.sumMinor?.toString() ?? null },
    },
    totals: summary.totals.map((total) => ({ ...total, sumMinor: total.sumMinor.toString() })),
    providers,
  };
  return JSON.stringify(stored);
}

export function recordOf(row: BatchRow): BatchRecord {
  const { header, totals, providers } = JSON.parse(row.record) as StoredRecord;
  const { control } = header;
  return {
    header: {
      ...header,
      series: row.series,
      occurrence: row.occurrence,
      control:
        control === null ? null : { ...control, sumMinor: control.sumMinor === null ? null : BigInt(control.sumMinor) },
    },
    totals: totals.map((total) => ({ ...total, sumMinor: BigInt(total.sumMinor) })),
    providers,
    count: row.count,
    digest: row.digest,
    registeredAt: row.registered_at,
    isTimeTrusted: row.is_time_trusted === 1,
    organisation: row.organisation,
    revision: row.revision,
  };
}
