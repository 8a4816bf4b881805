import { destinationText } from '../domain/destination.ts';
import type { StatementRow } from '../domain/statement.ts';
import type { ComparedPayment } from '../ledger/compared-payments.ts';
import type { NumberedPayment, PaymentTable } from './payment-table.ts';
import type { StatementTimes } from './statement-times.ts';
import { wordsOf } from './statement-words.ts';

/** What of money outside payrun is near enough to a payment to be taken for the same debt. */
export interface OutsideSearch {
  readonly times: StatementTimes;
  /** How far the row may be from the payment, in milliseconds. */
  readonly windowMs: number;
  /** When a payment was sent, or, where it was not, when its batch was registered; null: not known. */
  timeOf(payment: ComparedPayment): number | null;
}

/** A number of six digits or more, the middle of which may be masked: `2547****334`. */
const NUMBER = /(?<![\p{L}\p{N}])\+?\d[\d*x•]{4,}\d(?![\p{L}\p{N}])/giu;

/** Digits of a phone by which it is the same with and without its country: `0711222334`, `254711222334`. */
const NATIONAL_DIGITS = 9;

/** Payments of people by the sums that rows without a payment have; other payments are not kept. */
export class OutsidePayments {
  private readonly search: OutsideSearch;
  private readonly byEnd = new Map<string, NumberedPayment[]>();
  private readonly byNames = new Map<string, NumberedPayment[]>();

  constructor(payments: PaymentTable, rows: Iterable<StatementRow>, search: OutsideSearch) {
    this.search = search;
    const sums = new Set(Iterator.from(rows).map(sumOf));
    if (sums.size === 0) return;
    for (let number = 0; number < payments.count; number++) {
      const payment = payments.payment(number);
      const sum = sumOf(payment);
      if (!sums.has(sum)) continue;
      add(this.byEnd, `${sum} ${lastDigits(accountDigits(payment))}`, payment);
      for (const pair of namePairs(wordsOf(payment.name))) add(this.byNames, `${sum} ${pair}`, payment);
    }
  }

  /** A payment of the same sum, to the person whom the row shows, at about its time; null where there is none. */
  find(row: StatementRow): NumberedPayment | null {
    const sum = sumOf(row);
    const text = `${row.recipient} ${row.reference}`;
    const words = [...new Set(wordsOf(text))];
    for (const number of text.match(NUMBER) ?? []) {
      const digits = number.replace(/^\+/, '');
      const near = (this.byEnd.get(`${sum} ${lastDigits(digits)}`) ?? []).find((payment) => {
        return isNumberOf(digits, payment, words) && this.isNear(row, payment);
      });
      if (near !== undefined) return near;
    }
    if (this.byNames.size === 0) return null;
    for (const pair of namePairs(words)) {
      const near = (this.byNames.get(`${sum} ${pair}`) ?? []).find((payment) => this.isNear(row, payment));
      if (near !== undefined) return near;
    }
    return null;
  }

  private isNear(row: StatementRow, payment: ComparedPayment): boolean {
    const span = this.search.times.of(row);
    const at = this.search.timeOf(payment);
    if (span === null || at === null) return true;
    const { windowMs } = this.search;
    return at >= span.from - windowMs && at <= span.to + windowMs;
  }
}

function sumOf({ amountMinor, currency }: { readonly amountMinor: bigint; readonly currency: string }): string {
  return `${amountMinor} ${currency}`;
}

function accountDigits({ destination }: ComparedPayment): string {
  const account = 'account' in destination && destination.account !== '' ? destination.account : null;
  return (account ?? destinationText(destination)).replace(/\D/g, '');
}

function lastDigits(digits: string): string {
  return digits.slice(-3);
}

/** Whether the number is the payment's own; a masked one is the same only for the same name, where both are shown. */
function isNumberOf(number: string, payment: ComparedPayment, words: readonly string[]): boolean {
  const digits = accountDigits(payment);
  if (/^\d+$/.test(number)) {
    return (
      number === digits || (digits.length > 9 && number.slice(-NATIONAL_DIGITS) === digits.slice(-NATIONAL_DIGITS))
    );
  }
  const [head = '', tail = ''] = [/^\d+/.exec(number)?.[0], /\d+$/.exec(number)?.[0]];
  const isLike = digits.startsWith(head) || digits.slice(-NATIONAL_DIGITS).startsWith(head.replace(/^0/, ''));
  if (!isLike || !digits.endsWith(tail)) return false;
  const names = wordsOf(payment.name);
  const others = words.filter((word) => /^\p{L}{3,}$/u.test(word));
  return names.length === 0 || others.length === 0 || names.some((name) => others.includes(name));
}

/** Every two words of a name, whichever comes first. */
function namePairs(words: readonly string[]): readonly string[] {
  const names = words.filter((word) => /^\p{L}{2,}$/u.test(word));
  return names.flatMap((one, at) =>
    names.slice(at + 1).map((other) => (one < other ? `${one} ${other}` : `${other} ${one}`)),
  );
}

function add(map: Map<string, NumberedPayment[]>, key: string, payment: NumberedPayment): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [payment]);
  else list.push(payment);
}
