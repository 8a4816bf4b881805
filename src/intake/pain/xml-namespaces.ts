import type { XmlAttributes } from '../../workbook/xml-attributes.ts';

interface Declaration {
  readonly depth: number;
  /** '' for the default one. */
  readonly prefix: string;
  readonly namespace: string;
}

/** Which namespace each element of a document is in. */
export class XmlNamespaces {
  /** The namespace of the outermost element; null before it. */
  own: string | null = null;
  private readonly declarations: Declaration[] = [];
  private depth = 0;
  /** Names as they are written → local name, or null for one of another namespace than {@link own}; until a declaration changes. */
  private readonly known = new Map<string, string | null>();

  /** The local name of an element that starts, or null where it is in another namespace than the outermost element. */
  open(name: string, attributes: XmlAttributes): string | null {
    this.depth += 1;
    if (attributes.size > 0) this.declare(attributes);
    const local = this.known.get(name);
    if (local !== undefined) return local;
    const colon = name.indexOf(':');
    const namespace = this.namespaceOf(colon < 0 ? '' : name.slice(0, colon));
    this.own ??= namespace;
    const found = namespace === this.own ? name.slice(colon + 1) : null;
    if (this.known.size < KNOWN_MAX) this.known.set(name, found);
    return found;
  }

  close(): void {
    this.depth -= 1;
    while ((this.declarations.at(-1)?.depth ?? 0) > this.depth) {
      this.declarations.pop();
      this.known.clear();
    }
  }

  private declare(attributes: XmlAttributes): void {
    for (const [name, namespace] of attributes.entries()) {
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
      this.declarations.push({ depth: this.depth, prefix: name.slice('xmlns:'.length), namespace });
      this.known.clear();
    }
  }

  /** '' for none. */
  private namespaceOf(prefix: string): string {
    return this.declarations.findLast((declaration) => declaration.prefix === prefix)?.namespace ?? '';
  }
}

/** A message has fewer names; one that makes up a new name for every element must not fill the memory. */
const KNOWN_MAX = 1000;
