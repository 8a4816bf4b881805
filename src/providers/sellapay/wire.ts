import { formatMinor } from '../../domain/money.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { nationalKenyanMobile } from '../kit/kenyan-mobile.ts';
import type { Settings } from './settings.ts';

/** A payout request as Sellapay reads it. */
export interface WireRequest {
  readonly path: '/sendFundsToMobile' | '/sendFundsToSellapay' | '/sendFundsToLocalBank';
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
  readonly body: string;
}

/** Fields in the order of the fact sheet; an amount is exact decimal text that JSON carries as a number. */
type Fields = readonly (readonly [name: string, value: string, kind?: 'amount'])[];

/** The payment in the fields and the encoding of the configured dialect. The same payment always makes the same bytes. */
export function payoutRequest(payment: PaymentInstruction, settings: Settings): WireRequest {
  switch (settings.dialect) {
    case 'seed':
      return encode(seedRequest(payment, settings), 'json');
    case 'upstream-2026-02-10':
      return payment.destination.kind === 'bank'
        ? encode(swiftRequest(payment, settings), 'form')
        : encode(seedRequest(payment, settings), 'json');
    case 'examples':
      return encode(examplesRequest(payment, settings), settings.examplesEncoding);
  }
}

/** Whether Sellapay is told the reference of this payment in a field of its own, or only at the head of its note. */
export function carriesReference(kind: PaymentInstruction['destination']['kind'], settings: Settings): boolean {
  if (settings.dialect === 'examples') return false;
  return settings.dialect === 'seed' || kind !== 'bank';
}

/** Longest narrative that arrives whole in every request of the dialect: a note holds the reference and a space before it. */
export function narrativeRoom(settings: Settings): number {
  return settings.dialect === 'seed' ? settings.narrativeMax : Math.max(0, settings.narrativeMax - 21);
}

/** `125050n` → `1250.5`, `900000n` → `9000`: exact decimal text, no exponent, no trailing zeros, as Sellapay's own samples. */
export function amountText(amountMinor: bigint): string {
  return formatMinor(amountMinor, 2).replace(/\.?0+$/, '');
}

interface Unencoded {
  readonly path: WireRequest['path'];
  readonly fields: Fields;
}

function seedRequest(payment: PaymentInstruction, settings: Settings): Unencoded {
  const { destination, reference } = payment;
  const amount = ['amount', amountText(payment.amountMinor), 'amount'] as const;
  const narrative: Fields =
    payment.narrative === '' ? [] : [['narrative', cut(payment.narrative, settings.narrativeMax)]];
  switch (destination.kind) {
    case 'mobile':
      return {
        path: '/sendFundsToMobile',
        fields: [['phone', nationalKenyanMobile(destination.phone)], amount, ['reference', reference], ...narrative],
      };
    case 'wallet':
      return {
        path: '/sendFundsToSellapay',
        fields: [['account', destination.wallet], amount, ['reference', reference], ...narrative],
      };
    case 'bank':
      return {
        path: '/sendFundsToLocalBank',
        fields: [
          ['bank_code', destination.code],
          ['account_number', destination.account],
          amount,
          ['account_name', payment.name],
          ['reference', reference],
        ],
      };
    case 'paybill':
    case 'till':
      throw new Error(`sellapay pays no ${destination.kind}; its rules have let one through`);
  }
}

function swiftRequest(payment: PaymentInstruction, settings: Settings): Unencoded {
  const { destination } = payment;
  if (destination.kind !== 'bank') throw new Error('only a bank payment has a SWIFT request');
  return {
    path: '/sendFundsToLocalBank',
    fields: [
      ['swift_code', destination.code],
      ['bank_account', destination.account],
      ['amount', amountText(payment.amountMinor), 'amount'],
      ['note', note(payment, settings)],
    ],
  };
}

function examplesRequest(payment: PaymentInstruction, settings: Settings): Unencoded {
  const { destination } = payment;
  const amount = ['amount', amountText(payment.amountMinor), 'amount'] as const;
  switch (destination.kind) {
    case 'mobile':
      return {
        path: '/sendFundsToMobile',
        fields: [amount, ['phone', nationalKenyanMobile(destination.phone)], ['note', note(payment, settings)]],
      };
    case 'wallet':
      return {
        path: '/sendFundsToSellapay',
        fields: [amount, ['to_account', destination.wallet], ['note', note(payment, settings)]],
      };
    case 'bank':
      return swiftRequest(payment, settings);
    case 'paybill':
    case 'till':
      throw new Error(`sellapay pays no ${destination.kind}; its rules have let one through`);
  }
}

/** The reference comes first, so that a statement can be matched by hand and a cut takes the narrative only. */
function note(payment: PaymentInstruction, settings: Settings): string {
  const room = narrativeRoom(settings);
  return payment.narrative === '' || room === 0
    ? payment.reference
    : `${payment.reference} ${cut(payment.narrative, room)}`;
}

/** By code points: half of a surrogate pair is no text. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : Array.from(text).slice(0, max).join('');
}

function encode({ path, fields }: Unencoded, encoding: 'json' | 'form'): WireRequest {
  if (encoding === 'form') {
    const form = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]));
    return { path, contentType: 'application/x-www-form-urlencoded', body: form.toString() };
  }
  // Put together as text: an amount that passed through a JavaScript number could be another amount.
  const members = fields.map(
    ([name, value, kind]) => `${JSON.stringify(name)}:${kind === 'amount' ? value : JSON.stringify(value)}`,
  );
  return { path, contentType: 'application/json', body: `{${members.join(',')}}` };
}
