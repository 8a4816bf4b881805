import { headerShown, maskNumbers, quotable } from './shape.ts';

/** Fields that say where money goes: an id that repeats one of them is masked as it is. */
const PRIVATE_FIELDS = ['mobile', 'bank_account', 'wallet', 'paybill_account'] as const;

/** A number that is dialled: an id in this form stands in the wrong column. */
const PHONE = /^(?:\+|00?)[1-9][\d ()-]{7,}\d$/;

/**
 * Who a row pays, for the beginning of a message about it: `EMP-0041 Jane Wanjiku: `, id and name as they stand in the file; ''
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
  const person = [isPrivate ? headerShown(id) : quotable(id), name].filter((part) => part !== '').join(' ');
  return person === '' ? '' : `${person}: `;
}

/** Whether the digits are those of a phone or account number, with or without its country or its leading zero. */
function isOfNumber(digits: string, number: string): boolean {
  const own = number.replace(/\D/g, '');
  return own.length > 6 && own.slice(-9) === digits.slice(-9);
}
