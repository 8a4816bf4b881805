import type { Columns } from '../columns.ts';
import { isField } from '../fields.ts';
import { cellShown, personOf } from '../person.ts';
import type { ProblemList, ProblemPlace } from '../problem-list.ts';
import type { Row } from '../row.ts';
import { isRoundedNumber } from '../spreadsheet-numbers.ts';
import type { PaymentBlock } from './block.ts';
import { bankCodesOf, creditorDestination, type DestinationFields } from './destination.ts';
import { textAtPath, trimmedXml, type PainElement } from './element.ts';
import { elementAt } from '../xml-path.ts';
import type { NoteCode, PainNotes } from './notes.ts';
import { elementName, structureFault, TRANSFER } from './structure.ts';
import {
  addAmountFaults,
  addEscapeFaults,
  addIdFaults,
  addPayoutFaults,
  TRANSFER_FIELDS,
  type TransferFault,
  type TransferTexts,
} from './transfer-faults.ts';

/** A payment of a message as a row of a table. */
export interface PainRow extends Row {
  /** From 1. */
  readonly number: number;
  /** Whether something of it cannot be read, which was reported: no further rule is asked about it. */
  readonly isRefused: boolean;
  /** Whether another payment stands on the same line, so that the line does not say which one is meant. */
  sharesLine: boolean;
}

/** The columns that a message makes, which its corrections have as well. */
export function painColumns(hasAccount: boolean): Columns {
  const headers = TRANSFER_FIELDS.filter((field) => field !== 'account' || hasAccount);
  return { headers, fields: headers.map((header) => (isField(header) ? header : '')), missing: new Set() };
}

/** Where a field stands in a payment, as messages name it. */
const ELEMENT_OF: Readonly<Record<string, string>> = {
  ...{ id: 'EndToEndId', name: 'Cdtr', amount: 'InstdAmt', currency: 'Ccy', account: 'DbtrAcct', bank_code: 'CdtrAgt' },
  ...{ mobile: 'CdtrAcct', bank_account: 'CdtrAcct', wallet: 'CdtrAcct', paybill: 'CdtrAcct', till: 'CdtrAcct' },
  ...{ paybill_account: 'CdtrAcct', narrative: 'Ustrd' },
};

/** The place of a field of a payment; '' for the payment as a whole. */
export function placeInPain(file: string, { line, number, sharesLine }: PainRow, field: string): ProblemPlace {
  const place = { file, line, column: ELEMENT_OF[field] ?? '', field };
  return sharesLine ? { ...place, cell: `payment ${number}` } : place;
}

export interface TransferSettings {
  readonly file: string;
  readonly hasAccount: boolean;
  /** Chooses one of the codes of a bank; '' for none. */
  readonly bankCode: (codes: readonly string[]) => string;
}

const ID_MAX_OF_PAIN = 35;

/** Makes rows of the payments of a message. */
export class Transfers {
  private readonly settings: TransferSettings;
  private readonly notes: PainNotes;
  private readonly problems: ProblemList;
  private readonly fields: readonly (keyof TransferTexts)[];
  private number = 0;
  private previous: PainRow | null = null;

  constructor(settings: TransferSettings, notes: PainNotes, problems: ProblemList) {
    this.settings = settings;
    this.fields = TRANSFER_FIELDS.filter((field) => field !== 'account' || settings.hasAccount);
    this.notes = notes;
    this.problems = problems;
  }

  row(element: PainElement, block: PaymentBlock): PainRow {
    const faults: TransferFault[] = [];
    const structure = structureFault(element, TRANSFER);
    if (structure !== null) faults.push({ ...structure, field: '' });
    const texts = this.texts(element, block, faults);
    addAmountFaults(element, texts, faults);
    addIdFaults(texts, faults);
    addEscapeFaults(texts, faults);
    addPayoutFaults(element, block, texts.currency, faults);
    const cells = this.fields.map((field) => texts[field]);
    this.number += 1;
    const { line } = element;
    const isRefused = faults.some(({ isReadable }) => isReadable !== true);
    const sharesLine = this.previous?.line === line;
    if (this.previous !== null && sharesLine) this.previous.sharesLine = true;
    const row: PainRow = { line, cells, number: this.number, isRefused, sharesLine };
    this.previous = row;
    if (faults.length > 0) this.report(row, texts, faults, structure?.name);
    this.note(element, block, texts);
    return row;
  }

  private texts(element: PainElement, block: PaymentBlock, faults: TransferFault[]): TransferTexts {
    const account = elementAt(element, 'CdtrAcct');
    const found = creditorDestination(account, elementAt(element, 'CdtrAgt'), this.settings.bankCode);
    if ('fault' in found) faults.push(found.fault);
    const to: DestinationFields = 'fault' in found ? {} : found.fields;
    return {
      id: textAtPath(element, 'PmtId', 'EndToEndId'),
      name: textAtPath(element, 'Cdtr', 'Nm'),
      amount: textAtPath(element, 'Amt', 'InstdAmt'),
      currency: elementAt(element, 'Amt', 'InstdAmt')?.currency.trim() ?? '',
      account: block.account,
      mobile: to.mobile ?? '',
      bank_code: to.bank_code ?? '',
      bank_account: to.bank_account ?? '',
      wallet: to.wallet ?? '',
      paybill: to.paybill ?? '',
      paybill_account: to.paybill_account ?? '',
      till: to.till ?? '',
      narrative: remittanceText(element),
      payment_information: block.text('PmtInfId'),
      instruction_id: textAtPath(element, 'PmtId', 'InstrId'),
      purpose: textAtPath(element, 'Purp', 'Cd') || textAtPath(element, 'Purp', 'Prtry'),
      category_purpose: categoryOf(element) || block.text('PmtTpInf', 'CtgyPurp', 'Cd'),
    };
  }

  private report(
    row: PainRow,
    texts: TransferTexts,
    faults: readonly TransferFault[],
    structureName: string | undefined,
  ): void {
    for (const { field, code, message } of faults) {
      const place = placeInPain(this.settings.file, row, field);
      const column =
        place.column === '' && code.startsWith('pain-element') ? elementName(structureName ?? '') : place.column;
      this.problems.error({ ...place, column }, code, message, () => ({
        person: personOf((name) => textNamed(texts, name)),
        value: cellShown(field, textNamed(texts, field)),
      }));
    }
  }

  private note(element: PainElement, block: PaymentBlock, texts: TransferTexts): void {
    const { line, children } = element;
    for (const { name } of children) {
      const code = NOTED.get(name);
      if (code !== undefined) this.notes.add(code, line);
    }
    const charges = textAtPath(element, 'ChrgBr') || block.text('ChrgBr');
    if (charges === 'CRED') this.notes.add('pain-charges-creditor', line);
    if (block.text('PmtMtd') === 'TRA') this.notes.add('pain-advice', line);
    for (const [name, code] of Object.entries(NOTED_OF_BLOCK)) {
      if (block.element(name) !== null) this.notes.add(code, line);
    }
    const accountCurrency = textAtPath(element, 'CdtrAcct', 'Ccy').toUpperCase();
    if (accountCurrency !== '' && accountCurrency !== texts.currency) this.notes.add('pain-account-currency', line);
    const { id, bank_account: account } = texts;
    const isElsewhere = [texts.mobile, texts.wallet, texts.paybill, texts.till].some((text) => text !== '');
    if (isElsewhere && bankCodesOf(elementAt(element, 'CdtrAgt')).length > 0) this.notes.add('pain-agent-unused', line);
    if (isRoundedNumber(account)) this.notes.add('pain-account-digits', line);
    if (id.length === ID_MAX_OF_PAIN) this.notes.add('pain-id-cut', line);
    if (id.length > ID_MAX_OF_PAIN) this.notes.add('pain-id-longer', line);
  }
}

const NOTED: ReadonlyMap<string, NoteCode> = new Map(
  Object.entries<NoteCode>({
    ...{ UltmtCdtr: 'pain-ultimate-creditor', UltmtDbtr: 'pain-ultimate-debtor', IntrmyAgt1: 'pain-intermediary' },
    ...{ InstrForCdtrAgt: 'pain-instruction', InstrForDbtrAgt: 'pain-instruction', SplmtryData: 'pain-supplement' },
  }),
);

const NOTED_OF_BLOCK: Readonly<Record<string, NoteCode>> = {
  UltmtDbtr: 'pain-ultimate-debtor',
  InstrForDbtrAgt: 'pain-instruction',
  ChrgsAcct: 'pain-charges-account',
};

/** Free texts in their order; a structured reference where there is none of them. */
function remittanceText(element: PainElement): string {
  const remittance = elementAt(element, 'RmtInf');
  if (remittance === null) return '';
  const texts = remittance.children.filter(({ name }) => name === 'Ustrd').map(({ text }) => trimmedXml(text));
  return texts.filter((text) => text !== '').join(' ') || textAtPath(remittance, 'Strd', 'CdtrRefInf', 'Ref');
}

function categoryOf(element: PainElement): string {
  return textAtPath(element, 'PmtTpInf', 'CtgyPurp', 'Cd') || textAtPath(element, 'PmtTpInf', 'CtgyPurp', 'Prtry');
}

function textNamed(texts: TransferTexts, field: string): string {
  return (texts as Readonly<Record<string, string>>)[field] ?? '';
}
