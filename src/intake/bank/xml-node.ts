import type { XmlEvents } from '../../workbook/xml-scanner.ts';
import type { XmlAttributes } from '../../workbook/xml-attributes.ts';
import { elementAt } from '../xml-path.ts';
import { BankStatementFault } from './entry.ts';

/** An element of an entry with what stands in it; names without their prefix. */
export interface XmlNode {
  readonly name: string;
  readonly currency: string;
  text: string;
  readonly children: XmlNode[];
}

/** An entry with more elements than this, details apart, is none. */
const NODES_MAX = 20_000;

/** Follows a document and makes trees of the elements that are asked for, each of which is handed on and forgotten when it ends. */
export class XmlTrees implements XmlEvents {
  /** Names of the elements that are open, from the root. */
  readonly path: string[] = [];
  private readonly wanted: ReadonlySet<string>;
  private readonly take: (node: XmlNode, path: readonly string[]) => void;
  private readonly root: (name: string, namespace: string) => void;
  private readonly ended: (name: string) => void;
  private readonly nodes: XmlNode[] = [];
  private count = 0;

  /**
   * @param wanted names of elements that are handed on; one inside of another is handed on first, and is no part of the other.
   * @param root is called with the name and the namespace of the first element.
   * @param ended is called at the end of every other element outside of those.
   */
  constructor(
    wanted: ReadonlySet<string>,
    on: {
      readonly take: (node: XmlNode, path: readonly string[]) => void;
      readonly root: (name: string, namespace: string) => void;
      readonly ended: (name: string) => void;
    },
  ) {
    this.wanted = wanted;
    this.take = on.take;
    this.root = on.root;
    this.ended = on.ended;
  }

  open(qualified: string, attributes: XmlAttributes): void {
    const [prefix, local] = qualified.includes(':') ? qualified.split(':') : ['', qualified];
    const name = local ?? '';
    if (this.path.length === 0)
      this.root(name, attributes.get(prefix === '' ? 'xmlns' : `xmlns:${prefix ?? ''}`) ?? '');
    this.path.push(name);
    if (this.nodes.length === 0 && !this.wanted.has(name)) return;
    this.count += 1;
    if (this.count > NODES_MAX)
      throw new BankStatementFault(0, 'statement-format', 'An entry of this file has too many parts.');
    const node = { name, currency: attributes.get('Ccy') ?? '', text: '', children: [] };
    this.nodes.push(node);
  }

  close(): void {
    const name = this.path.pop() ?? '';
    const node = this.nodes.pop();
    if (node === undefined) {
      this.ended(name);
      return;
    }
    const parent = this.nodes.at(-1);
    if (this.wanted.has(name)) {
      this.count = parent === undefined ? 0 : this.nodes.length;
      this.take(node, this.path);
    } else parent?.children.push(node);
  }

  text(text: string): void {
    const node = this.nodes.at(-1);
    if (node !== undefined) node.text += text;
  }
}

/** Text of the first element at the end of a path, without blanks around it; '' where there is none. */
export function nodeText(node: XmlNode, ...names: readonly string[]): string {
  return elementAt(node, ...names)?.text.trim() ?? '';
}
