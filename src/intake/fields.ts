import type { DestinationKind } from '../domain/destination.ts';

/** Our fields of a payment, named as CSV columns are; `details.<field>` comes besides. */
export const FIELDS = [
  'id',
  'name',
  'amount',
  'currency',
  'account',
  'narrative',
  'mobile',
  'bank_code',
  'bank_account',
  'wallet',
  'paybill',
  'paybill_account',
  'till',
  'replaces',
  'priority',
] as const;

export type Field = (typeof FIELDS)[number];

/** The fields that together are one destination. */
export const DESTINATION_FIELDS: { readonly [Kind in DestinationKind]: readonly Field[] } = {
  mobile: ['mobile'],
  bank: ['bank_code', 'bank_account'],
  wallet: ['wallet'],
  paybill: ['paybill', 'paybill_account'],
  till: ['till'],
};

const DETAILS = /^details\.[a-z0-9_.-]+$/;

const NAMES: ReadonlySet<string> = new Set(FIELDS);

/** Whether `name` is one of {@link FIELDS} or `details.<field>`, in the spelling of {@link foldHeader}. */
export function isField(name: string): boolean {
  return NAMES.has(name) || DETAILS.test(name);
}

/** A header as it is compared: case, spaces around and runs of spaces (or line breaks) inside do not count. */
export function foldHeader(header: string): string {
  return header
    .normalize('NFKC')
    .replace(/^[\s\uFEFF]*'/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}
