import { StringDecoder } from 'node:string_decoder';
import { damaged } from './fault.ts';
import type { XmlAttributes } from './xml-attributes.ts';
import { XmlScanner } from './xml-scanner.ts';
import { XmlFault } from './xml-text.ts';

/** The two namespaces of a workbook's own elements: the one that every program writes, and that of the strict form. */
const SPREADSHEET: ReadonlySet<string> = new Set([
  'http://schemas.openxmlformats.org/spreadsheetml/2006/main',
  'http://purl.oclc.org/ooxml/spreadsheetml/main',
]);

/** Read in small pieces: what lives longer than a piece of work is what makes the memory grow. */
const PIECE_BYTES = 8 * 1024;

/** What is done with the elements of a part. Names come without the prefix of the part's own namespace. */
export interface XmlHandler {
  open(name: string, attributes: XmlAttributes): void;
  close?(name: string): void;
  text?(text: string): void;
}

export interface XmlPart {
  readonly name: string;
  readonly bytes: AsyncIterable<Buffer>;
  /** The local name that its outermost element must have. */
  readonly root: string;
  /** Namespaces that the outermost element may be in; default those of a workbook's elements. */
  readonly namespaces?: ReadonlySet<string>;
}

/**
 * Reads a part of a workbook as a stream, element by element; yields after each piece of it, so that its reader can hand on what has
 * come together.
 *
 * Elements of other namespaces keep their prefix in their names: what a handler does not know it has to pass over or refuse.
 *
 * Throws {@link WorkbookFault} for XML that is not well-formed, is in another encoding than UTF-8 or UTF-16, declares a document type
 * (entities could make anything of it), or has another outermost element.
 */
export async function* readXml(part: XmlPart, handler: XmlHandler): AsyncGenerator<void, void, undefined> {
  const { name: partName } = part;
  /** `x:` where the part writes `<x:row>`; null before the outermost element. */
  let prefix: string | null = null;
  const localName = (name: string): string => {
    return prefix !== null && prefix !== '' && name.startsWith(prefix) ? name.slice(prefix.length) : name;
  };
  const scanner = new XmlScanner({
    open: (name, attributes) => {
      prefix ??= prefixOfRoot(part, name, attributes);
      handler.open(localName(name), attributes);
    },
    close: (name) => handler.close?.(localName(name)),
    text: (text) => handler.text?.(text),
  });
  let decoder: StringDecoder | null = null;
  for await (const chunk of part.bytes) {
    decoder ??= new StringDecoder(xmlEncoding(chunk));
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = decoder.write(chunk.subarray(at, at + PIECE_BYTES));
      scan(partName, () => scanner.write(piece));
      yield;
    }
  }
  const last = decoder?.end() ?? '';
  scan(partName, () => {
    scanner.write(last);
    scanner.end();
  });
  yield;
}

/** Reads a part to its end. */
export async function readWholeXml(part: XmlPart, handler: XmlHandler): Promise<void> {
  const pieces = readXml(part, handler);
  while ((await pieces.next()).done !== true);
}

/** What is wrong with the XML becomes a fault of the workbook. */
function scan(partName: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    throw damaged(`its part "${partName}" is not the XML of a workbook (${error.message})`, error);
  }
}

function prefixOfRoot({ name: partName, root, namespaces }: XmlPart, name: string, attributes: XmlAttributes): string {
  const colon = name.indexOf(':');
  const prefix = colon < 0 ? '' : name.slice(0, colon + 1);
  const namespace = attributes.get(colon < 0 ? 'xmlns' : `xmlns:${name.slice(0, colon)}`) ?? '';
  if (name.slice(colon + 1) === root && (namespaces ?? SPREADSHEET).has(namespace)) return prefix;
  throw damaged(`its part "${partName}" does not begin with <${root}>`);
}

function xmlEncoding(firstChunk: Buffer): 'utf8' | 'utf16le' {
  const [first, second] = firstChunk;
  if (first === 0xfe && second === 0xff) throw damaged('one of its parts is in UTF-16 of the rare byte order');
  return first === 0xff && second === 0xfe ? 'utf16le' : 'utf8';
}

/** The attribute of a name in any namespace: `r:id`, whatever prefix a program gives to `r`. */
export function prefixedAttribute(attributes: XmlAttributes, localName: string): string | undefined {
  return attributes.entries().find(([name]) => name.endsWith(`:${localName}`))?.[1];
}

export function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}

/** Characters that XML cannot hold are stored as `_x000D_`, an underscore before such a text as `_x005F_`. */
export function decoded(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
