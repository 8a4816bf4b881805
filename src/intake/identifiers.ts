import { foldId } from '../domain/reference.ts';
import { quotable } from './shape.ts';

export const ID_MAX = 64;

/** What most ids look like; for these the folding is a mere change of case. */
const PLAIN_ID = /^[!-&(-~][!-~]{0,63}$/;

// Everything that prints nothing: control and format characters, lone surrogates, private use, line separators, and the
// fillers and selectors that Unicode calls default-ignorable. Two ids that differ in these look the same to a person.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

export type IdFault = 'empty' | 'too-long' | 'invisible';

/** An id as written (trimmed) with the key under which it must be unique. */
export type IdReading =
  | { readonly ok: true; readonly id: string; readonly idKey: string; readonly twinKey: string }
  | { readonly ok: false; readonly fault: IdFault };

/** @param text trimmed, spreadsheets' leading apostrophe already taken off. */
export function readId(text: string): IdReading {
  if (PLAIN_ID.test(text)) {
    const idKey = text.toLowerCase();
    return { ok: true, id: text, idKey, twinKey: idKey };
  }
  const id = text.normalize('NFC');
  if (id === '') return { ok: false, fault: 'empty' };
  if (INVISIBLE.test(id)) return { ok: false, fault: 'invisible' };
  if (codePoints(id) > ID_MAX) return { ok: false, fault: 'too-long' };
  const idKey = foldId(id);
  // `EMP 1` and `EMP1` are two keys, but no payer means two people by them.
  return idKey === '' ? { ok: false, fault: 'empty' } : { ok: true, id, idKey, twinKey: idKey.replace(/\s+/g, '') };
}

const BATCH_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export function isBatchId(id: string): boolean {
  return BATCH_ID.test(id);
}

/** The id that a bare CSV or workbook has by its name: `Payroll Nov (1).csv` → `payroll-nov-1`. It may still be no {@link isBatchId}. */
export function batchIdOfFile(baseName: string): string {
  return batchIdOfText(baseName.replace(/\.(?:csv|xls[xm]|xml)$/i, ''));
}

/** As {@link batchIdOfFile}, of any text: `MSG/2026/11` → `msg-2026-11`. */
export function batchIdOfText(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** What a batch id may be, for the end of a message about one that may not. */
export function batchIdRule(id: string): string {
  return `"${quotable(id)}" cannot be a batch id: 1 to 64 of a-z, 0-9, point, underscore and hyphen, beginning with a letter or digit.`;
}

/** Length as people and providers count it: an astral character is one. */
export function codePoints(text: string): number {
  return Array.from(text).length;
}
