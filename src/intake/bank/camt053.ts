import { formatAmount } from '../../domain/money.ts';
import { XmlFault } from '../../workbook/xml-text.ts';
import { XmlScanner } from '../../workbook/xml-scanner.ts';
import { LineIndex } from '../line-index.ts';
import { camtEntry, isDebit, SEVERAL_DETAILS } from './camt-entry.ts';
import { BankStatementFault, bankMinor, type TakeEntry } from './entry.ts';
import { elementAt } from '../xml-path.ts';
import { nodeText, XmlTrees, type XmlNode } from './xml-node.ts';

const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d\d$/;
const WANTED: ReadonlySet<string> = new Set(['Ntry', 'TxDtls', 'Bal']);

/** A text, tag or comment longer than this is no entry's. */
const CAMT_TOKEN_MAX = 256 * 1024;

interface CamtBalance {
  readonly code: string;
  readonly minor: bigint;
  readonly currency: string;
}

/**
 * Reads ISO 20022 camt.053. A file that is cut, or whose booked entries are not the difference of its balances, is refused: an entry that
 * is not there may be a reversal. So are document types, and with them every entity that a file could declare, and deep nesting.
 * Throws {@link BankStatementFault}.
 */
export class Camt053Reader {
  private readonly take: TakeEntry;
  private readonly scanner: XmlScanner;
  private readonly lines = new LineIndex();
  private details: XmlNode[] = [];
  private balances: CamtBalance[] = [];
  private booked = 0n;
  private currencies = new Set<string>();
  private hasStatement = false;

  constructor(take: TakeEntry) {
    this.take = take;
    const trees = new XmlTrees(WANTED, {
      take: (node, path) => this.node(node, path),
      root: (name, namespace) => this.root(name, namespace),
      ended: (name) => {
        if (name === 'Stmt') this.endStatement();
      },
    });
    this.scanner = new XmlScanner(trees, { tokenMax: CAMT_TOKEN_MAX });
  }

  write(chunk: string): void {
    this.lines.add(chunk);
    this.guarded(() => this.scanner.write(chunk));
  }

  /** The line of the tag that is being read, so that an entry is named by the line on which it ends. */
  private get line(): number {
    return this.lines.lineAt(this.scanner.tagOffset);
  }

  end(): void {
    this.guarded(() => this.scanner.end());
    if (!this.hasStatement) throw new BankStatementFault(0, 'file-empty', 'There is no statement (Stmt) in this file.');
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof XmlFault)) throw error;
      const message = `This is no camt.053 that can be read: ${error.message}. Take the statement from the bank again.`;
      throw new BankStatementFault(this.line, 'statement-xml', message);
    }
  }

  private root(name: string, namespace: string): void {
    if (name === 'Document' && NAMESPACE.test(namespace)) return;
    const message =
      'This is no camt.053 (Document of the namespace urn:iso:std:iso:20022:tech:xsd:camt.053.001.…). Take the booked statement of the day from the bank, and no camt.052 or camt.054.';
    throw new BankStatementFault(this.line, 'statement-format', message);
  }

  private node(node: XmlNode, path: readonly string[]): void {
    switch (node.name) {
      case 'TxDtls':
        // A detail stands in an entry; any other one is no part of the statement.
        if (path.includes('Ntry')) this.details.push(node);
        return;
      case 'Bal':
        if (path.at(-1) === 'Stmt') this.balances.push(this.balance(node));
        return;
      case 'Ntry': {
        const { details } = this;
        this.details = [];
        if (path.at(-1) !== 'Stmt') return;
        if (details.length > 1) node.children.push({ name: SEVERAL_DETAILS, currency: '', text: '', children: [] });
        const { rows, bookedMinor, currency } = camtEntry(node, details, this.line);
        this.booked += bookedMinor;
        this.currencies.add(currency);
        for (const row of rows) this.take(row);
      }
    }
  }

  private balance(node: XmlNode): CamtBalance {
    const amount = elementAt(node, 'Amt');
    const currency = amount?.currency ?? '';
    const minor = bankMinor(amount?.text.trim() ?? '', currency, '.', this.line);
    const code = nodeText(node, 'Tp', 'CdOrPrtry', 'Cd');
    return { code, currency, minor: isDebit(nodeText(node, 'CdtDbtInd'), this.line) ? -minor : minor };
  }

  private endStatement(): void {
    const { balances, booked, currencies, line } = this;
    this.balances = [];
    this.booked = 0n;
    this.currencies = new Set();
    this.hasStatement = true;
    // The pages of a statement have interim balances between them.
    const interim = balances.filter(({ code }) => code === 'ITBD');
    const opening =
      balances.find(({ code }) => code === 'OPBD') ?? balances.find(({ code }) => code === 'PRCD') ?? interim[0];
    const closing = balances.find(({ code }) => code === 'CLBD') ?? interim.findLast((one) => one !== opening);
    if (opening === undefined || closing === undefined) {
      const message =
        'This statement has no opening or no closing balance (OPBD, CLBD), so that nothing shows whether it is whole. Take the statement from the bank again.';
      throw new BankStatementFault(line, 'statement-balance', message);
    }
    const { currency } = opening;
    const others = [closing.currency, ...currencies].filter((other) => other !== currency);
    const difference = closing.minor - opening.minor - booked;
    if (others.length === 0 && difference === 0n) return;
    const by =
      others.length === 0
        ? `differ by ${formatAmount(difference, currency)} ${currency}`
        : `are in ${currency} and ${others[0] ?? ''}`;
    const message = `The balances of this statement and the sum of its booked entries ${by}: an entry is missing or was changed. Take the statement from the bank again.`;
    throw new BankStatementFault(line, 'statement-balance', message);
  }
}
