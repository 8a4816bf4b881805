import type { InputEncoding } from '../domain/batch.ts';
import { windows1252Bytes } from '../domain/windows-1252.ts';

/** What stands before the text of a file in an encoding that declares itself; '' for the others. */
export function byteOrderMark(encoding: InputEncoding): string {
  return encoding === 'utf-8' || encoding === 'windows-1252' ? '' : '\uFEFF';
}

/** The bytes of a text in the encoding of the input that it came from, without a byte-order mark. */
export function encodedText(text: string, encoding: InputEncoding): string | Uint8Array {
  switch (encoding) {
    case 'utf-8':
    case 'utf-8-bom':
      return text;
    case 'utf-16le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'windows-1252':
      return windows1252Bytes(text) ?? Uint8Array.from(text, (one) => windows1252Bytes(one)?.[0] ?? QUESTION_MARK);
  }
}

/** In place of a character that the encoding lacks: intake reads an input with such a character as `utf-8-bom`. */
const QUESTION_MARK = 0x3f;
