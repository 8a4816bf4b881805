import { maskMiddle } from '../../domain/destination.ts';
import { readNotBefore } from '../not-before.ts';
import type { ProblemList, ProblemPlace } from '../problem-list.ts';
import { maskNumbers, quotable } from '../shape.ts';
import { DeclaredTotals } from './controls.ts';
import { textAtPath, trimmedXml, type PainElement } from './element.ts';
import { elementAt } from '../xml-path.ts';
import { elementTooLarge } from './fault.ts';
import { elementName, PAYMENT_BLOCK, structureFault } from './structure.ts';

/** A block has some twenty kinds of parts, and of most of them one. */
const PARTS_MAX = 100;

/** What holds for all payments of a `PmtInf`. */
export class PaymentBlock {
  readonly line: number;
  readonly totals: DeclaredTotals;
  /** Of the configuration, by `debtor_accounts`; '' where there is no such setting, or none for this debtor. */
  account = '';
  /** Start of the day, or the moment, before which nothing may be sent; null where it cannot be read, which was reported. */
  notBefore: number | null = null;
  isChecked = false;
  private readonly file: string;
  /** The elements of the `PmtInf` but its payments, as if they stood in one element. */
  private readonly head: PainElement;

  constructor(file: string, line: number) {
    this.file = file;
    this.line = line;
    this.totals = new DeclaredTotals(file, 'PmtInf');
    this.head = { name: 'PmtInf', line, currency: '', text: '', children: [] };
  }

  /** Throws {@link PainFault} for more parts than any block has, which would only fill the memory. */
  add(part: PainElement): void {
    if (this.head.children.length >= PARTS_MAX) throw elementTooLarge(this.line);
    this.head.children.push(part);
  }

  element(...path: readonly string[]): PainElement | null {
    return elementAt(this.head, ...path);
  }

  text(...path: readonly string[]): string {
    return textAtPath(this.head, ...path);
  }

  /** The account number of the debtor, letters in capitals; '' without one. */
  get debtor(): string {
    const account = this.text('DbtrAcct', 'Id', 'IBAN') || this.text('DbtrAcct', 'Id', 'Othr', 'Id');
    return account.replace(/ /g, '').toUpperCase();
  }

  get debtorCurrency(): string {
    return this.text('DbtrAcct', 'Ccy').toUpperCase();
  }

  /** Where an element of the block stands; the block as a whole where it has none of that name. */
  place(field: string, ...path: readonly string[]): ProblemPlace {
    const found = this.element(...path);
    return { file: this.file, line: found?.line ?? this.line, column: path.at(-1) ?? '', field };
  }

  /**
   * Checks what stands in front of the first payment.
   *
   * @param first the first block of the message; null for that one. Some programs write a block for each payment, all on one day.
   */
  check(timezone: string, first: PaymentBlock | null, problems: ProblemList): void {
    this.isChecked = true;
    const fault = structureFault(this.head, PAYMENT_BLOCK);
    if (fault !== null) {
      const { line, name, code, message } = fault;
      problems.error({ file: this.file, line, column: elementName(name), field: '' }, code, message);
    }
    this.checkMethod(problems);
    const date = this.dateText;
    if (first !== null && first.dateText === date) this.notBefore = first.notBefore;
    else this.readDate(date, timezone, problems);
  }

  private checkMethod(problems: ProblemList): void {
    const method = this.text('PmtMtd');
    if (method === 'TRF' || method === 'TRA') return;
    const what =
      method === 'CHK'
        ? 'These payments are cheques (PmtMtd CHK), and payrun writes none.'
        : method === 'DD'
          ? 'These are direct debits (PmtMtd DD), which take money. payrun pays out.'
          : method === ''
            ? 'Nothing says how these payments are made (PmtMtd).'
            : `payrun does not know the payment method ${quotable(method)}.`;
    const advice = 'It pays transfers: PmtMtd TRF. Take these payments out of the file, or correct the method.';
    problems.error(this.place('', 'PmtMtd'), 'pain-payment-method', `${what} ${advice}`);
  }

  private get dateText(): string {
    const plain = trimmedXml(this.element('ReqdExctnDt')?.text ?? '');
    return this.text('ReqdExctnDt', 'DtTm') || this.text('ReqdExctnDt', 'Dt') || plain;
  }

  private readDate(text: string, timezone: string, problems: ProblemList): void {
    // A date may carry an offset; without one it begins when the day does in the zone of the configuration.
    const date = /^(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})?$/.exec(text);
    this.notBefore = readNotBefore(date === null ? text : `${date[1] ?? ''}T00:00:00${date[2] ?? ''}`, timezone);
    if (this.notBefore !== null) return;
    const what =
      text === ''
        ? 'Nothing says on which day these payments are to be made (ReqdExctnDt).'
        : `ReqdExctnDt reads "${quotable(maskNumbers(text))}", which is no date.`;
    const message = `${what} Write a date, 2026-11-28, or in pain.001.001.09 <Dt> or <DtTm> with one.`;
    problems.error(this.place('not_before', 'ReqdExctnDt'), 'not-before-invalid', message);
  }
}

/** The number of a debtor's account as messages show it. */
export function shownNumber(debtor: string): string {
  return debtor === '' ? 'none' : maskMiddle(debtor, 0, 3);
}
