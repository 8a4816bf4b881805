import { XmlScanner } from '../../workbook/xml-scanner.ts';
import { XmlFault } from '../../workbook/xml-text.ts';
import { readText } from '../bytes.ts';
import { wholeFile, type ProblemList } from '../problem-list.ts';
import { PaymentBlock, shownNumber } from './block.ts';
import { DeclaredTotals } from './controls.ts';
import { textAtPath, type PainElement } from './element.ts';
import { elementAt } from '../xml-path.ts';
import { exactDecimal } from './decimal.ts';
import { declaredXmlEncoding, XML_ENCODINGS } from './encoding.ts';
import { EXPORT_AGAIN, PainFault } from './fault.ts';
import { LineIndex } from '../line-index.ts';
import { checkMessageKind } from './message-kind.ts';
import { PainNotes } from './notes.ts';
import { GROUP_HEADER, isKnownBlockPart, elementName, structureFault, unknownText } from './structure.ts';
import { Transfers, type PainRow, type TransferSettings } from './transfer.ts';
import { MessageTree, type MessageEvents } from './tree.ts';

/** Rows are handed on in small pages: what lives longer than a piece of work is what makes the memory grow. */
const ROWS_OF_PAGE = 50;

/** A text, tag or comment longer than this is no payment's. */
const PAIN_TOKEN_MAX = 256 * 1024;

export interface PainSettings extends TransferSettings {
  readonly timezone: string;
  /** Number of a debtor's account, in capitals and without spaces → account of the configuration; null: one account pays all. */
  readonly debtorAccounts: ReadonlyMap<string, string> | null;
  /** Whether a person has named the account that pays, so that the debtors of the message do not count. */
  readonly isAccountForced: boolean;
}

/** Reads a pain.001 once, from its first byte to its last, as a stream. */
export class PainMessage implements MessageEvents {
  /** The group header; null before it was read. */
  header: PainElement | null = null;
  /** The first `PmtInf`, once everything in front of its first payment was read. */
  firstBlock: PaymentBlock | null = null;
  private readonly settings: PainSettings;
  private readonly problems: ProblemList;
  private readonly texts: AsyncGenerator<string, void, undefined>;
  private readonly scanner: XmlScanner;
  private readonly tree: MessageTree;
  private readonly lines = new LineIndex();
  private readonly notes = new PainNotes();
  private readonly transfers: Transfers;
  private readonly totals: DeclaredTotals;
  /** Whether every `PmtInf` so far declares its own count and sum. */
  private readonly declared = { counts: true, sums: true };
  private block: PaymentBlock | null = null;
  private rows: PainRow[] = [];
  private count = 0;
  private hasRoot = false;
  private isBlank = true;
  private hasMessage = false;
  private isEnded = false;
  /** Whether the file cannot be read to its end, which was reported. */
  private isBroken = false;

  private constructor(encoding: 'windows-1252' | null, settings: PainSettings, problems: ProblemList) {
    this.settings = settings;
    this.problems = problems;
    this.texts = readText({ file: settings.file, encoding, form: 'xml' }, problems);
    this.transfers = new Transfers(settings, this.notes, problems);
    this.totals = new DeclaredTotals(settings.file, 'message');
    this.tree = new MessageTree(this, () => this.lines.lineAt(this.scanner.tagOffset));
    this.scanner = new XmlScanner(this.tree, { encodings: XML_ENCODINGS, tokenMax: PAIN_TOKEN_MAX });
  }

  /** Reads what stands in front of the first payment. Throws `PayrunError` where the file cannot be opened. */
  static async open(settings: PainSettings, problems: ProblemList): Promise<PainMessage> {
    const message = new PainMessage(await declaredXmlEncoding(settings.file), settings, problems);
    while (message.firstBlock === null && !message.isEnded) await message.read();
    return message;
  }

  /** Reads on; false at the end. `isDamaged` says whether payments were there perhaps that could not be read. */
  async *pages(): AsyncGenerator<{ readonly rows: readonly PainRow[]; readonly isDamaged: boolean }, void, undefined> {
    try {
      for (;;) {
        if (this.rows.length >= ROWS_OF_PAGE || this.isEnded) {
          const { rows } = this;
          this.rows = [];
          yield { rows, isDamaged: this.isBroken };
        }
        if (this.isEnded) return;
        await this.read();
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.texts.return();
  }

  root(name: string, namespace: string, line: number): void {
    this.hasRoot = true;
    checkMessageKind(name, namespace, line);
  }

  message(name: string, line: number): void {
    if (name !== 'CstmrCdtTrfInitn')
      throw new PainFault(line, 'pain-kind', `${unknownText(name, 'Document')} ${EXPORT_AGAIN}`);
    if (this.hasMessage) {
      const text = 'A second message begins here. One file is one batch: write each message into a file of its own.';
      throw new PainFault(line, 'pain-two-messages', text);
    }
    this.hasMessage = true;
  }

  part(element: PainElement): void {
    const { name, line } = element;
    if (name === 'SplmtryData') {
      this.notes.add('pain-supplement', line, 0);
      return;
    }
    if (name !== 'GrpHdr') {
      this.report(line, name, 'pain-element-unknown', unknownText(name, 'CstmrCdtTrfInitn'));
      return;
    }
    if (this.header !== null || this.block !== null)
      throw new PainFault(line, 'pain-order', `GrpHdr stands once, in front of all PmtInf. ${EXPORT_AGAIN}`);
    this.header = element;
    const fault = structureFault(element, GROUP_HEADER);
    if (fault !== null) this.report(fault.line, fault.name, fault.code, fault.message);
  }

  openBlock(line: number): void {
    if (this.header === null)
      throw new PainFault(line, 'pain-order', `PmtInf stands here without a GrpHdr in front of it. ${EXPORT_AGAIN}`);
    this.block = new PaymentBlock(this.settings.file, line);
  }

  blockPart(element: PainElement): void {
    const { block } = this;
    if (block === null) return;
    const { name, line } = element;
    if (name === 'CdtTrfTxInf') {
      this.transfer(element, block);
      return;
    }
    if (block.isChecked) {
      const what = isKnownBlockPart(name)
        ? `${name} stands behind payments that it holds for: it belongs in front of the first CdtTrfTxInf.`
        : unknownText(name, 'PmtInf');
      this.report(line, name, isKnownBlockPart(name) ? 'pain-order' : 'pain-element-unknown', what);
      return;
    }
    block.add(element);
  }

  closeBlock(): void {
    const { block } = this;
    if (block === null) return;
    this.checkBlock(block);
    const [count, sum] = [block.element('NbOfTxs'), block.element('CtrlSum')];
    block.totals.check(count, sum, this.problems);
    this.declared.counts &&= count !== null;
    this.declared.sums &&= sum !== null;
  }

  private transfer(element: PainElement, block: PaymentBlock): void {
    this.checkBlock(block);
    const amount = textAtPath(element, 'Amt', 'InstdAmt');
    const exact = exactDecimal(amount);
    block.totals.add(exact);
    this.totals.add(exact);
    this.count += 1;
    this.rows.push(this.transfers.row(element, block));
  }

  /** Checks what holds for the payments of a block, when the first of them comes. */
  private checkBlock(block: PaymentBlock): void {
    if (block.isChecked) return;
    const { problems, settings } = this;
    block.check(settings.timezone, this.firstBlock, problems);
    this.checkDate(block);
    this.checkDebtor(block);
    this.firstBlock ??= block;
  }

  /** A batch has one moment before which nothing of it is sent. */
  private checkDate(block: PaymentBlock): void {
    const first = this.firstBlock;
    if (first === null || first.notBefore === null || block.notBefore === null || first.notBefore === block.notBefore)
      return;
    const message = `These payments are to be made on another day than those of the PmtInf on line ${first.line}, and a batch goes on one. Write a file for each day.`;
    this.problems.error(block.place('not_before', 'ReqdExctnDt'), 'pain-dates-differ', message);
  }

  private checkDebtor(block: PaymentBlock): void {
    const { debtorAccounts, isAccountForced } = this.settings;
    if (isAccountForced) return;
    const { debtor } = block;
    const place = block.place('account', 'DbtrAcct');
    const number = shownNumber(debtor);
    if (debtorAccounts === null) {
      const first = this.firstBlock?.debtor ?? debtor;
      if (debtor === first) return;
      const message = `This debtor account (${number}) is another one than that of the first PmtInf (${shownNumber(first)}). Say which account pays for which: \`debtor_accounts: { NUMBER: ACCOUNT }\` in the rule of this file (\`defaults:\` of payrun.yaml).`;
      this.problems.error(place, 'pain-debtors-differ', message);
      return;
    }
    block.account = debtorAccounts.get(debtor) ?? '';
    if (block.account !== '') return;
    const what =
      debtor === ''
        ? 'This PmtInf names no debtor account (DbtrAcct)'
        : `The debtor account ${number} is none of \`debtor_accounts:\` in the rule of this file (\`defaults:\` of payrun.yaml)`;
    this.problems.error(
      place,
      'pain-debtor-unknown',
      `${what}, so that nothing says which account pays. Add it there, or name one with --account.`,
    );
  }

  /** Takes in the next piece of the file. */
  private async read(): Promise<void> {
    const next = await this.texts.next();
    const text = next.value ?? '';
    try {
      this.isBlank &&= text.trim() === '';
      this.lines.add(text);
      this.scanner.write(text);
      if (next.done !== true) return;
      this.isEnded = true;
      if (this.isBlank) throw new PainFault(0, 'file-empty', 'The file is empty. Was it saved?');
      this.scanner.end();
      this.finish();
    } catch (error) {
      this.isEnded = true;
      this.isBroken = true;
      if (error instanceof PainFault)
        this.problems.error({ ...wholeFile(this.settings.file), line: error.line }, error.code, error.message);
      else if (error instanceof XmlFault) this.reportXml(error, next.done === true);
      else throw error;
    }
  }

  private reportXml({ message }: XmlFault, isAtEnd: boolean): void {
    const line = this.lines.lineAt(this.scanner.tagOffset);
    const place = { ...wholeFile(this.settings.file), line };
    if (isAtEnd && this.tree.isEnded) {
      const text = `Something stands behind the end of the message, on this line or behind it. ${EXPORT_AGAIN}`;
      this.problems.error(place, 'xml-fault', text);
    } else if (isAtEnd && this.hasRoot) {
      const text =
        'The file ends before its last element does, behind this line: it was cut off, or is still being written. Copy it again, whole.';
      this.problems.error(place, 'xml-cut-off', text);
    } else {
      const text = `This is no XML that can be read, on this line or behind it: ${message}. ${EXPORT_AGAIN}`;
      this.problems.error(place, 'xml-fault', text);
    }
  }

  /** The message is whole. */
  private finish(): void {
    const { header, problems, settings } = this;
    const { file } = settings;
    if (header === null) {
      this.report(0, '', 'no-payments', `There is no message with a GrpHdr in this file. ${EXPORT_AGAIN}`);
      return;
    }
    const [count, sum] = [elementAt(header, 'NbOfTxs'), elementAt(header, 'CtrlSum')];
    this.totals.check(count, sum, problems);
    if (this.count === 0)
      this.report(header.line, 'CstmrCdtTrfInitn', 'no-payments', 'There is no payment (CdtTrfTxInf) in this message.');
    const missing = [
      count === null && !this.declared.counts ? 'NbOfTxs' : '',
      sum === null && !this.declared.sums ? 'CtrlSum' : '',
    ].filter((name) => name !== '');
    if (missing.length > 0 && this.count > 0) {
      const message = `This message declares no ${missing.join(' and no ')}: nothing in it shows whether ${missing.includes('NbOfTxs') ? 'all payments are there' : 'its amounts are right'}. Compare the totals before you pay, or give them with --expect-count and --expect-sum.`;
      problems.warning({ file, line: header.line, column: 'GrpHdr', field: 'control' }, 'control-missing', message);
    }
    this.noteAuthorisation(header);
    this.notes.report(file, problems);
  }

  private noteAuthorisation(header: PainElement): void {
    const codes = header.children
      .filter(({ name }) => name === 'Authstn')
      .map((one) => textAtPath(one, 'Cd') || textAtPath(one, 'Prtry'));
    const open = codes.find((code) => code !== 'AUTH');
    if (open === undefined) return;
    const message = `The message says that it still has to be authorised (Authstn ${open.slice(0, 35)}). payrun asks for no such authorisation.`;
    this.problems.warning(
      { file: this.settings.file, line: header.line, column: 'Authstn', field: '' },
      'pain-authorisation',
      message,
    );
  }

  private report(line: number, column: string, code: string, message: string): void {
    this.problems.error({ file: this.settings.file, line, column: elementName(column), field: '' }, code, message);
  }
}
