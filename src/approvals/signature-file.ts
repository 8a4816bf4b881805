/** Larger than any signature of one person, of whatever key. */
export const SIGNATURE_MAX_BYTES = 65_536;

/** Names of files are no longer than this on the file systems in use. */
const FILE_NAME_MAX_BYTES = 255;

/**
 * Name of the file with a person's signature of a file: `november.csv.jane@example.org.sig`. What a path could be led astray with, and what
 * some file systems do not take, stands as `%2F`. Null where the name would be too long for a file.
 */
export function signatureFileName(signed: string, principal: string): string | null {
  const name = `${signed}.${encodedName(principal)}.sig`;
  return Buffer.byteLength(name) > FILE_NAME_MAX_BYTES ? null : name;
}

/**
 * Whose signature of a file another file of its folder is by its name; null: none of it. No person has control characters in the name: in such
 * a name they stand as `%1B`, so that it is nobody's, and neither a process nor a terminal gets them.
 */
export function principalInName(name: string, signed: string): string | null {
  if (!name.startsWith(`${signed}.`) || !name.endsWith('.sig')) return null;
  const encoded = name.slice(signed.length + 1, -'.sig'.length);
  if (encoded === '') return null;
  try {
    const decoded = decodeURIComponent(encoded);
    return /\p{C}/u.test(decoded) ? encodedName(decoded) : decoded;
  } catch {
    return encodedName(encoded);
  }
}

const ARMOUR = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n$/;

/** The signature in a file, with the line ends that `ssh-keygen` reads; null unless the file is one signature and nothing else. */
export function signatureIn(content: string): string | null {
  const text = `${content.replaceAll('\r\n', '\n').trim()}\n`;
  return ARMOUR.test(text) ? text : null;
}

function encodedName(principal: string): string {
  const bytes = [...Buffer.from(principal, 'utf8')];
  return bytes
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9@._+-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
