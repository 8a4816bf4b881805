import type { NumberFormat } from './csv-defaults.ts';

/** How an account's provider writes its statements, from `statement:` of the configuration. */
export interface StatementForm {
  /** Field of ours → header in the file; a field that is left out has its own name as header. */
  readonly columns: Readonly<Partial<Record<StatementField, string>>>;
  /** Words of the status column that mean paid, in lower case; empty: every row is paid. */
  readonly paid: readonly string[];
  readonly encoding: 'windows-1252' | null;
  readonly numberFormat: NumberFormat | null;
}

export const STATEMENT_FIELDS = ['reference', 'provider_reference', 'amount', 'currency', 'status'] as const;

export type StatementField = (typeof STATEMENT_FIELDS)[number];

/** One row of a provider's statement. */
export interface StatementRow {
  /** Physical line, from 1. */
  readonly line: number;
  /** The whole text of the cell; a note may hold more than our reference. */
  readonly reference: string;
  readonly providerReference: string;
  /** Without its sign. */
  readonly amountMinor: bigint;
  /** Written with a minus: money that went out in some statements, and money that came back in others. */
  readonly isNegative: boolean;
  readonly currency: string;
  readonly status: string;
  /** Whether the row reports a payment that was made. */
  readonly isPaid: boolean;
}
