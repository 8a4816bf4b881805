import { stat } from 'node:fs/promises';
import { openWorkbook, type WorkbookSheet } from '../workbook/workbook.ts';
import { readBytes } from './bytes.ts';

/** A workbook is held in memory as it stands on disk. */
const WORKBOOK_MAX_BYTES = 128 * 1024 * 1024;

/** The workbook that was opened last, for as long as the memory is not needed. */
let latest: { readonly key: string; readonly sheets: WeakRef<readonly WorkbookSheet[]> } | null = null;

/**
 * The sheets of a workbook file. A command that reads one file more than once (what it corrects, its payments, the payments again) unpacks its texts
 * once, unless the file has changed.
 *
 * Throws `WorkbookFault` where it cannot be read as one, and `PayrunError` as {@link readBytes} does.
 */
export async function openWorkbookFile(file: string): Promise<readonly WorkbookSheet[]> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  const key = found === null ? '' : [file, found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
  const known = latest?.key === key ? latest.sheets.deref() : undefined;
  if (known !== undefined) return known;
  const sheets = await openWorkbook(await readBytes(file, WORKBOOK_MAX_BYTES));
  latest = { key, sheets: new WeakRef(sheets) };
  return sheets;
}
