import { destinationText } from '../../domain/destination.ts';
import { formatAmount } from '../../domain/money.ts';
import { CsvWriter } from '../csv.ts';
import type { PlanFormat } from '../plan-document.ts';
import { carriedColumns } from './carried-columns.ts';

const PLAN_COLUMNS = [
  ...['line', 'id', 'name', 'destination', 'amount', 'currency', 'status', 'account', 'provider', 'reference'],
] as const;

/** Columns that people add up, or that have a word of ours. */
const PLAIN_COLUMNS: ReadonlySet<string> = new Set(['line', 'amount', 'currency', 'status']);

/** `plan.csv`: every payment under the names of report.csv, then every input column that none of these says already. */
export const planCsv: PlanFormat = {
  ending: '.csv',
  mark: PLAN_COLUMNS.join(','),
  open: ({ header }) => {
    const carried = carriedColumns(header, PLAN_COLUMNS);
    const isText = [
      ...PLAN_COLUMNS.map((column) => !PLAIN_COLUMNS.has(column)),
      ...carried.map((column) => column.isText),
    ];
    const csv = new CsvWriter(',', 'formulas', isText);
    return {
      head: csv.record([...PLAN_COLUMNS, ...carried.map(({ name }) => name)]),
      rows: (page) =>
        csv.records(
          page.map(({ line, id, name, destination, amountMinor, currency, ...row }) => [
            ...[String(line), id, name, destinationText(destination), formatAmount(amountMinor, currency), currency],
            ...[row.status, row.account, row.provider, row.reference],
            ...carried.map(({ position }) => row.cells[position] ?? ''),
          ]),
        ),
      end: '',
    };
  },
};
