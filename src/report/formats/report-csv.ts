import { destinationText } from '../../domain/destination.ts';
import { formatAmount } from '../../domain/money.ts';
import type { LedgerPayment } from '../../ledger/records.ts';
import { CsvWriter } from '../csv.ts';
import { carriedColumns } from './carried-columns.ts';
import type { ReportContext, ReportFormat } from './format.ts';

/** `report.csv`: every payment, in our columns and then in every input column that none of ours says already. */
export const reportCsv: ReportFormat = {
  name: 'report.csv',
  isWritten: 'always',
  open: (context) => {
    const carried = carriedColumns(context.record.header, REPORT_COLUMNS);
    const isText = [
      ...REPORT_COLUMNS.map((column) => !NUMBER_COLUMNS.has(column)),
      ...carried.map((column) => column.isText),
    ];
    const csv = new CsvWriter(',', 'formulas', isText);
    return {
      head: csv.record([...REPORT_COLUMNS, ...carried.map(({ name }) => name)]),
      rows: (page) => {
        return csv.records(
          page.map((payment) => [
            ...ourCells(payment, context),
            ...carried.map(({ position }) => payment.cells[position] ?? ''),
          ]),
        );
      },
      end: () => '',
    };
  },
};

export const REPORT_COLUMNS = [
  ...['line', 'id', 'name', 'destination', 'amount', 'currency', 'status', 'reason', 'next_action', 'account'],
  ...[
    'provider',
    'reference',
    'provider_reference',
    'receipt',
    'code',
    'fee',
    'attempts',
    'generation',
    'sent_at',
    'settled_at',
  ],
] as const;

/** Columns of ours that people add up, or that payrun itself never reads back. */
const NUMBER_COLUMNS: ReadonlySet<string> = new Set([
  ...['line', 'amount', 'currency', 'status', 'fee', 'attempts', 'generation', 'sent_at', 'settled_at'],
]);

function ourCells(payment: LedgerPayment, { nextAction, timestamp }: ReportContext): readonly string[] {
  return [
    String(payment.line),
    payment.id,
    payment.name,
    destinationText(payment.destination),
    formatAmount(payment.amountMinor, payment.currency),
    payment.currency,
    payment.status,
    payment.reason,
    nextAction(payment),
    payment.account,
    payment.provider,
    payment.reference,
    payment.providerReference,
    payment.receipt,
    payment.code,
    payment.feeMinor === null ? '' : formatAmount(payment.feeMinor, payment.currency),
    String(payment.attempts),
    String(payment.generation),
    timestamp(payment.sentAt),
    timestamp(payment.settledAt),
  ];
}
