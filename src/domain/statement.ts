import type { NumberFormat } from './csv-defaults.ts';

/** How an account's provider writes its statements, from `statement:` of the configuration. */
export interface StatementForm {
  /** A bank's format that needs no columns; left out: a table. */
  readonly format?: BankFormat;
  /** Field of ours → header in the file; a field that is left out is looked for under its usual names. */
  readonly columns: Readonly<Partial<Record<StatementField, string>>>;
  /** Words of the status column that mean paid, in lower case; empty: every row is paid. */
  readonly paid: readonly string[];
  /** What means money out: a sign of the amount, words of the direction column in lower case, or null: the columns show it. */
  readonly out: 'negative' | 'positive' | readonly string[] | null;
  readonly encoding: 'windows-1252' | null;
  readonly numberFormat: NumberFormat | null;
}

/** SWIFT MT940, ISO 20022 camt.053. */
export type BankFormat = 'mt940' | 'camt053';

export const STATEMENT_FIELDS = [
  'reference',
  'provider_reference',
  'amount',
  'currency',
  'status',
  'paid_in',
  'linked_receipt',
  'direction',
  'recipient',
  'time',
  'reason',
] as const;

export type StatementField = (typeof STATEMENT_FIELDS)[number];

/** The organisation statement of Safaricom's M-PESA portal; the setting `statement: mpesa-organisation`. */
export const MPESA_ORGANISATION: StatementForm = {
  columns: {
    reference: 'Details',
    provider_reference: 'Receipt No.',
    amount: 'Withdrawn',
    status: 'Transaction Status',
    paid_in: 'Paid In',
  },
  paid: ['completed'],
  out: null,
  encoding: null,
  numberFormat: '1,250.50',
};

/**
 * What a row says of the way that its money went. `column-out` is an amount in a column of money out, `signed` one in a column of
 * both: which sign is out there, only the whole statement shows.
 */
export type StatementSide = 'out' | 'in' | 'column-out' | 'signed' | 'none';

/** One row of a provider's statement. */
export interface StatementRow {
  /** Physical line, from 1. */
  readonly line: number;
  /** The whole text of the cell; a note may hold more than our reference. */
  readonly reference: string;
  readonly providerReference: string;
  /** The receipt of the payment that this row belongs to, where the statement names it in a column of its own. */
  readonly linkedReceipt: string;
  /** Without its sign; 0 where the row moved nothing, or money in a column that is not known. */
  readonly amountMinor: bigint;
  /** Written with a minus. */
  readonly isNegative: boolean;
  readonly side: StatementSide;
  /** The statement itself, by more than words, marks the row as a reversal or a return of an earlier one. */
  readonly isReversal: boolean;
  readonly currency: string;
  readonly status: string;
  /** Whether the row reports money that was moved. */
  readonly isPaid: boolean;
  /** Name, phone or account of the other party, as the statement shows it. */
  readonly recipient: string;
  /** The provider's word for the kind of the row. */
  readonly reason: string;
  /** As it stands in the statement. */
  readonly time: string;
}
