import { searchKey } from '../documents/similar.ts';
import { headerShown } from './shape.ts';

/** How people head the columns of a payroll, by field; in the order in which a proposal lists them. */
const USUAL_HEADERS: readonly (readonly [field: string, form: RegExp])[] = [
  ['id', /^(?:(?:employee|emp|staff|payroll|personnel|worker|pay) )?(?:no|nr|number|id|code)$/],
  [
    'name',
    /^(?:(?:(?:full|employee|staff|recipient|beneficiary|payee|worker) )?names?|employee|recipient|beneficiary|payee|name of (?:employee|staff|recipient|beneficiary|payee))$/,
  ],
  [
    'amount',
    /^(?:net (?:pay|salary|amount|wage|wages)|amount|net|pay|salary|wages?|take home(?: pay)?)(?: (?:kes|ksh|kshs|ugx|tzs|ngn|ghs|zar|xof|xaf|zmw|rwf|mzn|cdf|usd|lsl|egp|bwp|mad|gnf|sll))?$/,
  ],
  ['mobile', /^(?:(?:mobile|phone|cell|telephone|tel|m ?pesa|msisdn)(?: (?:no|nr|number|phone))?|phone number)$/],
  ['bank_code', /^(?:bank|bank (?:code|name))$/],
  ['bank_account', /^(?:(?:bank )?(?:account|acc|a c)(?: (?:no|nr|number))?)$/],
];

/** A text that YAML reads as itself inside of braces. */
const PLAIN_YAML = /^[A-Za-z][A-Za-z0-9 ._()/-]*$/;

/**
 * The line that says which column of a file is what, as far as its headers tell; null where they do not tell id, amount and a
 * destination. For a message only: nothing is ever read by it.
 */
export function proposedColumns(headers: readonly string[]): string | null {
  const proposed = new Map<string, string>();
  for (const header of headers) {
    const key = searchKey(header);
    const [field] = USUAL_HEADERS.find(([name, form]) => form.test(key) && !proposed.has(name)) ?? [];
    if (field !== undefined) proposed.set(field, header.trim());
  }
  const hasDestination = proposed.has('mobile') || (proposed.has('bank_code') && proposed.has('bank_account'));
  if (!proposed.has('id') || !proposed.has('amount') || !hasDestination) return null;
  const order = USUAL_HEADERS.flatMap(([field]) => {
    const header = proposed.get(field);
    return header === undefined
      ? []
      : [`${field}: ${PLAIN_YAML.test(header) ? header : JSON.stringify(headerShown(header))}`];
  });
  return `columns: { ${order.join(', ')} }`;
}

/** Whether a line heads an id and an amount, however they are called. */
export function headsPayments(cells: readonly string[]): boolean {
  const keys = cells.map(searchKey);
  const heads = (field: string): boolean => {
    return USUAL_HEADERS.some(([name, form]) => name === field && keys.some((key) => form.test(key)));
  };
  return heads('id') && heads('amount');
}
