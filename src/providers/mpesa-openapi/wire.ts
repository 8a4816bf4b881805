import { formatMinor } from '../../domain/money.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { isObject, parseObject, scalarText, type JsonObject } from '../kit/json.ts';
import type { HttpAnswer, HttpRequest } from '../kit/http.ts';
import type { ProviderSetup } from '../port.ts';
import type { MpesaOpenapiSettings } from './settings.ts';

type Target = Pick<ProviderSetup, 'endpoint' | 'environment'>;

/** Buys a session; its bearer is the encrypted API key. */
export function sessionRequest(target: Target, settings: MpesaOpenapiSettings, bearer: string): HttpRequest {
  return {
    method: 'GET',
    url: address(target, settings, 'getSession'),
    headers: headers(settings, bearer),
    timeoutMs: settings.requestTimeoutMs,
  };
}

/** Pays a mobile or a business short code. The same payment always makes the same bytes. */
export function mpesaOpenapiPayoutRequest(
  target: Target,
  settings: MpesaOpenapiSettings,
  payment: PaymentInstruction,
  bearer: string,
): HttpRequest {
  const { route, fields } = payout(payment, settings);
  return {
    method: 'POST',
    url: address(target, settings, route),
    headers: headers(settings, bearer),
    // Every value is text, the amount included.
    body: JSON.stringify(fields),
    timeoutMs: settings.payoutTimeoutMs,
  };
}

/** Asks what became of the payment that was sent as conversation `reference`. */
export function mpesaOpenapiQueryRequest(
  target: Target,
  settings: MpesaOpenapiSettings,
  query: { readonly reference: string; readonly conversation: string; readonly bearer: string },
): HttpRequest {
  const { reference, conversation, bearer } = query;
  const parameters = new URLSearchParams({
    input_QueryReference: reference,
    input_ServiceProviderCode: settings.serviceProviderCode,
    input_ThirdPartyConversationID: conversation,
    input_Country: settings.market.country,
  });
  return {
    method: 'GET',
    url: `${address(target, settings, 'queryTransactionStatus')}?${parameters.toString()}`,
    headers: headers(settings, bearer),
    timeoutMs: settings.requestTimeoutMs,
  };
}

/** An answer's flat object, its texts read; an empty text and `N/A` count as missing. */
export interface MpesaOpenapiWireAnswer {
  /** `INS-0`; '' where the answer has none. */
  readonly code: string;
  readonly words: string;
  readonly field: (name: string) => string | null;
}

export function mpesaOpenapiWireAnswer(answer: Extract<HttpAnswer, { kind: 'answer' }>): MpesaOpenapiWireAnswer {
  return wireTexts(parseObject(answer.body), 'output_ResponseCode', 'output_ResponseDesc');
}

export function wireTexts(body: JsonObject | null, code: string, words: string): MpesaOpenapiWireAnswer {
  const field = (name: string): string | null => mpesaOpenapiTextOf(isObject(body) ? body[name] : null);
  return { code: field(code)?.toUpperCase() ?? '', words: field(words) ?? '', field };
}

/** `250000n` → `2500`, `125050n` → `1250.50`: plain decimals, whole where they are whole. */
export function mpesaOpenapiAmountText(amountMinor: bigint): string {
  return formatMinor(amountMinor, 2).replace(/\.00$/, '');
}

/** Longest description, in characters. */
export const DESCRIPTION_MAX = 256;

/** Letters, digits and single blanks: the pattern refuses hyphens, points and commas, which ordinary narratives are full of. */
export function descriptionText(narrative: string): string {
  const plain = narrative
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .slice(0, DESCRIPTION_MAX)
    .trimEnd();
  return plain === '' ? 'Payment' : plain;
}

function payout(
  payment: PaymentInstruction,
  settings: MpesaOpenapiSettings,
): { readonly route: string; readonly fields: Readonly<Record<string, string>> } {
  const { destination, reference, amountMinor, currency } = payment;
  const { market, serviceProviderCode } = settings;
  if (amountMinor % market.stepMinor !== 0n) throw new Error('mpesa-openapi rules have let a fraction through');
  const money = {
    input_Amount: mpesaOpenapiAmountText(amountMinor),
    input_Country: market.country,
    input_Currency: currency,
  };
  // Which of the two makes a duplicate is not published [assumed: the conversation id]: both are unique.
  const ids = { input_TransactionReference: reference, input_ThirdPartyConversationID: reference };
  const description = descriptionText(payment.narrative);
  const toBusiness = (code: string): ReturnType<typeof payout> => ({
    route: 'b2bPayment',
    fields: {
      ...money,
      input_PrimaryPartyCode: serviceProviderCode,
      input_ReceiverPartyCode: code,
      ...ids,
      input_PurchasedItemsDesc: description,
    },
  });
  switch (destination.kind) {
    case 'mobile':
      return {
        route: 'b2cPayment',
        fields: {
          ...money,
          input_CustomerMSISDN: destination.phone.replace(/^\+/, ''),
          input_ServiceProviderCode: serviceProviderCode,
          ...ids,
          input_PaymentItemsDesc: description,
        },
      };
    case 'till':
      return toBusiness(destination.till);
    case 'paybill':
      return toBusiness(destination.paybill);
    case 'bank':
    case 'wallet':
      throw new Error(`mpesa-openapi pays no ${destination.kind}; its rules have let one through`);
  }
}

/** The slash at the end is on every path of the portal [assumed that it matters]. */
function address({ endpoint, environment }: Target, { market }: MpesaOpenapiSettings, route: string): string {
  return `${endpoint}/${environment === 'sandbox' ? 'sandbox' : 'openapi'}/ipg/v2/${market.path}/${route}/`;
}

function headers({ origin }: MpesaOpenapiSettings, bearer: string): Readonly<Record<string, string>> {
  return {
    Accept: 'application/json',
    // On every call, GET included.
    'Content-Type': 'application/json',
    Authorization: `Bearer ${bearer}`,
    Origin: origin,
  };
}

function mpesaOpenapiTextOf(value: unknown): string | null {
  const text = typeof value === 'boolean' ? String(value) : scalarText(value)?.trim();
  return text === undefined || text === '' || /^n\/a$/i.test(text) ? null : text;
}
