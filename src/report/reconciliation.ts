import { formatAmount } from '../domain/money.ts';
import type { StatementRow } from '../domain/statement.ts';
import type { LedgerPayment } from '../ledger/records.ts';
import { writeCsvFile } from './csv-file.ts';
import { reportFolder } from './folder.ts';

/** One line of `reconciliation.csv`. */
export interface ReconciliationLine {
  readonly kind: string;
  readonly payment: Pick<
    LedgerPayment,
    'id' | 'line' | 'reference' | 'providerReference' | 'status' | 'amountMinor' | 'currency'
  > | null;
  readonly row: StatementRow | null;
  /** What was done about it, in one word; empty for nothing. */
  readonly applied: string;
  readonly nextAction: string;
}

const RECONCILIATION_FILE = 'reconciliation.csv';
const RECONCILIATION_COLUMNS = [
  ...['finding', 'id', 'line', 'reference', 'provider_reference', 'status', 'amount', 'currency', 'statement_line'],
  ...['statement_reference', 'statement_provider_reference', 'statement_amount', 'statement_currency'],
  ...['statement_status', 'applied', 'next_action'],
] as const;

/** Writes `reconciliation.csv` whole or not at all; returns its path. */
export async function writeReconciliation(request: {
  readonly folder: string;
  readonly batch: string;
  readonly lines: readonly ReconciliationLine[];
}): Promise<string> {
  return writeCsvFile({
    folder: await reportFolder(request.folder, request.batch),
    name: RECONCILIATION_FILE,
    columns: RECONCILIATION_COLUMNS,
    rows: request.lines,
    cells: cellsOf,
  });
}

function cellsOf({ kind, payment, row, applied, nextAction }: ReconciliationLine): string[] {
  return [
    kind,
    payment?.id ?? '',
    payment === null ? '' : String(payment.line),
    payment?.reference ?? '',
    payment?.providerReference ?? '',
    payment?.status ?? '',
    payment === null ? '' : formatAmount(payment.amountMinor, payment.currency),
    payment?.currency ?? '',
    row === null ? '' : String(row.line),
    row?.reference ?? '',
    row?.providerReference ?? '',
    row === null ? '' : formatAmount(row.amountMinor, row.currency),
    row?.currency ?? '',
    row?.status ?? '',
    applied,
    nextAction,
  ];
}
