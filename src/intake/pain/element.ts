import { elementAt } from '../xml-path.ts';

/** An element of a message with what stands in it. */
export interface PainElement {
  /** Local name; with a colon in front where it is in another namespace than the message. */
  readonly name: string;
  /** Physical line where its tag starts. */
  readonly line: number;
  /** The attribute `Ccy`; '' without one. */
  readonly currency: string;
  text: string;
  readonly children: PainElement[];
}

/** The text of the first element at the end of a path, without XML's white space around it; '' where there is none. */
export function textAtPath(element: PainElement, ...path: readonly string[]): string {
  return trimmedXml(elementAt(element, ...path)?.text ?? '');
}

/** Only what XML calls white space: a no-break space or a zero-width one is part of the value, and has to show. */
export function trimmedXml(text: string): string {
  if (text === '' || (text.charCodeAt(0) > 32 && text.charCodeAt(text.length - 1) > 32)) return text;
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}
