import type { PaymentInstruction } from '../../domain/payment.ts';
import { nationalKenyanMobile } from '../kit/kenyan-mobile.ts';
import { amountText, cutText, jsonText, type Member } from '../kit/request-text.ts';
import type { SellapaySettings } from './settings.ts';

/** A payout request as Sellapay reads it. */
export interface SellapayRequest {
  readonly path: '/sendFundsToMobile' | '/sendFundsToSellapay' | '/sendFundsToLocalBank';
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
  readonly body: string;
}

/** In the order of docs/providers/sellapay.md, section 4. */
type Fields = readonly Member[];

/** The payment in the fields and the encoding of the configured dialect. The same payment always makes the same bytes. */
export function sellapayPayoutRequest(payment: PaymentInstruction, settings: SellapaySettings): SellapayRequest {
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

/** Whether the request has a field for the reference; else the reference stands at the head of the note. */
export function carriesReference(kind: PaymentInstruction['destination']['kind'], settings: SellapaySettings): boolean {
  if (settings.dialect === 'examples') return false;
  return settings.dialect === 'seed' || kind !== 'bank';
}

/** Longest narrative that arrives whole in every request of the dialect: a note holds the reference and a space before it. */
export function narrativeRoom(settings: SellapaySettings): number {
  return settings.dialect === 'seed' ? settings.narrativeMax : Math.max(0, settings.narrativeMax - 21);
}

interface Unencoded {
  readonly path: SellapayRequest['path'];
  readonly fields: Fields;
}

function seedRequest(payment: PaymentInstruction, settings: SellapaySettings): Unencoded {
  const { destination, reference } = payment;
  const amount = ['amount', amountText(payment.amountMinor, 2), 'number'] as const;
  const narrative: Fields =
    payment.narrative === '' ? [] : [['narrative', cutText(payment.narrative, settings.narrativeMax)]];
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

function swiftRequest(payment: PaymentInstruction, settings: SellapaySettings): Unencoded {
  const { destination } = payment;
  if (destination.kind !== 'bank') throw new Error('only a bank payment has a SWIFT request');
  return {
    path: '/sendFundsToLocalBank',
    fields: [
      ['swift_code', destination.code],
      ['bank_account', destination.account],
      ['amount', amountText(payment.amountMinor, 2), 'number'],
      ['note', note(payment, settings)],
    ],
  };
}

function examplesRequest(payment: PaymentInstruction, settings: SellapaySettings): Unencoded {
  const { destination } = payment;
  const amount = ['amount', amountText(payment.amountMinor, 2), 'number'] as const;
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

/** The reference comes first, so that people can find it in a statement and a cut shortens the narrative only. */
function note(payment: PaymentInstruction, settings: SellapaySettings): string {
  const room = narrativeRoom(settings);
  return payment.narrative === '' || room === 0
    ? payment.reference
    : `${payment.reference} ${cutText(payment.narrative, room)}`;
}

function encode({ path, fields }: Unencoded, encoding: 'json' | 'form'): SellapayRequest {
  if (encoding === 'form') {
    const form = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]));
    return { path, contentType: 'application/x-www-form-urlencoded', body: form.toString() };
  }
  return { path, contentType: 'application/json', body: jsonText(fields) };
}
