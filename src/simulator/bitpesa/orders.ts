import { mobileProviderOf } from './outcomes.ts';
import { decimalTextOf, BitpesaErrors, objectMember, textMember, type JsonFields } from './json.ts';
import type { BitpesaSimulatorSettings } from './settings.ts';
import { readMethod, type BitpesaPayoutMethod } from './methods.ts';
import { converted, currencies, isWholeIn, nanoOf, roundedUp, type BitpesaCurrency, type Nano } from './amounts.ts';
import type { BitpesaOrder } from './transactions.ts';

/**
 * Reads the `transaction` of a request, without its sender and without checking for a used `external_id`. Adds problems to
 * `errors`, under dotted names, and returns null then. A transaction has one recipient, as BitPesa recommends: more are refused.
 */
export function readBitpesaOrder(
  fields: JsonFields,
  needsExternalId: boolean,
  settings: BitpesaSimulatorSettings,
  errors: BitpesaErrors,
): BitpesaOrder | null {
  const inputCurrency = simulatedBitpesaOrdersCurrencyOf(fields, 'input_currency', 'input_currency', errors);
  checkExternalId(fields, needsExternalId, errors);
  checkObject(fields, 'metadata', errors);
  const traits = traitsOf(fields, settings, errors);
  const list: readonly unknown[] = Array.isArray(fields.recipients) ? fields.recipients : [];
  const recipient = objectMember(list[0]);
  if (recipient === null || list.length !== 1) {
    errors.add('recipients', list.length > 1 ? 'too_many' : 'blank');
    return null;
  }
  const found = new BitpesaErrors();
  const recipientType = recipient.type === undefined ? 'person' : textMember(recipient, 'type');
  if (recipientType !== 'person' && recipientType !== 'business') found.add('type', 'inclusion');
  checkObject(recipient, 'metadata', found);
  const requestedCurrency = simulatedBitpesaOrdersCurrencyOf(
    recipient,
    'requested_currency',
    'requested_currency',
    found,
  );
  const method = readMethod(recipient.payout_method, recipientType, settings, found);
  const amounts = requestedCurrency && method && amountsOf(recipient, requestedCurrency, method, found);
  errors.addAll('recipients.', found);
  if (!errors.isEmpty || inputCurrency === null || requestedCurrency === null || !method || !amounts) return null;
  return {
    externalId: textMember(fields, 'external_id'),
    inputCurrency,
    inputAmount: converted(amounts.requestedAmount, requestedCurrency, inputCurrency),
    requestedCurrency,
    ...amounts,
    recipientType,
    method,
    recipientMetadata: objectMember(recipient.metadata) ?? {},
    metadata: objectMember(fields.metadata) ?? {},
    ...traits,
  };
}

/** Checks the sender fields that a payout type requires. A business has no birth date and no nationality. */
export function checkSender(
  { corridor, country }: BitpesaPayoutMethod,
  sender: JsonFields,
  errors: BitpesaErrors,
): void {
  const isBusiness = sender.type === 'business';
  const ofBusiness = isBusiness ? corridor.businessSender : undefined;
  const wanted = ofBusiness ?? corridor.sender ?? [];
  const isTogo = corridor.currency === 'XOF' && corridor.method === 'Mobile' && country === 'TG';
  for (const field of isTogo ? [...wanted, 'phone_number'] : wanted) {
    const isAsked =
      !isBusiness || ofBusiness !== undefined || ['street', 'city', 'postal_code', 'country'].includes(field);
    if (isAsked && textMember(sender, field) === '') errors.add(`sender.${field}`, 'blank');
  }
}

/** Reads the amounts exactly, checks the limits of the currency, and rounds a fraction that the currency does not have. */
function amountsOf(
  recipient: JsonFields,
  requestedCurrency: BitpesaCurrency,
  method: BitpesaPayoutMethod,
  errors: BitpesaErrors,
): { readonly requestedAmount: Nano; readonly outputAmount: Nano } | null {
  const text = decimalTextOf(recipient, 'requested_amount');
  const requestedAmount = nanoOf(text);
  const problem = amountProblem(text, requestedAmount, requestedCurrency);
  if (requestedAmount === null || problem !== null) {
    errors.add('requested_amount', problem ?? 'invalid');
    return null;
  }
  const outputAmount = converted(requestedAmount, requestedCurrency, method.currency);
  const isOff = outputAmount < least(method.currency) || outputAmount > most(method.currency);
  if (isOff) errors.add('requested_amount', outputAmount < least(method.currency) ? 'too_small' : 'too_large');
  // Orange in Ivory Coast pays only multiples of 5.
  const isCoastOrange =
    method.type === 'XOF::Mobile' && method.country === 'CI' && mobileProviderOf(method) === 'orange';
  if (isCoastOrange && outputAmount % 5_000_000_000n !== 0n) errors.add('requested_amount', 'multiple_of_5');
  return { requestedAmount, outputAmount };
}

function amountProblem(text: string, amount: Nano | null, currency: BitpesaCurrency): string | null {
  if (text === '') return 'blank';
  if (amount === null || amount === 0n) return 'invalid';
  return isWholeIn(amount, currency) || currency.roundsUp ? null : 'invalid';
}

function least(currency: BitpesaCurrency): Nano {
  return nanoOf(currency.min) ?? 0n;
}

function most(currency: BitpesaCurrency): Nano {
  return roundedUp(nanoOf(currency.max) ?? 0n, currency);
}

function simulatedBitpesaOrdersCurrencyOf(
  fields: JsonFields,
  field: string,
  name: string,
  errors: BitpesaErrors,
): BitpesaCurrency | null {
  const currency = currencies.get(textMember(fields, field)) ?? null;
  if (currency === null) errors.add(name, textMember(fields, field) === '' ? 'blank' : 'inclusion');
  return currency;
}

function checkExternalId(fields: JsonFields, isNeeded: boolean, errors: BitpesaErrors): void {
  const given = fields.external_id;
  if (given === undefined || given === null || given === '') {
    if (isNeeded) errors.add('external_id', 'blank');
  } else if (typeof given !== 'string' || given.length > 255) errors.add('external_id', 'invalid');
}

function checkObject(fields: JsonFields, name: string, errors: BitpesaErrors): void {
  if (fields[name] !== undefined && objectMember(fields[name]) === null) errors.add(name, 'invalid');
}

/** `auto_refund` is off by default in 2019 and on in 2025. */
function traitsOf(
  fields: JsonFields,
  { age }: BitpesaSimulatorSettings,
  errors: BitpesaErrors,
): Pick<BitpesaOrder, 'autoRefund' | 'accountValidation'> {
  const traits = objectMember(fields.traits ?? {});
  if (traits === null) errors.add('traits', 'invalid');
  const flag = (name: string, usual: boolean): boolean => {
    const value = traits?.[name] ?? usual;
    if (typeof value !== 'boolean') errors.add(`traits.${name}`, 'invalid');
    return value === true;
  };
  return { autoRefund: flag('auto_refund', age !== '2019'), accountValidation: flag('account_validation', false) };
}
