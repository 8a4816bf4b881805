import type { BatchHeader } from '../../domain/batch.ts';
import { destinationText } from '../../domain/destination.ts';
import { formatAmount } from '../../domain/money.ts';
import type { LedgerPayment } from '../../ledger/records.ts';
import { CsvWriter } from '../csv.ts';
import type { ReportContext, ReportFormat } from './format.ts';

/** `report.csv`: every payment, in our columns and then in every input column that none of ours says already. */
export const reportCsv: ReportFormat = {
  name: 'report.csv',
  isWritten: 'always',
  open: (context) => {
    const { columns, columnFields } = context.record.header;
    const changed = fieldsReadOtherwise(context.record.header);
    const carried = columns.flatMap((name, position) => {
      const field = columnFields[position] ?? '';
      return isCarried(field) || changed.has(field) ? [{ name, position }] : [];
    });
    const isText = [
      ...REPORT_COLUMNS.map((column) => !NUMBER_COLUMNS.has(column)),
      ...carried.map(({ position }) => !['', 'amount'].includes(columnFields[position] ?? '')),
    ];
    const csv = new CsvWriter(',', 'formulas', isText);
    return {
      head: csv.record([...REPORT_COLUMNS, ...carriedNames(carried.map(({ name }) => name))]),
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

/** Fields of which the input says something else than our column: cells that stood for other values, and rounded amounts. */
function fieldsReadOtherwise({ reading, rounded }: BatchHeader): ReadonlySet<string> {
  return new Set([
    ...Object.keys(reading?.values ?? {}).map((field) => field.toLowerCase()),
    ...(rounded === undefined ? [] : ['amount']),
  ]);
}

/** What was read into a field of ours stands in our column of it; for these there is none. */
function isCarried(field: string): boolean {
  return field === '' || field === 'narrative' || field === 'replaces' || field.startsWith('details.');
}

/**
 * An input column with a name of ours becomes `input.<name>`, and once more where the input has that one too. Headers are
 * case-blind to intake, so they are here: a report has no two columns that differ by capitals only.
 */
function carriedNames(names: readonly string[]): readonly string[] {
  const fold = (name: string): string => name.trim().toLowerCase();
  const ours = new Set<string>(REPORT_COLUMNS);
  const taken = new Set<string>([...REPORT_COLUMNS, ...names.map(fold).filter((name) => !ours.has(name))]);
  const given = new Set<string>();
  return names.map((name) => {
    let free = name;
    if (ours.has(fold(name)) || given.has(fold(name))) {
      do free = `input.${free}`;
      while (taken.has(fold(free)) || given.has(fold(free)));
    }
    given.add(fold(free));
    return free;
  });
}
