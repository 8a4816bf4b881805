import { amountShown, quotable } from '../shape.ts';
import type { PaymentBlock } from './block.ts';
import { isDecimal } from './decimal.ts';
import { trimmedXml, type PainElement } from './element.ts';
import { elementAt } from '../xml-path.ts';

/** The columns of a message that say where to pay, and those that are only carried into the report. */
const TO_FIELDS = ['mobile', 'bank_code', 'bank_account', 'wallet', 'paybill', 'paybill_account', 'till'] as const;
const CARRIED = ['payment_information', 'instruction_id', 'purpose', 'category_purpose'] as const;

/** Something that is wrong with a payment. */
export interface TransferFault {
  readonly field: string;
  readonly code: string;
  readonly message: string;
  /** Whether the payment can be read all the same, so that its other faults are found too. */
  readonly isReadable?: true;
}

/** A text that was escaped for XML twice: what is paid to would be `Johnson &amp; Sons`. */
const ESCAPED_TWICE = /&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});/;

const NO_ID = /^not\s*provided$/i;

/** The texts of a payment, by field; '' where it has none. */
export type TransferTexts = Readonly<Record<(typeof TRANSFER_FIELDS)[number], string>>;

/** All that are read. */
export const TRANSFER_FIELDS = [
  'id',
  'name',
  'amount',
  'currency',
  'account',
  ...TO_FIELDS,
  'narrative',
  ...CARRIED,
] as const;

const ESCAPABLE = ['id', 'name', 'narrative', ...TO_FIELDS] as const;

/** The amount must be a decimal number with its currency. */
export function addAmountFaults(
  element: PainElement,
  { amount, currency }: TransferTexts,
  faults: TransferFault[],
): void {
  if (elementAt(element, 'Amt', 'EqvtAmt') !== null) {
    const message =
      'This payment is instructed as the equivalent of an amount in another currency (EqvtAmt), which a bank would convert. payrun converts nothing: write ' +
      'the amount that is to arrive as InstdAmt.';
    faults.push({ field: 'amount', code: 'pain-equivalent-amount', message });
    return;
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
}

/** By its id a payment is known again; NOTPROVIDED is what ISO 20022 has programs write for none. */
export function addIdFaults({ id }: TransferTexts, faults: TransferFault[]): void {
  if (id !== '' && !NO_ID.test(id)) return;
  const what =
    id === '' ? 'This payment has no EndToEndId.' : `EndToEndId reads ${quotable(id)}, which stands for none.`;
  const advice =
    'Give each payment your own key for it there, for example the employee number: by it payrun knows the payment again.';
  faults.push({ field: 'id', code: 'id-missing', message: `${what} ${advice}` });
}

/** A name that reads `&amp;` is compared by the bank as it is. */
export function addEscapeFaults(texts: TransferTexts, faults: TransferFault[]): void {
  for (const field of ESCAPABLE) {
    const text = texts[field];
    if (!text.includes('&') || !ESCAPED_TWICE.test(text)) continue;
    const reads = field === 'name' || field === 'narrative' ? ` reads "${quotable(text)}", which` : '';
    const message = `The ${field.replace('_', ' ')}${reads} was escaped for XML twice by the program that wrote the file. Correct it there, or in the file.`;
    faults.push({ field, code: `${field.replace('_', '-')}-escaped-twice`, message });
  }
}

/** What a payment asks for that is no payout, or not this amount. */
export function addPayoutFaults(
  element: PainElement,
  block: PaymentBlock,
  currency: string,
  faults: TransferFault[],
): void {
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
}
