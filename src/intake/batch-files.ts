import { basename } from 'node:path';

/** Whether a file in the drop folder is a batch, by its name: not what editors and spreadsheets leave beside one. */
export function isBatchFile(name: string): boolean {
  const base = basename(name);
  if (isLeftBeside(base)) return false;
  return /\.(?:ya?ml|csv|xls[xm])$/i.test(base);
}

/** Whether a file is a workbook that payrun reads, by its name. Macros of an .xlsm are never run. */
export function isWorkbookFile(name: string): boolean {
  return /\.xls[xm]$/i.test(name);
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
