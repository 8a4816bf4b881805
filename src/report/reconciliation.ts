import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
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
    'batch' | 'id' | 'line' | 'reference' | 'providerReference' | 'status' | 'amountMinor' | 'currency'
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

/** Of all batches of an account: no batch has such an id, so that no batch's reports stand there. */
const STATEMENTS_FOLDER = '_statements';

interface ReconciliationRequest<Row> {
  readonly folder: string;
  readonly rows: Iterable<Row>;
  /** Called once for each row. */
  lineOf(row: Row): ReconciliationLine;
}

/** Writes `reconciliation.csv` of a batch whole or not at all; returns its path. */
export async function writeReconciliation<Row>(
  request: ReconciliationRequest<Row> & { readonly batch: string },
): Promise<string> {
  return writeCsvFile({
    folder: await reportFolder(request.folder, request.batch),
    name: RECONCILIATION_FILE,
    columns: RECONCILIATION_COLUMNS,
    rows: request.rows,
    cells: (row) => cellsOf(request.lineOf(row)),
  });
}

/** Writes `_statements/<account>-<file>.csv`, with a column for the batch, whole or not at all; returns its path. */
export async function writeStatementReport<Row>(
  request: ReconciliationRequest<Row> & { readonly account: string; readonly statement: string },
): Promise<string> {
  const folder = join(request.folder, STATEMENTS_FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return writeCsvFile({
    folder,
    name: `${request.account}-${basename(request.statement).replace(/\.csv$/i, '')}.csv`,
    columns: ['finding', 'batch', ...RECONCILIATION_COLUMNS.slice(1)],
    rows: request.rows,
    cells: (row) => {
      const line = request.lineOf(row);
      const [finding = '', ...others] = cellsOf(line);
      return [finding, line.payment?.batch ?? '', ...others];
    },
  });
}

function cellsOf({ kind, payment, row, applied, nextAction }: ReconciliationLine): string[] {
  const amount = payment === null ? '' : formatAmount(payment.amountMinor, payment.currency);
  return [
    kind,
    payment?.id ?? '',
    payment === null ? '' : String(payment.line),
    payment?.reference ?? '',
    payment?.providerReference ?? '',
    payment?.status ?? '',
    amount,
    payment?.currency ?? '',
    row === null ? '' : String(row.line),
    row?.reference ?? '',
    row?.providerReference ?? '',
    row === null ? '' : isSameMoney(row, payment) ? amount : formatAmount(row.amountMinor, row.currency),
    row?.currency ?? '',
    row?.status ?? '',
    applied,
    nextAction,
  ];
}

function isSameMoney(row: StatementRow, payment: ReconciliationLine['payment']): boolean {
  return payment !== null && row.amountMinor === payment.amountMinor && row.currency === payment.currency;
}
