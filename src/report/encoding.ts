/** The bytes of a text in the encoding of the input that it came from; a character that the encoding lacks becomes `?`. */
export function encodedText(text: string, encoding: 'utf-8' | 'windows-1252'): string | Uint8Array {
  if (encoding === 'utf-8') return text;
  const bytes = windows1252Bytes();
  return Uint8Array.from(text, (character) => bytes.get(character) ?? QUESTION_MARK);
}

const QUESTION_MARK = 0x3f;

let bytesOfCharacters: ReadonlyMap<string, number> | null = null;

function windows1252Bytes(): ReadonlyMap<string, number> {
  if (bytesOfCharacters !== null) return bytesOfCharacters;
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const characters = Array.from(new TextDecoder('windows-1252').decode(all));
  bytesOfCharacters = new Map(characters.map((character, byte) => [character, byte]));
  return bytesOfCharacters;
}
