import type { BatchRecord } from '../../ledger/records.ts';
import { CsvWriter } from '../csv.ts';
import type { ReportFormat } from './format.ts';

/** `failed.csv`: the failed and the cancelled rows as they came, under the input's own header, so that they can be corrected and run. */
export const failedCsv: ReportFormat = {
  name: 'failed.csv',
  isWritten: 'with-rows',
  open: ({ record }) => {
    const { header } = record;
    const csv = new CsvWriter(header.delimiter || ',', comesFromCsv(record) ? 'formulas' : 'text');
    return {
      head: csv.record(header.columns),
      rows: (page) => {
        const failed = page.filter(({ status }) => status === 'failed' || status === 'cancelled');
        return csv.records(failed.map(({ cells }) => cells));
      },
      end: () => '',
    };
  },
};

/**
 * In a CSV an apostrophe in front of a cell is a spreadsheet's and is read away; in YAML it is part of the text. `failed.csv` is
 * a CSV either way and has to mean the same.
 */
function comesFromCsv({ header }: BatchRecord): boolean {
  return header.rowsFile !== null || !/\.ya?ml$/i.test(header.file);
}
