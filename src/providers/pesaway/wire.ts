import type { PaymentInstruction } from '../../domain/payment.ts';
import type { WholeAnswer } from '../kit/http.ts';
import { isObject, parseJson, scalarText, type JsonObject } from '../kit/json.ts';
import { amountText, cutText, jsonText, type Member } from '../kit/request-text.ts';
import { channelOf } from './channels.ts';
import type { PesawaySettings } from './settings.ts';

/** A request as PesaWay reads it, without token and headers. Paths keep their trailing slash in all generations. */
export interface PesawayRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string | null;
}

const PESAWAY_TOKEN_PATH = '/api/v1/token/';

/** Both are in use: docs/providers/pesaway.md, section 5.2. The second is tried where the first is not found. */
export const STATEMENT_PATHS = ['/api/v1/pull-transactions/', '/api/v1/mobile-money/pull-transactions/'] as const;

/** `Reason` has at least two characters. */
const REASON_DEFAULT = 'Payment';

export function tokenRequest(credentials: Readonly<Record<string, string>>): PesawayRequest {
  return post(PESAWAY_TOKEN_PATH, [
    ['consumer_key', credentials['consumer_key'] ?? ''],
    ['consumer_secret', credentials['consumer_secret'] ?? ''],
    ['grant_type', 'client_credentials'],
  ]);
}

/** The payment in the fields of the configured generation. The same payment always makes the same bytes. */
export function pesawayPayoutRequest(
  payment: PaymentInstruction,
  settings: PesawaySettings,
  resultsUrl: string,
): PesawayRequest {
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
  const mobileMoney = (to: Member): PesawayRequest =>
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

/** Queries by PesaWay's id or by our reference: both stand in the same field. */
export function pesawayQueryRequest(
  payment: PaymentInstruction,
  id: string,
  settings: PesawaySettings,
): PesawayRequest {
  const family = payment.destination.kind === 'bank' ? 'bank' : 'mobile-money';
  // Generation 3 queries by GET with a body.
  return {
    ...post(`/api/v1/${family}/transaction-query/`, [['TransactionReference', id]]),
    method: settings.queryMethod,
  };
}

export function statementRequest(
  path: string,
  window: { readonly start: string; readonly end: string },
  offset: number,
): PesawayRequest {
  return post(path, [
    ['StartDate', window.start],
    ['EndDate', window.end],
    ['TransType', 'Payment'],
    ['OffsetValue', String(offset), 'number'],
  ]);
}

export function pesawayBalanceRequest(settings: PesawaySettings): PesawayRequest {
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

/** At least two characters and at most `max`. */
function reasonText(narrative: string, max: number): string {
  const isShort = narrative.length < 3 && Array.from(narrative).length < 2;
  const whole = isShort ? `${REASON_DEFAULT} ${narrative}`.trim() : narrative;
  return cutText(whole, max);
}

function post(path: string, members: readonly Member[]): PesawayRequest {
  return { method: 'POST', path, body: jsonText(members) };
}

/** The members of an answer or callback; missing ones are empty. */
export interface PesawayWireAnswer {
  readonly status: number;
  /** PesaWay's own code, `200.001`; '' where the body has none. The code counts before the status, which may be 200 for an error [assumed]. */
  readonly code: string;
  /** PesaWay's words, from `description`, `message` or `error`; without the full stop. */
  readonly words: string;
  /** Null where the body is no JSON object. */
  readonly body: JsonObject | null;
  /** Text or number under this name at the top, else under `data` [assumed: either]; null for none, and for an empty one. */
  field(name: string): string | null;
  /** As {@link field}, under `data` only. */
  inner(name: string): string | null;
}

export function pesawayWireAnswer(answer: WholeAnswer): PesawayWireAnswer {
  return { status: answer.status, ...wireObject(parseJson(answer.body)) };
}

export function wireObject(value: unknown): Omit<PesawayWireAnswer, 'status'> {
  const body = isObject(value) ? value : null;
  const data = isObject(body?.['data']) ? body['data'] : null;
  const inner = (name: string): string | null => given(data?.[name]);
  return {
    code: given(body?.['code']) ?? '',
    words: (given(body?.['description']) ?? given(body?.['message']) ?? given(body?.['error']) ?? '').replace(
      /\.$/,
      '',
    ),
    body,
    field: (name) => given(body?.[name]) ?? inner(name),
    inner,
  };
}

/** The three digits before the point, as every known code has them; the status where there is no code. */
export function classOf({ code, status }: Pick<PesawayWireAnswer, 'code' | 'status'>): number {
  if (code === '') return status;
  const [, digits] = /^(\d{3})\.\d{3}$/.exec(code) ?? [];
  return digits === undefined ? 0 : Number(digits);
}

/** A provider's code as evidence keeps it. */
export function pesawayEvidenceCode({ code, status }: Pick<PesawayWireAnswer, 'code' | 'status'>): string {
  if (code === '') return String(status);
  return /^[!-~]{1,40}$/.test(code) ? code : 'unlisted-code';
}

/** Whether the token was refused, so that nothing was executed: also by a status 401 beside a code that is not listed. */
export function isTokenRefused(wire: Pick<PesawayWireAnswer, 'code' | 'status'>): boolean {
  return classOf(wire) === 401 || (wire.status === 401 && !KNOWN_CODES.has(wire.code));
}

const KNOWN_CODES: ReadonlySet<string> = new Set([
  ...['200.001', '400.001', '403.002', '404.000', '455.001'],
  ...['403.033', '429.001', '999.999.999'],
]);

function given(value: unknown): string | null {
  const text = scalarText(value)?.trim() ?? '';
  return text === '' ? null : text;
}
