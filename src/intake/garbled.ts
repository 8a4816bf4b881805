import { isUtf8 } from 'node:buffer';
import { windows1252Bytes } from '../domain/windows-1252.ts';

/** The signs that stand for the bytes 80 to BF in Windows-1252: the second half of a letter that was read in the wrong encoding. */
const SECOND_HALF =
  '\u0080-\u00BF\u0152\u0153\u0160\u0161\u0178\u017D\u017E\u0192\u02C6\u02DC\u2013-\u2026\u2030\u2039\u203A\u20AC\u2122';

/** Both halves of a letter of Western Europe (`Ã©`), or the first two parts of a quotation mark. */
const HALVES = new RegExp(`[\u00C2\u00C3][${SECOND_HALF}]|\u00E2\u20AC`, 'u');

/** Letters that payrolls of Latin script do not write, and that `É’`, `KRÍŽ` or `Groß™` become by chance when they are read as UTF-8. */
const BY_CHANCE = /^(?:(?![ƠơƯưȘșȚț])[\u0180-\u036F]|[\u07C0-\u07FF])*$/;

/** How a text is damaged that should be readable, or null. */
export type TextDamage = 'garbled' | 'letters-lost';

/** Whether letters were read in another encoding than they were saved in (`JosÃ©`), or were replaced because they could not be read. */
export function textDamage(text: string): TextDamage | null {
  if (text.includes('\uFFFD') || /\p{L}\?\p{Ll}/u.test(text)) return 'letters-lost';
  return HALVES.test(text) || ungarbled(text) !== null ? 'garbled' : null;
}

/** The text with its bytes read as UTF-8 where they were read as Windows-1252 (`JosÃ©` → `José`); null where that explains nothing. */
export function ungarbled(text: string): string | null {
  if (!/[\u0080-\uFFFF]/.test(text)) return null;
  const bytes = windows1252Bytes(text);
  if (bytes === null || !isUtf8(bytes)) return null;
  const decoded = Buffer.from(bytes).toString('utf8');
  return isLikelyText(decoded) ? decoded : null;
}

/** Whether a text that is valid UTF-8 was meant as such, and is not one of Windows-1252 by chance. */
export function isLikelyText(decoded: string): boolean {
  return !BY_CHANCE.test(decoded.replace(/[\u0000-\u007F]/g, ''));
}
