import { maskMiddle } from '../domain/destination.ts';
import { amountShown, headerShown, maskNumbers, quotable } from './shape.ts';

/** Fields that say where money goes: an id that repeats one of them is masked as it is. */
const PRIVATE_FIELDS = ['mobile', 'bank_account', 'wallet', 'paybill_account'] as const;

/** A number that is dialled: an id in this form stands in the wrong column. */
const PHONE = /^(?:\+|00?)[1-9][\d ()-]{7,}\d$/;

/**
 * Who a row pays, for the beginning of a message about it: `EMP-0041 Jane Wanjiku`, id and name as they stand in the file; ''
 * where it has neither. Never a phone or an account number.
 *
 * @param text reads a field of the row as the file has it.
 */
export function personOf(text: (field: string) => string): string {
  const id = text('id');
  const name = maskNumbers(quotable(text('name')));
  const digits = id.replace(/\D/g, '');
  const isPrivate =
    PHONE.test(id) || (digits.length > 6 && PRIVATE_FIELDS.some((field) => isOfNumber(digits, text(field))));
  return [isPrivate ? headerShown(id) : quotable(id), name].filter((part) => part !== '').join(' ');
}

/** Whether the digits are those of a phone or account number, with or without its country or its leading zero. */
function isOfNumber(digits: string, number: string): boolean {
  const own = number.replace(/\D/g, '');
  return own.length > 6 && own.slice(-9) === digits.slice(-9);
}

/** Fields that a message about a row begins with. */
const OF_PERSON: ReadonlySet<string> = new Set(['', 'id', 'name']);

const PAID_TO: ReadonlySet<string> = new Set([...PRIVATE_FIELDS, 'paybill', 'till']);

/** The value of a cell for a list of rows with one fault: enough to find the cell by, and not enough to pay to. */
export function cellShown(field: string, text: string): string {
  if (OF_PERSON.has(field) || text === '') return '';
  if (field === 'amount') return amountShown(text);
  if (!PAID_TO.has(field) || !/\d/.test(text)) return headerShown(text);
  return maskMiddle(quotable(text), field === 'mobile' ? shownDigits(text) : 0, 3);
}

/** How many characters of a phone number say only its country and its kind. */
function shownDigits(phone: string): number {
  return phone.startsWith('+') ? 5 : phone.startsWith('0') ? 2 : 0;
}
