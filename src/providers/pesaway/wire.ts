import { formatMinor } from '../../domain/money.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { channelOf } from './channels.ts';
import type { Settings } from './settings.ts';

/** A request as PesaWay reads it, without token and headers. Paths keep their trailing slash in all generations. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string | null;
}

type Member = readonly [name: string, value: string, kind?: 'number'];

export const TOKEN_PATH = '/api/v1/token/';

/** Either has been seen; the second is tried where the first is not found. */
export const STATEMENT_PATHS = ['/api/v1/pull-transactions/', '/api/v1/mobile-money/pull-transactions/'] as const;

/** `Reason` has at least two characters. */
const REASON_DEFAULT = 'Payment';

export function tokenRequest(credentials: Readonly<Record<string, string>>): WireRequest {
  return post(TOKEN_PATH, [
    ['consumer_key', credentials['consumer_key'] ?? ''],
    ['consumer_secret', credentials['consumer_secret'] ?? ''],
    ['grant_type', 'client_credentials'],
  ]);
}

/** The payment in the fields of the configured generation. The same payment always makes the same bytes. */
export function payoutRequest(payment: PaymentInstruction, settings: Settings, resultsUrl: string): WireRequest {
  const { reference, destination, amountMinor, currency } = payment;
  const channel = channelOf(payment, settings);
  if (channel === null) throw new Error('pesaway has no channel for this payment; its rules have let it through');
  const isNewest = settings.generation === 3;
  const merchant: readonly Member[] = isNewest ? [['MerchantCode', settings.merchantCode]] : [];
  const head: readonly Member[] = [
    ['ExternalReference', reference],
    ['Amount', amountText(amountMinor, settings.decimals), 'number'],
  ];
  const tail: readonly Member[] = [
    ['Reason', reasonText(payment.narrative, settings.reasonMax)],
    ['ResultsUrl', resultsUrl],
    ...merchant,
  ];
  const currencyMember: Member = ['Currency', currency];
  const mobileMoney = (to: Member): WireRequest =>
    post('/api/v1/mobile-money/send-payment/', [
      ...head,
      to,
      ['Channel', channel],
      ...(isNewest ? [currencyMember] : []),
      ...tail,
    ]);
  switch (destination.kind) {
    case 'mobile':
      return mobileMoney(['PhoneNumber', destination.phone.slice(1)]);
    case 'paybill':
      if (destination.account !== '') throw new Error('pesaway names no account inside a paybill');
      return mobileMoney(['AccountNumber', destination.paybill]);
    case 'till':
      return mobileMoney(['AccountNumber', destination.till]);
    case 'bank':
      return post('/api/v1/bank/send-payment/', [
        ...head,
        ['AccountNumber', destination.account],
        ['Channel', channel],
        [isNewest ? 'BankName' : 'BankCode', destination.code],
        currencyMember,
        ...tail,
      ]);
    case 'wallet':
      throw new Error('pesaway pays no wallet; its rules have let one through');
  }
}

/** Asks by an id of theirs, or by our reference: their word for both is the same. */
export function queryRequest(payment: PaymentInstruction, id: string, settings: Settings): WireRequest {
  const family = payment.destination.kind === 'bank' ? 'bank' : 'mobile-money';
  // Generation 3 asks by GET with a body.
  return {
    ...post(`/api/v1/${family}/transaction-query/`, [['TransactionReference', id]]),
    method: settings.queryMethod,
  };
}

export function statementRequest(
  path: string,
  window: { readonly start: string; readonly end: string },
  offset: number,
): WireRequest {
  return post(path, [
    ['StartDate', window.start],
    ['EndDate', window.end],
    ['TransType', 'Payment'],
    ['OffsetValue', String(offset), 'number'],
  ]);
}

export function balanceRequest(settings: Settings): WireRequest {
  const members: readonly Member[] =
    settings.generation === 3
      ? [
          ['MerchantCode', settings.merchantCode],
          ['Currency', settings.region.currency],
        ]
      : [];
  const request = post('/api/v1/account-balance/', members);
  return settings.balanceMethod === 'GET' && members.length === 0
    ? { ...request, method: 'GET', body: null }
    : { ...request, method: settings.balanceMethod };
}

/** `150000n` → `1500`, `125050n` → `1250.5`: exact decimal text, as the samples have it. */
export function amountText(amountMinor: bigint, decimals: number): string {
  const text = formatMinor(amountMinor, decimals);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** By code points: half of a surrogate pair is no text. */
function reasonText(narrative: string, max: number): string {
  const isShort = narrative.length < 3 && Array.from(narrative).length < 2;
  const whole = isShort ? `${REASON_DEFAULT} ${narrative}`.trim() : narrative;
  return whole.length <= max ? whole : Array.from(whole).slice(0, max).join('');
}

/** Put together as text: an amount that passed through a JavaScript number could be another amount. */
function post(path: string, members: readonly Member[]): WireRequest {
  const texts = members.map(
    ([name, value, kind]) => `${JSON.stringify(name)}:${kind === 'number' ? value : JSON.stringify(value)}`,
  );
  return { method: 'POST', path, body: `{${texts.join(',')}}` };
}
