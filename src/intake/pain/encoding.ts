import { constants, open } from 'node:fs/promises';

/** What an XML declaration may name. ISO-8859-1 is read as Windows-1252, which has all of its letters. */
export const XML_ENCODINGS = /^(?:utf-?8|utf-?16(?:le|be)?|us-ascii|iso-8859-1|latin-?1|windows-1252|cp-?1252)$/i;

const ONE_BYTE = /^(?:iso-8859-1|latin-?1|windows-1252|cp-?1252)$/i;

/** The declaration stands in front of everything else. */
const DECLARATION = /^<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']/;
const DECLARATION_BYTES = 256;

/** The encoding that an XML file declares, as far as its bytes have to be read by it; null: they are UTF-8, or UTF-16 by their mark. */
export async function declaredXmlEncoding(file: string): Promise<'windows-1252' | null> {
  // What cannot be opened is reported when all of it is read.
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
  if (handle === null) return null;
  try {
    if (!(await handle.stat()).isFile()) return null;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(DECLARATION_BYTES), 0, DECLARATION_BYTES, 0);
    const declared = DECLARATION.exec(buffer.toString('latin1', 0, bytesRead))?.[1] ?? '';
    return ONE_BYTE.test(declared) ? 'windows-1252' : null;
  } finally {
    await handle.close();
  }
}
