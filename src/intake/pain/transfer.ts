import type { Columns } from '../columns.ts';
import { cellShown, personOf } from '../person.ts';
import type { ProblemList, ProblemPlace } from '../problem-list.ts';
import type { Row } from '../row.ts';
import { amountShown, quotable } from '../shape.ts';
import { isRoundedNumber } from '../spreadsheet-numbers.ts';
import type { PaymentBlock } from './block.ts';
import { isDecimal } from './decimal.ts';
import { bankCodesOf, creditorDestination, type DestinationFields } from './destination.ts';
import { elementAt, textAtPath, trimmedXml, type PainElement } from './element.ts';
import type { NoteCode, PainNotes } from './notes.ts';
import { structureFault, TRANSFER } from './structure.ts';

/** A payment of a message as a row of a table. */
export interface PainRow extends Row {
  /** From 1. */
  readonly number: number;
  /** Whether something of it cannot be read, which was reported: no further rule is asked about it. */
  readonly isRefused: boolean;
  /** Whether another payment stands on the same line, so that the line does not say which one is meant. */
  sharesLine: boolean;
}

const FIELDS_OF_PAIN = ['id', 'name', 'amount', 'currency'] as const;
const DESTINATIONS = ['mobile', 'bank_code', 'bank_account', 'wallet', 'paybill', 'paybill_account', 'till'] as const;
/** Carried into the report. */
const CARRIED = ['payment_information', 'instruction_id', 'purpose', 'category_purpose'] as const;

/** The columns that a message makes, which its corrections have as well. */
export function painColumns(hasAccount: boolean): Columns {
  const fields = [...FIELDS_OF_PAIN, ...(hasAccount ? ['account'] : []), ...DESTINATIONS, 'narrative'];
  return { headers: [...fields, ...CARRIED], fields: [...fields, ...CARRIED.map(() => '')], missing: new Set() };
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

/** Something that is wrong with a payment. */
interface TransferFault {
  readonly field: string;
  readonly code: string;
  readonly message: string;
  /** Whether the payment can be read all the same, so that its other faults are found too. */
  readonly isReadable?: true;
}

/** A text that was escaped for XML twice: what is paid to would be `Johnson &amp; Sons`. */
const ESCAPED_TWICE = /&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});/;

const ID_MAX_OF_PAIN = 35;

/** Makes rows of the payments of a message. */
export class Transfers {
  private readonly settings: TransferSettings;
  private readonly notes: PainNotes;
  private readonly problems: ProblemList;
  private readonly headers: readonly string[];
  private number = 0;
  private previous: PainRow | null = null;

  constructor(settings: TransferSettings, notes: PainNotes, problems: ProblemList) {
    this.settings = settings;
    this.headers = painColumns(settings.hasAccount).headers;
    this.notes = notes;
    this.problems = problems;
  }

  row(element: PainElement, block: PaymentBlock): PainRow {
    const faults: TransferFault[] = [];
    const structure = structureFault(element, TRANSFER);
    if (structure !== null) faults.push({ ...structure, field: '' });
    const destination = this.destination(element, faults);
    const texts: Readonly<Record<string, string>> = {
      id: textAtPath(element, 'PmtId', 'EndToEndId'),
      name: textAtPath(element, 'Cdtr', 'Nm'),
      amount: textAtPath(element, 'Amt', 'InstdAmt'),
      currency: elementAt(element, 'Amt', 'InstdAmt')?.currency.trim() ?? '',
      account: block.account,
      narrative: remittanceText(element),
      ...destination,
      payment_information: block.text('PmtInfId'),
      instruction_id: textAtPath(element, 'PmtId', 'InstrId'),
      purpose: textAtPath(element, 'Purp', 'Cd') || textAtPath(element, 'Purp', 'Prtry'),
      category_purpose: categoryOf(element) || block.text('PmtTpInf', 'CtgyPurp', 'Cd'),
    };
    faults.push(...amountFaults(element, texts), ...idFaults(texts), ...escapeFaults(texts));
    faults.push(...payoutFaults(element, block, texts['currency'] ?? ''));
    const cells = this.headers.map((header) => texts[header] ?? '');
    this.number += 1;
    const { line } = element;
    const isRefused = faults.some(({ isReadable }) => isReadable !== true);
    const sharesLine = this.previous?.line === line;
    if (this.previous !== null && sharesLine) this.previous.sharesLine = true;
    const row: PainRow = { line, cells, number: this.number, isRefused, sharesLine };
    this.previous = row;
    this.report(row, texts, faults, structure?.name);
    this.note(element, block, texts);
    return row;
  }

  private destination(element: PainElement, faults: TransferFault[]): DestinationFields {
    const account = elementAt(element, 'CdtrAcct');
    const found = creditorDestination(account, elementAt(element, 'CdtrAgt'), this.settings.bankCode);
    if (!('fault' in found)) return found.fields;
    faults.push(found.fault);
    return {};
  }

  private report(
    row: PainRow,
    texts: Readonly<Record<string, string>>,
    faults: readonly TransferFault[],
    structureName: string | undefined,
  ): void {
    for (const { field, code, message } of faults) {
      const place = placeInPain(this.settings.file, row, field);
      const column = place.column === '' && code.startsWith('pain-element') ? (structureName ?? '') : place.column;
      this.problems.error({ ...place, column }, code, message, () => ({
        person: personOf((name) => texts[name] ?? ''),
        value: cellShown(field, texts[field] ?? ''),
      }));
    }
  }

  private note(element: PainElement, block: PaymentBlock, texts: Readonly<Record<string, string>>): void {
    const { line, children } = element;
    for (const { name } of children) {
      const code = NOTED[name];
      if (code !== undefined) this.notes.add(code, line);
    }
    const charges = textAtPath(element, 'ChrgBr') || block.text('ChrgBr');
    if (charges === 'CRED') this.notes.add('pain-charges-creditor', line);
    if (block.text('PmtMtd') === 'TRA') this.notes.add('pain-advice', line);
    for (const [name, code] of Object.entries(NOTED_OF_BLOCK)) {
      if (block.element(name) !== null) this.notes.add(code, line);
    }
    const accountCurrency = textAtPath(element, 'CdtrAcct', 'Ccy').toUpperCase();
    if (accountCurrency !== '' && accountCurrency !== texts['currency']) this.notes.add('pain-account-currency', line);
    const { id = '', bank_account: account = '' } = texts;
    const isToBank = account !== '' || DESTINATIONS.every((field) => (texts[field] ?? '') === '');
    if (!isToBank && bankCodesOf(elementAt(element, 'CdtrAgt')).length > 0) this.notes.add('pain-agent-unused', line);
    if (isRoundedNumber(account)) this.notes.add('pain-account-digits', line);
    if (id.length === ID_MAX_OF_PAIN) this.notes.add('pain-id-cut', line);
    if (id.length > ID_MAX_OF_PAIN) this.notes.add('pain-id-longer', line);
  }
}

const NOTED: Readonly<Record<string, NoteCode>> = {
  ...{ UltmtCdtr: 'pain-ultimate-creditor', UltmtDbtr: 'pain-ultimate-debtor', IntrmyAgt1: 'pain-intermediary' },
  ...{ InstrForCdtrAgt: 'pain-instruction', InstrForDbtrAgt: 'pain-instruction', SplmtryData: 'pain-supplement' },
};

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

function amountFaults(element: PainElement, { amount = '', currency = '' }: Readonly<Record<string, string>>) {
  const faults: TransferFault[] = [];
  if (elementAt(element, 'Amt', 'EqvtAmt') !== null) {
    const message =
      'This payment is instructed as the equivalent of an amount in another currency (EqvtAmt), which a bank would convert. payrun converts nothing: write ' +
      'the amount that is to arrive as InstdAmt.';
    return [{ field: 'amount', code: 'pain-equivalent-amount', message }];
  }
  if (amount !== '' && !isDecimal(amount)) {
    const [code, what] = amount.startsWith('-') ? ['amount-negative', 'is negative'] : ['amount-syntax', 'is none'];
    const message =
      `The amount reads ${amountShown(amount)}, which ${what} in pain.001: digits with at most one point, like 1250.50, and no sign, exponent, comma or ` +
      'space. Correct it in the program that wrote the file.';
    faults.push({ field: 'amount', code, message });
  }
  if (amount !== '' && currency === '') {
    const message =
      'InstdAmt names no currency (Ccy), and none is guessed. Have the program that wrote the file write it.';
    faults.push({ field: 'currency', code: 'currency-missing', message });
  }
  return faults;
}

function idFaults({ id = '' }: Readonly<Record<string, string>>): readonly TransferFault[] {
  if (id !== '' && id.replace(/[^A-Za-z]/g, '').toUpperCase() !== 'NOTPROVIDED') return [];
  const what =
    id === '' ? 'This payment has no EndToEndId.' : `EndToEndId reads ${quotable(id)}, which stands for none.`;
  const advice =
    'Give each payment your own key for it there, for example the employee number: by it payrun knows the payment again.';
  return [{ field: 'id', code: 'id-missing', message: `${what} ${advice}` }];
}

function escapeFaults(texts: Readonly<Record<string, string>>): readonly TransferFault[] {
  return (['id', 'name', 'narrative', ...DESTINATIONS] as const).flatMap((field) => {
    const text = texts[field] ?? '';
    if (!text.includes('&') || !ESCAPED_TWICE.test(text)) return [];
    const reads = field === 'name' || field === 'narrative' ? ` reads "${quotable(text)}", which` : '';
    const message = `The ${field.replace('_', ' ')}${reads} was escaped for XML twice by the program that wrote the file. Correct it there, or in the file.`;
    return [{ field, code: `${field.replace('_', '-')}-escaped-twice`, message }];
  });
}

/** What a payment asks for that is no payout, or not this amount. */
function payoutFaults(element: PainElement, block: PaymentBlock, currency: string): readonly TransferFault[] {
  const faults: TransferFault[] = [];
  const refuse = (field: string, code: string, message: string) =>
    faults.push({ field, code, message, isReadable: true });
  if (elementAt(element, 'XchgRateInf') !== null)
    refuse(
      'amount',
      'pain-exchange-rate',
      'This payment has an exchange rate (XchgRateInf). payrun converts nothing: remove it, or pay it at a bank.',
    );
  if (elementAt(element, 'ChqInstr') !== null)
    refuse('', 'pain-cheque', 'This payment is a cheque (ChqInstr), and payrun writes none. Take it out of the file.');
  for (const { name, children } of element.children) {
    const code =
      name === 'InstrForCdtrAgt' ? trimmedXml(children.find((child) => child.name === 'Cd')?.text ?? '') : '';
    if (code !== 'CHQB' && code !== 'HOLD') continue;
    const what = code === 'CHQB' ? 'by cheque only' : 'in cash, to whoever calls for it';
    refuse(
      '',
      'pain-instruction-unpayable',
      `The creditor's bank is to pay this ${what} (InstrForCdtrAgt ${code}), which payrun cannot ask for. Take the payment out of the file.`,
    );
  }
  const { debtorCurrency } = block;
  if (debtorCurrency !== '' && currency !== '' && debtorCurrency !== currency.toUpperCase()) {
    const message = `The debtor's account is in ${quotable(debtorCurrency)} (DbtrAcct/Ccy) and this payment in ${quotable(currency)}: a bank would convert it. payrun converts nothing.`;
    refuse('currency', 'pain-currency-conversion', `${message} Pay it from an account in its own currency.`);
  }
  return faults;
}
