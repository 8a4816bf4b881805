import type { InputEncoding } from '../../domain/batch.ts';
import type { BatchRecord, LedgerPayment } from '../../ledger/records.ts';
import { CsvWriter } from '../csv.ts';
import { byteOrderMark, encodedText } from '../encoding.ts';
import type { ReportFormat } from './format.ts';

/**
 * `BATCH-failed.csv`: the failed rows, and those that the provider cancelled, as they came and under the input's own header, so that
 * they can be corrected and run. The first column says which row each corrects. What may have been paid is never among them.
 */
export const failedCsv: ReportFormat = {
  name: 'failed.csv',
  fileName: (batch) => `${batch}-failed.csv`,
  isWritten: 'with-rows',
  isForEditing: true,
  open: ({ record }) => {
    const { header } = record;
    // The input may be a correction itself: then its own column names a row that another one has replaced since.
    const positions = [...header.columns.keys()].filter((at) => !isReplacesColumn(header, at));
    const isText = [true, ...positions.map((at) => !['', 'amount'].includes(header.columnFields[at] ?? ''))];
    const csv = new CsvWriter(header.delimiter || ',', comesFromCsv(record) ? 'formulas' : 'text', isText);
    return {
      head:
        byteOrderMark(failedEncodingOf(record)) +
        csv.record(['replaces', ...positions.map((at) => header.columns[at] ?? '')]),
      rows: (page) => {
        const failed = page.filter(isToBeCorrected);
        return csv.records(
          failed.map(({ batch, id, cells }) => [`${batch}/${id}`, ...positions.map((at) => cells[at] ?? '')]),
        );
      },
      end: () => '',
    };
  },
  encode: (text, record) => encodedText(text, failedEncodingOf(record)),
};

function failedEncodingOf({ header }: BatchRecord): InputEncoding {
  return header.reading?.encoding ?? 'utf-8';
}

function isToBeCorrected({ status, isCancelledByPerson }: LedgerPayment): boolean {
  return status === 'failed' || (status === 'cancelled' && isCancelledByPerson !== true);
}

function isReplacesColumn({ columns, columnFields }: BatchRecord['header'], at: number): boolean {
  return columnFields[at] === 'replaces' || columns[at]?.trim().toLowerCase() === 'replaces';
}

/**
 * In a CSV an apostrophe in front of a cell is a spreadsheet's and is read away; in YAML it is part of the text. The file of failed
 * rows is a CSV either way and has to mean the same.
 */
function comesFromCsv({ header }: BatchRecord): boolean {
  return header.rowsFile !== null || !/\.(?:ya?ml|xml)$/i.test(header.file);
}
