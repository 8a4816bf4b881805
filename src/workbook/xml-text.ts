/** Something that no well-formed document has, or that no part of a workbook has. */
export class XmlFault extends Error {
  override readonly name = 'XmlFault';
}

/** Characters that XML does not have, and the one that stands for bytes which are no character. */
export const NO_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFD-\uFFFF]/;

/** What makes more of a text, or of the value of an attribute, than its characters; nearly none has any. */
const IN_TEXT = /[\r&\]]/;
const IN_VALUE = /[<&\t\n\r]/;

const REFERENCES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** A text as it is written between two tags, its references and line ends read. */
export function elementText(text: string): string {
  if (!IN_TEXT.test(text)) return text;
  if (text.includes(']]>')) throw new XmlFault('the end of a section that was not begun');
  return withReferences(text.replace(/\r\n?/g, '\n'));
}

/** The value of an attribute as it is written between its quotes. */
export function attributeValue(text: string): string {
  if (!IN_VALUE.test(text)) return text;
  if (text.includes('<')) throw new XmlFault('a tag inside of an attribute');
  return withReferences(text.replace(/\r\n|[\t\n\r]/g, ' '));
}

function withReferences(text: string): string {
  return text.replace(/&([^;&]{0,40};?)/g, (_, reference: string) => {
    const name = reference.slice(0, -1);
    const known = reference.endsWith(';') && Object.hasOwn(REFERENCES, name) ? REFERENCES[name] : undefined;
    if (known !== undefined) return known;
    const [, hexadecimal, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));$/.exec(reference) ?? [];
    const code = hexadecimal === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hexadecimal, 16);
    if (!(code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff))
      throw new XmlFault('a reference that XML does not know');
    const character = String.fromCodePoint(code);
    if (NO_CHARACTER.test(character) && code !== 0xfffd)
      throw new XmlFault('a reference to a character that XML does not have');
    return character;
  });
}
