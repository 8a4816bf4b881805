import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';

/** Whether a file in the drop folder is a batch, by its name: not what editors and spreadsheets leave beside one. */
export function isBatchFile(name: string): boolean {
  const base = basename(name);
  if (isLeftBeside(base)) return false;
  return /\.(?:ya?ml|csv|xls[xm]|xml)$/i.test(base);
}

/** Whether a file is a workbook that payrun reads, by its name. Macros of an .xlsm are never run. */
export function isWorkbookFile(name: string): boolean {
  return /\.xls[xm]$/i.test(name);
}

/** Whether a file is an ISO 20022 message, by its name. */
export function isMessageFile(name: string): boolean {
  return /\.xml$/i.test(name);
}

/** What other spreadsheet programs and older ones save, by the ending of the name. */
const OTHER_SPREADSHEETS: Readonly<Record<string, string>> = {
  ods: 'an OpenDocument spreadsheet',
  ots: 'an OpenDocument template',
  fods: 'an OpenDocument spreadsheet',
  sxc: 'a spreadsheet of OpenOffice 1',
  xls: 'a workbook of the old kind',
  xlt: 'a template of the old kind',
  xlsb: 'a binary workbook',
  xltx: 'a template of a workbook',
  xltm: 'a template of a workbook',
  numbers: 'a Numbers document',
  gnumeric: 'a Gnumeric spreadsheet',
  et: 'a WPS spreadsheet',
};

/**
 * What a file is that holds a spreadsheet which payrun does not read; null for every other file. People who are to be paid may stand
 * in it, so that a sweep names it instead of passing over it.
 */
export function otherSpreadsheet(name: string): string | null {
  const base = basename(name);
  const ending = /\.([a-z]{2,8})$/i.exec(base)?.[1];
  if (ending === undefined || isLeftBeside(base)) return null;
  return OTHER_SPREADSHEETS[ending.toLowerCase()] ?? null;
}

/** Hidden files, office locks (`~$x.csv`, `.~lock.x.csv#`), and our own configuration. */
function isLeftBeside(base: string): boolean {
  return /^[.~#]/.test(base) || /^payrun\.ya?ml$/i.test(base);
}

/** The columns of a file of proposed repairs, in their order. */
export const REPAIR_COLUMNS = ['line', 'column', 'id', 'before', 'after', 'why', 'accept'] as const;

const REPAIR_HEADER = REPAIR_COLUMNS.join(',');

/** Room for a byte-order mark, quotes around every header and a line that names the delimiter. */
const HEADER_BYTES = 256;

/**
 * Whether a file is one of proposed repairs, by its header, whatever a spreadsheet made of its delimiters and quotes. No batch has
 * that header, for it has no amounts. Synchronous, because a sweep asks for a thousand files.
 */
export function isRepairFile(file: string): boolean {
  if (!/\.csv$/i.test(file)) return false;
  let handle: number | null = null;
  try {
    // Neither a link nor a pipe is read.
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!fstatSync(handle).isFile()) return false;
    const buffer = Buffer.alloc(HEADER_BYTES);
    const text = buffer.toString('utf8', 0, readSync(handle, buffer, 0, HEADER_BYTES, 0));
    const [header = ''] = text.replace(/^\uFEFF?(?:"?sep=.*\r?\n)?/i, '').split(/[\r\n]/, 1);
    return (
      header
        .replace(/["' ]/g, '')
        .replace(/[;\t|]/g, ',')
        .toLowerCase() === REPAIR_HEADER
    );
  } catch {
    // What cannot be read is reported as the batch that it may be.
    return false;
  } finally {
    if (handle !== null) closeSync(handle);
  }
}
