import type { StatementRow } from '../../domain/statement.ts';
import { formatAmount } from '../../domain/money.ts';
import { BankStatementFault, bankMinor, entryReference } from './entry.ts';
import { elementAt } from '../xml-path.ts';
import { nodeText, type XmlNode } from './xml-node.ts';

/** Sub-families of bank transaction codes that are no payments. */
const CAMT_KINDS: Readonly<Record<string, string>> = {
  ...{ CHRG: 'charge', FEES: 'fee', COMM: 'commission' },
  ...{ RRTN: 'returned', RPCR: 'reversal', RRCT: 'reversal' },
};

/** An entry as far as its details share it. */
interface CamtEntry {
  readonly node: XmlNode;
  readonly line: number;
  readonly isOut: boolean;
  readonly isReversal: boolean;
  readonly currency: string;
  readonly status: string;
  readonly time: string;
}

/** What one `Ntry` says. */
export interface CamtReading {
  readonly rows: readonly StatementRow[];
  /** What it adds to the booked balance; 0 for one that is not booked. */
  readonly bookedMinor: bigint;
  readonly currency: string;
}

/**
 * Reads an entry with its details: one row for each detail, or one for an entry without any. Only `BOOK` proves that money moved.
 * Throws {@link BankStatementFault}.
 */
export function camtEntry(node: XmlNode, details: readonly XmlNode[], line: number): CamtReading {
  const amount = elementAt(node, 'Amt');
  const currency = amount?.currency ?? '';
  const amountMinor = bankMinor(amount?.text.trim() ?? '', currency, '.', line);
  const status = nodeText(node, 'Sts', 'Cd') || nodeText(node, 'Sts');
  const isOut = isDebit(nodeText(node, 'CdtDbtInd'), line);
  const entry: CamtEntry = {
    ...{ node, line, isOut, currency, status },
    isReversal: isXmlTrue(nodeText(node, 'RvslInd')),
    time: nodeText(node, 'BookgDt', 'DtTm') || nodeText(node, 'BookgDt', 'Dt') || nodeText(node, 'ValDt', 'Dt'),
  };
  const bookedMinor = status === 'BOOK' ? (isOut ? -amountMinor : amountMinor) : 0n;
  const [only = node] = details;
  if (details.length <= 1) return { rows: [rowOf(entry, only, amountMinor, isOut)], bookedMinor, currency };
  let sum = 0n;
  const rows = details.map((detail) => {
    const isDetailOut = nodeText(detail, 'CdtDbtInd') === '' ? isOut : isDebit(nodeText(detail, 'CdtDbtInd'), line);
    const own = elementAt(detail, 'Amt') ?? elementAt(detail, 'AmtDtls', 'TxAmt', 'Amt');
    if (own?.currency !== currency) throw sumFault(line, 'has a payment without an amount in its currency');
    const minor = bankMinor(own.text.trim(), currency, '.', line);
    sum += isDetailOut === isOut ? minor : -minor;
    return rowOf(entry, detail, minor, isDetailOut);
  });
  if (sum !== amountMinor) {
    throw sumFault(
      line,
      `and the sum of its payments differ by ${formatAmount(amountMinor - sum, currency)} ${currency}`,
    );
  }
  return { rows, bookedMinor, currency };
}

function rowOf(entry: CamtEntry, detail: XmlNode, amountMinor: bigint, isOut: boolean): StatementRow {
  const { node, line, currency, status } = entry;
  const ids = ['EndToEndId', 'InstrId', 'TxId', 'PmtInfId', 'MsgId'].map((name) => nodeText(detail, 'Refs', name));
  const isDetail = detail !== node;
  const own = nodeText(detail, 'Refs', 'AcctSvcrRef');
  // The bank's reference of an entry with several payments is none of theirs.
  const providerReference = own || (detailsShare(node) ? '' : nodeText(node, 'AcctSvcrRef'));
  const isReturn = elementAt(detail, 'RtrInf') !== null;
  return {
    line,
    reference: entryReference(ids, isDetail ? remittance(detail) : nodeText(node, 'AddtlNtryInf')),
    providerReference,
    linkedReceipt: '',
    amountMinor,
    isNegative: isOut,
    side: isOut ? 'out' : 'in',
    isReversal: entry.isReversal || isReturn,
    currency,
    status,
    isPaid: status === 'BOOK',
    recipient: recipientOf(detail, isOut ? 'Cdtr' : 'Dbtr'),
    reason: camtKind(detail) || camtKind(node),
    time: entry.time,
  };
}

function camtKind(node: XmlNode): string {
  const code = nodeText(node, 'BkTxCd', 'Domn', 'Fmly', 'SubFmlyCd');
  return CAMT_KINDS[code] ?? code;
}

/** Whether several details belong to the entry; they are handed on apart, and counted by their groups. */
function detailsShare(node: XmlNode): boolean {
  return node.children.some(({ name }) => name === SEVERAL_DETAILS);
}

/** Stands in an entry in place of its details where there are several. */
export const SEVERAL_DETAILS = 'several details';

function remittance(detail: XmlNode): string {
  const lines = elementAt(detail, 'RmtInf')?.children ?? [];
  const texts = lines.map((line) => (line.name === 'Strd' ? nodeText(line, 'CdtrRefInf', 'Ref') : line.text.trim()));
  return [...texts, nodeText(detail, 'AddtlTxInf')].filter((text) => text !== '').join(' ');
}

function recipientOf(detail: XmlNode, party: 'Cdtr' | 'Dbtr'): string {
  const parties = elementAt(detail, 'RltdPties');
  if (parties === null) return '';
  const name = nodeText(parties, party, 'Nm') || nodeText(parties, party, 'Pty', 'Nm');
  const account =
    nodeText(parties, `${party}Acct`, 'Id', 'IBAN') || nodeText(parties, `${party}Acct`, 'Id', 'Othr', 'Id');
  return [account, name].filter((text) => text !== '').join(' - ');
}

export function isDebit(indicator: string, line: number): boolean {
  if (indicator === 'DBIT') return true;
  if (indicator === 'CRDT') return false;
  const message =
    'Nothing says whether the money of this entry came or went (CdtDbtInd). Take the statement from the bank again.';
  throw new BankStatementFault(line, 'statement-format', message);
}

function isXmlTrue(text: string): boolean {
  return text === 'true' || text === '1';
}

function sumFault(line: number, what: string): BankStatementFault {
  return new BankStatementFault(
    line,
    'statement-details',
    `This entry ${what}. Take the statement from the bank again.`,
  );
}
