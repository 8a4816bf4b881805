import { textDamage, ungarbled, type TextDamage } from './garbled.ts';
import type { Row, RowReader } from './row.ts';
import { quotable } from './shape.ts';

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
  const damage = textDamage(text);
  if (damage === null) return singleSpaced(text);
  const message = damageText(field, text, damage);
  // A bank compares names; a narrative is only read.
  if (field === 'narrative') reader.warning(row, field, `narrative-${damage}`, message);
  else reader.error(row, field, `name-${damage}`, message);
  return field === 'narrative' ? singleSpaced(text) : null;
}

function damageText(field: string, text: string, damage: TextDamage): string {
  const reading = `The ${field} reads "${quotable(text)}"`;
  if (damage === 'letters-lost') return `${reading}: a letter was lost where it could not be read. Type it again.`;
  const meant = ungarbled(text);
  const guess = meant === null ? '' : `, perhaps "${quotable(meant)}"`;
  return `${reading}: letters were saved in one encoding and read in another${guess}. Type it again, or take the proposal of payrun validate --repair.`;
}
