/**
 * The bytes of a text in Windows-1252; null where a character is not in it. The five bytes without a character stand for the control
 * characters of their numbers, as decoders read them.
 */
export function windows1252Bytes(text: string): Uint8Array | null {
  const bytes = bytesOfCharacters();
  const encoded = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const byte = bytes.get(text.charAt(at));
    if (byte === undefined) return null;
    encoded[at] = byte;
  }
  return encoded;
}

let byteOfCharacter: ReadonlyMap<string, number> | null = null;

function bytesOfCharacters(): ReadonlyMap<string, number> {
  if (byteOfCharacter !== null) return byteOfCharacter;
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  byteOfCharacter = new Map(
    Array.from(new TextDecoder('windows-1252').decode(all), (character, byte) => [character, byte]),
  );
  return byteOfCharacter;
}
