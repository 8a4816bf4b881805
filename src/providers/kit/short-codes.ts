import type { DestinationRule } from '../../domain/rules.ts';
import { digitsShape, fieldsSchema, refusedField, type PayableRange } from './destination-rules.ts';

/** What the numbers of businesses look like at a provider. */
export interface ShortCodeForm {
  readonly pattern: RegExp;
  /** What is wrong with a number that the pattern refuses, and what to do. */
  message(field: 'paybill' | 'till', text: string): string;
}

/** Short codes of Safaricom's M-PESA. */
export const KENYAN_SHORT_CODE: ShortCodeForm = {
  pattern: /^[0-9]{5,7}$/,
  message: (field, text) =>
    `A ${field} number has 5 to 7 digits; this has ${digitsShape(text)}. Ask the payee for it again.`,
};

export function tillRule(form: ShortCodeForm, range: PayableRange): DestinationRule {
  return {
    schema: fieldsSchema({ till: { type: 'string', pattern: form.pattern.source } }),
    normalise: ({ till = '' }) =>
      shortCodeFault(form, 'till', till) ?? { ok: true, destination: { kind: 'till', till } },
    ...range,
  };
}

/** A paybill that is paid without an account inside it. @param unsupported why `paybill_account` must be empty. */
export function bareBillRule(form: ShortCodeForm, range: PayableRange, unsupported: string): DestinationRule {
  return {
    schema: fieldsSchema(
      { paybill: { type: 'string', pattern: form.pattern.source }, paybill_account: { type: 'string', maxLength: 0 } },
      ['paybill_account'],
    ),
    optional: ['paybill_account'],
    normalise: ({ paybill = '', paybill_account: inside = '' }) => {
      if (inside !== '') return refusedField('paybill_account', 'paybill-account-unsupported', unsupported);
      return (
        shortCodeFault(form, 'paybill', paybill) ?? {
          ok: true,
          destination: { kind: 'paybill', paybill, account: '' },
        }
      );
    },
    ...range,
  };
}

/** A paybill with an account inside it. @param accountMessage what is wrong with an account that the pattern refuses. */
export function billAccountRule(
  form: ShortCodeForm,
  range: PayableRange,
  account: { readonly pattern: RegExp; message(text: string): string },
): DestinationRule {
  return {
    schema: fieldsSchema({
      paybill: { type: 'string', pattern: form.pattern.source },
      paybill_account: { type: 'string', pattern: account.pattern.source },
    }),
    normalise: ({ paybill = '', paybill_account: inside = '' }) => {
      const fault = shortCodeFault(form, 'paybill', paybill);
      if (fault !== null) return fault;
      if (!account.pattern.test(inside)) {
        return refusedField('paybill_account', 'paybill-account-syntax', account.message(inside));
      }
      return { ok: true, destination: { kind: 'paybill', paybill, account: inside } };
    },
    ...range,
  };
}

function shortCodeFault(
  form: ShortCodeForm,
  field: 'paybill' | 'till',
  text: string,
): ReturnType<typeof refusedField> | null {
  return form.pattern.test(text) ? null : refusedField(field, `${field}-syntax`, form.message(field, text));
}
