import { isPayrunError } from '../domain/problem.ts';
import type { SheetRow } from '../workbook/cells.ts';
import type { WorkbookSheet } from '../workbook/workbook.ts';
import { isWorkbookFile } from './batch-files.ts';
import { CsvSource } from './csv-file.ts';
import { foldHeader, isField } from './fields.ts';
import { HEADER_LINES, readTable, recordWithColumn } from './header-row.ts';
import { ProblemList } from './problem-list.ts';
import { readReplaces } from './replaces.ts';

/** The batch that the first correction in a file names. */
export interface FileCorrection {
  readonly batch: string;
  /** Of a workbook: the sheet that its rule names; null: the only one with payments. */
  readonly sheet: string | null;
}

/**
 * What a CSV or workbook corrects; null where the file has no column `replaces` or cannot be read: what is wrong with it is reported
 * when it is checked.
 *
 * @param ruleSheet the sheet that the rule for the file's name names; null for none. Where the workbook has it, no other is read.
 */
export async function correctionIn(file: string, ruleSheet: string | null): Promise<FileCorrection | null> {
  try {
    if (/\.csv$/i.test(file)) return await correctionInCsv(file);
    return isWorkbookFile(file) ? await correctionInWorkbook(file, ruleSheet) : null;
  } catch (error) {
    if (!isPayrunError(error)) throw error;
    return null;
  }
}

async function correctionInCsv(file: string): Promise<FileCorrection | null> {
  const problems = new ProblemList();
  const source = new CsvSource({ file, encoding: null }, isFieldHeader, problems);
  for await (const { head, records } of readTable(source, recordWithColumn('replaces'), problems)) {
    const at = head.cells.findIndex(isReplaces);
    if (at < 0) return null;
    for (const { cells } of records) {
      const batch = correctedBatch(cells[at]);
      if (batch !== null) return { batch, sheet: null };
    }
  }
  return null;
}

async function correctionInWorkbook(file: string, ruleSheet: string | null): Promise<FileCorrection | null> {
  // Loaded here, because most commands read no workbook and would wait for its readers.
  const { sheetNamed } = await import('./sheet-choice.ts');
  const { openWorkbookFile } = await import('./workbook-file.ts');
  const { WorkbookFault } = await import('../workbook/fault.ts');
  try {
    const sheets = await openWorkbookFile(file);
    const named = ruleSheet === null ? undefined : sheetNamed(sheets, ruleSheet);
    for (const sheet of named === undefined ? sheets : [named]) {
      // A hidden sheet is never paid.
      const batch = sheet.isHidden ? null : await batchCorrectedIn(sheet);
      if (batch !== null) return { batch, sheet: named?.name ?? null };
    }
  } catch (error) {
    if (!(error instanceof WorkbookFault)) throw error;
  }
  return null;
}

async function batchCorrectedIn(sheet: WorkbookSheet): Promise<string | null> {
  let column: number | null = null;
  const textAt = (row: SheetRow): string | undefined => row.cells.find((cell) => cell.column === column)?.text;
  for await (const rows of (await sheet.read()).pages()) {
    for (const row of rows) {
      if (column !== null) {
        const batch = correctedBatch(textAt(row));
        if (batch !== null) return batch;
        continue;
      }
      if (row.number > HEADER_LINES) return null;
      column = row.cells.find(({ text }) => isReplaces(text))?.column ?? null;
    }
  }
  return null;
}

/** The batch of a cell `BATCH/ID`, with or without the apostrophe that guards it from a spreadsheet. */
function correctedBatch(cell = ''): string | null {
  return readReplaces(cell.trim().replace(/^'/, ''))?.batch ?? null;
}

function isReplaces(header: string): boolean {
  return foldHeader(header) === 'replaces';
}

function isFieldHeader(header: string): boolean {
  return isField(foldHeader(header));
}
