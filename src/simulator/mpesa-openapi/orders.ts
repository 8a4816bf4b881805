import { centsOf } from '../kit/decimal.ts';
import { firstProblem, textField, type BodyFields } from '../kit/fields.ts';
import type { MpesaOpenApiSimulatorSettings } from './settings.ts';
import type { MpesaMarket } from './markets.ts';

/** A payout as a request describes it, read by the rules of its endpoint. */
export interface MpesaOrder {
  /** Environment and market: ids are unique in it, and money stays in it. */
  readonly realm: string;
  /** The organisation that is debited. */
  readonly shortCode: string;
  readonly kind: 'mobile' | 'till';
  readonly destination: string;
  /** The MSISDN or the receiver's short code; magic values are recognised by it. */
  readonly number: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** `input_ThirdPartyConversationID`. */
  readonly reference: string;
  readonly narrative: string;
}

/** A payout that reached the ledger of an organisation. */
export interface MpesaPayment {
  readonly order: MpesaOrder;
  /** Of the gateway. The transaction's own id is reported once the payment is paid. */
  readonly conversationId: string;
  readonly transactionId: string;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
  /** `lost`: the payment reached the ledger, moved no money and left no record. */
  state: 'open' | 'paid' | 'failed' | 'lost';
  paidAt: number;
}

/** Environment and market of a call. */
export interface MpesaTarget {
  readonly env: 'sandbox' | 'openapi';
  readonly market: MpesaMarket;
}

export const MPESA_SHORT_CODE = /^[0-9A-Za-z]{4,12}$/;
export const CONVERSATION_ID = /^[0-9a-zA-Z \w+]{1,40}$/;

const COMMON = [
  'input_Amount',
  'input_Country',
  'input_Currency',
  'input_TransactionReference',
  'input_ThirdPartyConversationID',
];

interface MpesaPayoutFields {
  readonly kind: MpesaOrder['kind'];
  readonly payer: string;
  readonly payee: string;
  readonly description: string;
  readonly descriptionCode: string;
}

const SIMULATED_MPESA_OPENAPI_B2C: MpesaPayoutFields = {
  kind: 'mobile',
  payer: 'input_ServiceProviderCode',
  payee: 'input_CustomerMSISDN',
  description: 'input_PaymentItemsDesc',
  descriptionCode: 'INS-31',
};

const SIMULATED_MPESA_OPENAPI_B2B: MpesaPayoutFields = {
  kind: 'till',
  payer: 'input_PrimaryPartyCode',
  payee: 'input_ReceiverPartyCode',
  description: 'input_PurchasedItemsDesc',
  descriptionCode: 'INS-30',
};

/** Last segments of the paths that move money. */
export const payoutCalls: ReadonlyMap<string, MpesaPayoutFields> = new Map([
  ['b2cPayment', SIMULATED_MPESA_OPENAPI_B2C],
  ['b2bPayment', SIMULATED_MPESA_OPENAPI_B2B],
]);

/** The order of the checks is [assumed], and so is the refusal of fields that an endpoint does not have. */
export function readMpesaOrder(
  fields: BodyFields,
  payoutFields: MpesaPayoutFields,
  { env, market }: MpesaTarget,
  settings: MpesaOpenApiSimulatorSettings,
): MpesaOrder | { readonly code: string } {
  const { kind, payer, payee, description, descriptionCode } = payoutFields;
  const names = [...COMMON, payer, payee, description];
  const text = (name: string): string => textField(fields, name) ?? '';
  const amountMinor = simulatedMpesaOpenapiAmountOf(text('input_Amount'), settings);
  const shortCode = text(payer);
  const number = text(payee);
  const code = firstProblem([
    [names.every((name) => fields.has(name)), 'INS-20'],
    [[...fields.keys()].every((name) => names.includes(name)), 'INS-21'],
    [/^[0-9a-zA-Z \w+]{1,20}$/.test(text('input_TransactionReference')), 'INS-17'],
    [CONVERSATION_ID.test(text('input_ThirdPartyConversationID')), 'INS-28'],
    [/^[0-9a-zA-Z \w+]{1,256}$/.test(text(description)), descriptionCode],
    [amountMinor !== null, 'INS-15'],
    [market.currencies.includes(text('input_Currency')), 'INS-26'],
    [text('input_Country') === market.country, 'INS-998'],
    [isMpesaShortCode(shortCode, settings), 'INS-13'],
    [kind === 'mobile' || MPESA_SHORT_CODE.test(number), 'INS-13'],
    [kind === 'till' || isMsisdn(number, env, market), 'INS-2051'],
  ]);
  if (code !== null || amountMinor === null) return { code: code ?? 'INS-15' };
  return {
    realm: `${env}/${market.name}`,
    shortCode,
    kind,
    destination: kind === 'mobile' ? `+${number}` : number,
    number,
    amountMinor,
    currency: text('input_Currency'),
    reference: text('input_ThirdPartyConversationID'),
    narrative: text(description),
  };
}

export function isMpesaShortCode(text: string, { shortCode }: MpesaOpenApiSimulatorSettings): boolean {
  return MPESA_SHORT_CODE.test(text) && (shortCode === '' || text === shortCode);
}

/** The portal's pattern accepts `0` and any decimals; zero and fractions of a cent cannot be paid. */
function simulatedMpesaOpenapiAmountOf(text: string, { wholeAmounts }: MpesaOpenApiSimulatorSettings): bigint | null {
  if (!/^\d*\.?\d+$/.test(text)) return null;
  const cents = centsOf(text.startsWith('.') ? `0${text}` : text);
  if (cents === null || cents === 0n) return null;
  return wholeAmounts && cents % 100n !== 0n ? null : cents;
}

/** Whether a number is of the market or one of the sandbox's twelve-digit numbers. */
function isMsisdn(text: string, env: MpesaTarget['env'], { msisdn }: MpesaMarket): boolean {
  return msisdn.test(text) || (env === 'sandbox' && /^0{11}[1-7]$/.test(text));
}
