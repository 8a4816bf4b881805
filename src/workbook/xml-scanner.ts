import { XmlAttributes } from './xml-attributes.ts';
import { attributeValue, elementText, NO_CHARACTER, XmlFault } from './xml-text.ts';

/** What happens at the elements of a document, in their order. */
export interface XmlEvents {
  open(name: string, attributes: XmlAttributes): void;
  close(name: string): void;
  /** Text between two tags, its references and line ends read; a long one may come in pieces. */
  text(text: string): void;
}

/** No part of a workbook nests deeper than a dozen elements. */
const NESTING_MAX = 100;

/** A text, tag or comment longer than this is no cell's (which has 32,767 characters at most) and would only fill the memory. */
const TOKEN_MAX = 4 * 1024 * 1024;

/** Each attribute of a tag is compared with those in front of it. */
const ATTRIBUTES_MAX = 1000;

const XML_NAME = /^[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*(?::[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*)?$/u;

/** What an XML declaration may say of bytes that come as UTF-8 or UTF-16. */
const UNICODE = /^(?:utf-?8|utf-?16|us-ascii)$/i;

const ENCODING = /\sencoding\s*=\s*["']([^"']*)["']/;

const TAB = 9;
const NEW_LINE = 10;
const RETURN = 13;
const BLANK = 32;
const EXCLAMATION = 33;
const DOUBLE_QUOTE = 34;
const APOSTROPHE = 39;
const SLASH = 47;
const EQUALS = 61;
const GREATER = 62;
const QUESTION = 63;

/** The end of a token has not come yet. */
const INCOMPLETE = -1;

/**
 * Reads the XML of a workbook's parts, chunk by chunk: elements, attributes, texts, the five named references and those by number.
 * Document types are refused, and with them every entity that a document could declare.
 *
 * The parts of a workbook are read with this instead of saxes because nine tenths of reading a large sheet are its XML, and saxes
 * makes a table of attributes for each of a million cells; the tests compare the two.
 */
export class XmlScanner {
  private readonly events: XmlEvents;
  private readonly encodings: RegExp;
  private readonly tokenMax: number;
  /** How many characters of the document came before those that are being read, and where in those the latest tag starts. */
  private before = 0;
  private tagAt = 0;
  /** The beginning of a token whose end has not come yet. */
  private rest = '';
  private readonly open: string[] = [];
  private hasRoot = false;
  private isAtStart = true;
  private readonly names = new Set<string>();
  private readonly attributes = new XmlAttributes();

  /**
   * @param limits of documents other than a workbook's parts: the names of encodings that the declaration may have, which is only
   *   compared (the bytes were decoded before), and how long a text, tag or comment may be.
   */
  constructor(events: XmlEvents, limits: { readonly encodings?: RegExp; readonly tokenMax?: number } = {}) {
    this.events = events;
    this.encodings = limits.encodings ?? UNICODE;
    this.tokenMax = limits.tokenMax ?? TOKEN_MAX;
  }

  /** How many characters of the document stand in front of the tag that is being handed on. */
  get tagOffset(): number {
    return this.before + this.tagAt;
  }

  /** Throws {@link XmlFault}. */
  write(chunk: string): void {
    if (NO_CHARACTER.test(chunk) || !chunk.isWellFormed())
      throw new XmlFault('a character that XML does not have, or bytes that are no UTF-8 or UTF-16');
    const text = this.rest === '' ? chunk : this.rest + chunk;
    let at = 0;
    for (;;) {
      const next = this.token(text, at);
      if (next === INCOMPLETE) break;
      at = next;
    }
    this.before += at;
    this.rest = text.slice(at);
    if (this.rest.length > this.tokenMax) throw new XmlFault(`a text of more than ${this.tokenMax} characters`);
  }

  /** The document has ended. Throws {@link XmlFault} where it is not whole. */
  end(): void {
    if (this.rest.trim() !== '' || this.open.length > 0 || !this.hasRoot) throw new XmlFault('an end before its end');
  }

  /** Reads the token at `at`; returns where the next one starts. */
  private token(text: string, at: number): number {
    const start = text.indexOf('<', at);
    if (start < 0) return INCOMPLETE;
    if (start > at) this.characters(text.slice(at, start));
    if (start + 1 >= text.length) return start > at ? start : INCOMPLETE;
    const end = this.markup(text, start);
    // What stands in front of an unfinished tag was handed on.
    return end === INCOMPLETE && start > at ? start : end;
  }

  private markup(text: string, start: number): number {
    this.tagAt = start;
    const unit = text.charCodeAt(start + 1);
    if (unit === SLASH) return this.endTag(text, start);
    if (unit === EXCLAMATION) return this.declaration(text, start);
    if (unit !== QUESTION) return this.startTag(text, start);
    const end = text.indexOf('?>', start + 2);
    if (end < 0) return INCOMPLETE;
    this.instruction(text.slice(start + 2, end));
    return end + 2;
  }

  private characters(text: string): void {
    if (this.open.length === 0) {
      if (text.replace(/^\uFEFF/, '').trim() !== '') throw new XmlFault('text outside of its elements');
      // Nothing but a byte-order mark may stand in front of the declaration.
      this.isAtStart &&= text === '\uFEFF';
      return;
    }
    this.events.text(elementText(text));
  }

  private instruction(content: string): void {
    const { isAtStart } = this;
    this.isAtStart = false;
    if (!/^xml(?:\s|$)/i.test(content)) return;
    if (!isAtStart) throw new XmlFault('an XML declaration that is not at its start');
    const [, encoding = 'UTF-8'] = ENCODING.exec(content) ?? [];
    if (!this.encodings.test(encoding)) throw new XmlFault(`the encoding ${encoding.slice(0, 20)}`);
  }

  private declaration(text: string, start: number): number {
    this.isAtStart = false;
    if (text.startsWith('<!--', start)) {
      const end = text.indexOf('--', start + 4);
      if (end < 0 || end + 2 >= text.length) return INCOMPLETE;
      if (text.charCodeAt(end + 2) !== GREATER) throw new XmlFault('two hyphens in a comment');
      return end + 3;
    }
    if (text.startsWith('<![CDATA[', start)) {
      const end = text.indexOf(']]>', start + 9);
      if (end < 0) return INCOMPLETE;
      if (this.open.length === 0) throw new XmlFault('text outside of its elements');
      this.events.text(text.slice(start + 9, end).replace(/\r\n?/g, '\n'));
      return end + 3;
    }
    if (text.length - start < '<![CDATA['.length) return INCOMPLETE;
    throw new XmlFault('a document type (DOCTYPE), which could declare entities');
  }

  private endTag(text: string, start: number): number {
    const end = text.indexOf('>', start + 2);
    if (end < 0) return INCOMPLETE;
    const name = text.slice(start + 2, end).trimEnd();
    if (this.open.pop() !== name) throw new XmlFault('an end tag without its start tag');
    this.events.close(name);
    return end + 1;
  }

  private startTag(text: string, start: number): number {
    this.isAtStart = false;
    let at = start + 1;
    while (at < text.length && !endsName(text.charCodeAt(at))) at += 1;
    if (at >= text.length) return INCOMPLETE;
    const name = nameBetween(text, start + 1, at);
    this.attributes.clear();
    for (;;) {
      const gap = at;
      while (isSpace(text.charCodeAt(at))) at += 1;
      const unit = text.charCodeAt(at);
      if (unit === GREATER) {
        this.openElement(name);
        return at + 1;
      }
      if (at + 1 >= text.length) return INCOMPLETE;
      if (unit === SLASH) {
        if (text.charCodeAt(at + 1) !== GREATER) throw new XmlFault('a slash inside of a tag');
        this.openElement(name);
        this.open.pop();
        this.events.close(name);
        return at + 2;
      }
      if (at === gap) throw new XmlFault('two attributes without a space between them');
      const next = this.attribute(text, at);
      if (next === INCOMPLETE) return INCOMPLETE;
      at = next;
    }
  }

  /** Reads an attribute; returns where it ends. */
  private attribute(text: string, start: number): number {
    let at = start;
    while (at < text.length && !endsName(text.charCodeAt(at))) at += 1;
    const name = nameBetween(text, start, at);
    while (isSpace(text.charCodeAt(at))) at += 1;
    if (at >= text.length) return INCOMPLETE;
    if (text.charCodeAt(at) !== EQUALS) throw new XmlFault('an attribute without a value');
    at += 1;
    while (isSpace(text.charCodeAt(at))) at += 1;
    if (at >= text.length) return INCOMPLETE;
    const quote = text.charCodeAt(at);
    if (quote !== DOUBLE_QUOTE && quote !== APOSTROPHE) throw new XmlFault('an attribute without quotes');
    const end = text.indexOf(quote === DOUBLE_QUOTE ? '"' : "'", at + 1);
    if (end < 0) return INCOMPLETE;
    this.checkName(name);
    const isNew = this.attributes.add(name, attributeValue(text.slice(at + 1, end)));
    if (!isNew) throw new XmlFault('an attribute twice in one tag');
    if (this.attributes.size > ATTRIBUTES_MAX) throw new XmlFault(`more than ${ATTRIBUTES_MAX} attributes in one tag`);
    return end + 1;
  }

  private openElement(name: string): void {
    this.checkName(name);
    if (this.open.length === 0 && this.hasRoot) throw new XmlFault('a second outermost element');
    this.hasRoot = true;
    this.open.push(name);
    if (this.open.length > NESTING_MAX) throw new XmlFault(`elements more than ${NESTING_MAX} deep`);
    this.events.open(name, this.attributes);
  }

  /** A part uses a few names a million times. */
  private checkName(name: string): void {
    if (name.length === 1 && isLetter(name.charCodeAt(0))) return;
    if (this.names.has(name)) return;
    if (!XML_NAME.test(name)) throw new XmlFault('a name that is none');
    if (this.names.size < 1000) this.names.add(name);
  }
}

/** Most names in a sheet are one letter, and a letter of its own is a string that is there already. */
function nameBetween(text: string, start: number, end: number): string {
  return end - start === 1 ? text.charAt(start) : text.slice(start, end);
}

function isLetter(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90);
}

function isSpace(unit: number): boolean {
  return unit === BLANK || unit === NEW_LINE || unit === RETURN || unit === TAB;
}

function endsName(unit: number): boolean {
  return isSpace(unit) || unit === GREATER || unit === SLASH || unit === EQUALS;
}
