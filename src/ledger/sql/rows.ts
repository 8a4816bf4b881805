import type { BatchHeader, BatchSummary, BatchTotal } from '../../domain/batch.ts';
import { destinationOf, type DestinationKind } from '../../domain/destination.ts';
import type { Status } from '../../domain/status.ts';
import type { Dialect } from './dialect.ts';
import type { BatchRecord, LedgerPayment, Registration } from '../records.ts';

/** As {@link paymentColumns} selects it, with every integer as a bigint: an amount may be past what a double holds. */
export interface PaymentRow {
  readonly key: bigint;
  readonly batch: string;
  readonly line: bigint;
  readonly account: string;
  readonly provider: string;
  readonly kind: DestinationKind;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly reference: string;
  readonly generation: bigint;
  readonly status: Status;
  readonly attempts: bigint;
  readonly claimed_at: bigint | null;
  readonly sent_at: bigint | null;
  readonly settled_at: bigint | null;
  readonly id: string;
  readonly id_key: string;
  readonly name: string;
  readonly destination: string;
  readonly narrative: string;
  readonly details: string;
  readonly cells: string;
  readonly digest: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly provider_reference: string | null;
  readonly receipt: string | null;
  readonly request_id: string | null;
  readonly fee_minor: bigint | null;
}

export function paymentColumns(sql: Dialect): string {
  return `
  p.key, b.id AS batch, p.line, p.account, p.provider, p.kind, p.currency, p.amount_minor, p.reference, p.generation, p.status,
  p.attempts, p.claimed_at, p.sent_at, p.settled_at, c.id, c.id_key, c.name, c.destination, c.narrative, c.details, c.cells,
  ${sql.hexadecimal('c.digest')} AS digest, e.code, e.reason, e.provider_reference, e.receipt, e.request_id,
  e.fee_minor`;
}

/** What {@link paymentColumns} needs joined to `payments p`. */
export const PAYMENT_JOINS = `
  JOIN batches b ON b.key = p.batch JOIN contents c ON c.key = p.key LEFT JOIN entries e ON e.id = p.evidence`;

export function paymentOf(row: PaymentRow): LedgerPayment {
  // An attempt under way may have left; that it is still open makes it no less of one.
  const isOpen = row.status === 'submitting';
  return {
    id: row.id,
    idKey: row.id_key,
    line: Number(row.line),
    name: row.name,
    destination: destinationOf(row.kind, row.destination),
    amountMinor: row.amount_minor,
    currency: row.currency,
    account: row.account,
    narrative: row.narrative,
    details: detailsOf(row.details),
    cells: JSON.parse(row.cells) as string[],
    batch: row.batch,
    provider: row.provider,
    digest: row.digest,
    status: row.status,
    reference: row.reference,
    generation: Number(row.generation),
    attempts: Number(row.attempts) + (isOpen ? 1 : 0),
    code: row.code ?? '',
    reason: row.reason ?? '',
    providerReference: row.provider_reference ?? '',
    receipt: row.receipt ?? '',
    requestId: row.request_id ?? '',
    feeMinor: row.fee_minor,
    sentAt: numberOrNull(isOpen ? row.claimed_at : row.sent_at),
    settledAt: numberOrNull(row.settled_at),
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
  const { control } = summary.header;
  const stored: StoredRecord = {
    header: {
      ...summary.header,
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
      control:
        control === null ? null : { ...control, sumMinor: control.sumMinor === null ? null : BigInt(control.sumMinor) },
    },
    totals: totals.map((total) => ({ ...total, sumMinor: BigInt(total.sumMinor) })),
    providers,
    count: row.count,
    digest: row.digest,
    registeredAt: row.registered_at,
    organisation: row.organisation,
    revision: row.revision,
  };
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}
