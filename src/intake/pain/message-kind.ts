import { PainFault } from './fault.ts';
import { quotable } from '../shape.ts';

const ISO = 'urn:iso:std:iso:20022:tech:xsd:';

/** The versions that are read. Others have other elements, which could be passed over in silence. */
const READ: ReadonlySet<string> = new Set(['pain.001.001.03', 'pain.001.001.09']);

/** Throws {@link PainFault} where the outermost element is not that of a message that payrun reads. */
export function checkMessageKind(name: string, namespace: string, line: number): void {
  const kind = namespace.startsWith(ISO) ? namespace.slice(ISO.length) : '';
  if (name === 'Document' && READ.has(kind)) return;
  throw new PainFault(line, 'pain-kind', `${whatIs(name, namespace, kind)} ${READABLE}`);
}

const READABLE = 'A batch in XML is an ISO 20022 pain.001.001.03 or pain.001.001.09: a Document of that namespace.';

function whatIs(name: string, namespace: string, kind: string): string {
  const named = quotable(kind);
  if (kind.startsWith('pain.008')) return `This is a ${named}, direct debits, which take money. payrun pays out.`;
  if (kind.startsWith('pain.001')) return `This is a ${named}, a version or a national form that payrun does not read.`;
  if (kind.startsWith('pain.002')) return `This is a ${named}, a status report of a bank, and no payments.`;
  if (/^camt\.05[234]/.test(kind))
    return `This is a ${named}, a bank's statement, and no payments: payrun reconcile reads a camt.053 with --statement.`;
  if (kind !== '') return `This is a ${named} of ISO 20022, and no payments to make.`;
  const where = namespace === '' ? 'without a namespace' : `of the namespace ${quotable(namespace)}`;
  return `This is an XML file whose outermost element is ${quotable(name)} ${where}.`;
}
