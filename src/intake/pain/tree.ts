import type { XmlAttributes } from '../../workbook/xml-attributes.ts';
import type { XmlEvents } from '../../workbook/xml-scanner.ts';
import type { PainElement } from './element.ts';
import { ELEMENT_CHARACTERS_MAX, ELEMENT_PARTS_MAX, elementTooLarge, EXPORT_AGAIN, PainFault } from './fault.ts';
import { XmlNamespaces } from './xml-namespaces.ts';

/** What comes of a message while it is read, in its order. Each may throw {@link PainFault}. */
export interface MessageEvents {
  /** The outermost element, and the one in it. */
  root(name: string, namespace: string, line: number): void;
  message(name: string, line: number): void;
  /** A whole element of the message other than a `PmtInf`. */
  part(element: PainElement): void;
  openBlock(line: number): void;
  /** A whole element of the open `PmtInf`: what holds for its payments, or one of them. */
  blockPart(element: PainElement): void;
  closeBlock(): void;
}

/** How deep the elements of a message stand. */
const ROOT = 1;
const MESSAGE = 2;
const MESSAGE_PART = 3;

/** Follows a message and hands on its elements, one payment at a time. */
export class MessageTree implements XmlEvents {
  private readonly events: MessageEvents;
  /** The line of the tag that is being handed on. */
  private readonly line: () => number;
  private readonly namespaces = new XmlNamespaces();
  /** Whether the outermost element was closed. */
  isEnded = false;
  private depth = 0;
  private isInBlock = false;
  /** The elements that are open below those of the message's own frame. */
  private readonly stack: PainElement[] = [];
  private elements = 0;
  private characters = 0;

  constructor(events: MessageEvents, line: () => number) {
    this.events = events;
    this.line = line;
  }

  open(qualified: string, attributes: XmlAttributes): void {
    const line = this.line();
    const name = this.namespaces.open(qualified, attributes) ?? `:${qualified}`;
    this.depth += 1;
    if (this.depth === ROOT) {
      this.events.root(name, this.namespaces.own ?? '', line);
      return;
    }
    if (this.depth === MESSAGE) {
      this.events.message(name, line);
      return;
    }
    if (this.depth === MESSAGE_PART && name === 'PmtInf') {
      this.isInBlock = true;
      this.events.openBlock(line);
      return;
    }
    this.elements += 1;
    if (this.elements > ELEMENT_PARTS_MAX) throw elementTooLarge(this.stack[0]?.line ?? line);
    this.stack.push({ name, line, currency: attributes.get('Ccy') ?? '', text: '', children: [] });
  }

  close(): void {
    this.depth -= 1;
    this.namespaces.close();
    this.isEnded = this.depth === 0;
    const element = this.stack.pop();
    if (element === undefined) {
      if (this.depth !== MESSAGE_PART - 1 || !this.isInBlock) return;
      this.isInBlock = false;
      this.events.closeBlock();
      return;
    }
    const parent = this.stack.at(-1);
    if (parent !== undefined) {
      parent.children.push(element);
      return;
    }
    this.elements = 0;
    this.characters = 0;
    if (this.isInBlock) this.events.blockPart(element);
    else this.events.part(element);
  }

  text(text: string): void {
    const element = this.stack.at(-1);
    if (element === undefined) {
      if (text.trim() === '') return;
      throw new PainFault(this.line(), 'pain-text', `Text stands here where only elements may. ${EXPORT_AGAIN}`);
    }
    // The white space between two elements is nobody's value.
    if (element.children.length > 0 && text.trim() === '') return;
    this.characters += text.length;
    if (this.characters > ELEMENT_CHARACTERS_MAX) throw elementTooLarge(this.stack[0]?.line ?? element.line);
    element.text += text;
  }
}
