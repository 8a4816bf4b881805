import type { Row, RowReader } from './row.ts';

/** Most names: nothing to normalise. */
const SINGLE_SPACED = /^[!-~]+(?: [!-~]+)*$/;

/** Text for people in one spelling: composed characters, one space where there are several or a line break. */
export function singleSpaced(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

export function narrativeCut(max: number): string {
  return `Only the first ${max} characters of the narrative reach the recipient. Shorten it if the end matters.`;
}

/** Whether text for people holds characters that cannot be seen (line breaks aside: they count as spaces). */
export function hasControlCharacter(text: string): boolean {
  return /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069\uFEFF]/u.test(text.replace(/\s+/g, ' '));
}

/** A name or narrative in one spelling, or null when it holds something invisible: that is reported. */
export function checkText(reader: RowReader, row: Row, field: 'name' | 'narrative', position: number): string | null {
  const text = reader.text(row, position);
  if (text === '' || SINGLE_SPACED.test(text)) return text;
  if (hasControlCharacter(text)) {
    const message = `The ${field} holds an invisible control character. Type it again.`;
    reader.error(row, field, `${field}-control-character`, message);
    return null;
  }
  return singleSpaced(text);
}
