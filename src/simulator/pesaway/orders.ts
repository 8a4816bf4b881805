import { centsOf } from '../kit/decimal.ts';
import { firstProblem, textField, type BodyFields } from '../kit/fields.ts';
import { isLoopbackHost } from '../kit/runtime.ts';
import type { PesawaySimulatorSettings } from './settings.ts';
import { pesawayBankCodes, pesawayChannels, type PesawayRegion } from './regions.ts';

/** A payout as a request describes it, read by the rules of its endpoint. Marks in brackets as in docs/providers/pesaway.md. */
export interface PesawayOrder {
  readonly family: PesawayFamily;
  readonly kind: 'mobile' | 'paybill' | 'till' | 'bank';
  readonly destination: string;
  /** The phone or the account; magic values are recognised by it, and results name it. */
  readonly number: string;
  readonly region: string;
  readonly currency: string;
  readonly decimals: 0 | 2;
  readonly amountMinor: bigint;
  readonly reference: string;
  readonly narrative: string;
  readonly resultsUrl: string;
}

/** An accepted payout. */
export interface PesawayPayment {
  readonly order: PesawayOrder;
  readonly merchant: string;
  readonly transactionId: string;
  /** Of the network; reported once the payment is paid. */
  readonly receipt: string;
  readonly feeMinor: bigint;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
  state: 'open' | 'paid' | 'failed';
}

/** The payout endpoint of a payment, and so its query endpoint. */
export type PesawayFamily = 'mobile-money' | 'bank';

/** Region and API generation of a request: requests with `X-Region` are of generation 3. */
export interface PesawayCaller {
  readonly region: PesawayRegion;
  readonly generation: 2 | 3;
}

export function readPesawayOrder(
  fields: BodyFields,
  family: PesawayFamily,
  { region, generation }: PesawayCaller,
  settings: PesawaySimulatorSettings,
): PesawayOrder | { readonly problem: string } {
  const text = (name: string): string => textField(fields, name) ?? '';
  const channel = text('Channel');
  const kind = pesawayChannels.get(channel) ?? null;
  const number = kind === 'mobile' ? text('PhoneNumber') : text('AccountNumber');
  const amountMinor = simulatedPesawayAmountOf(fields, region);
  const bank = generation === 2 ? text('BankCode') : text('BankName');
  const problem = firstProblem([
    [/^[A-Za-z0-9]{1,28}$/.test(text('ExternalReference')), 'ExternalReference must have 1 to 28 letters and digits'],
    [amountMinor !== null, `Amount must be above 0 with ${region.decimals} decimals at most`],
    [
      amountMinor === null || isWithinLimits(amountMinor, family, settings),
      'Amount is beyond the limits of this channel',
    ],
    [kind !== null && (kind === 'bank') === (family === 'bank'), 'Channel is not one of this endpoint'],
    [!settings.channelsOff.split(',').includes(channel), 'Channel is not active'],
    [!(fields.has('PhoneNumber') && fields.has('AccountNumber')), 'PhoneNumber and AccountNumber exclude each other'],
    [kind !== 'mobile' || region.phone.test(number), 'PhoneNumber must have digits only, country code first'],
    [kind === 'mobile' || accountPattern(kind, generation).test(number), 'AccountNumber is malformed'],
    [kind !== 'bank' || isBank(bank, generation), `${generation === 2 ? 'BankCode' : 'BankName'} names no bank`],
    [isCurrencyRight(fields, family, { region, generation }), `Currency must be ${region.currency}`],
    [generation === 2 || isMerchantCode(fields, settings), 'MerchantCode is missing or not yours'],
    [/^.{2,250}$/su.test(text('Reason')), 'Reason must have 2 to 250 characters'],
    [isResultsUrl(text('ResultsUrl')), 'ResultsUrl must be an HTTPS address'],
  ]);
  if (problem !== null || amountMinor === null || kind === null) return { problem: problem ?? 'Request is malformed' };
  return {
    family,
    kind,
    destination: kind === 'mobile' ? `+${number}` : kind === 'bank' ? `${bank}/${number}` : number,
    number,
    region: region.code,
    currency: region.currency,
    decimals: region.decimals,
    amountMinor,
    reference: text('ExternalReference'),
    narrative: text('Reason'),
    resultsUrl: text('ResultsUrl'),
  };
}

export function isMerchantCode(fields: BodyFields, { merchantCode }: PesawaySimulatorSettings): boolean {
  const code = textField(fields, 'MerchantCode') ?? '';
  return merchantCode === '' ? /^[A-Za-z0-9._-]{2,100}$/.test(code) : code === merchantCode;
}

/** A number or a decimal text, read exactly; never with more decimals than the currency has. */
function simulatedPesawayAmountOf(fields: BodyFields, { decimals }: PesawayRegion): bigint | null {
  const field = fields.get('Amount');
  const cents = field === undefined || field.kind === 'other' ? null : centsOf(field.text);
  if (cents === null || cents === 0n) return null;
  if (decimals === 2) return cents;
  return cents % 100n === 0n ? cents / 100n : null;
}

function isWithinLimits(
  amountMinor: bigint,
  family: PesawayFamily,
  { amountLimits }: PesawaySimulatorSettings,
): boolean {
  const [least, most] = family === 'bank' ? [100_00n, 999_999_00n] : [10_00n, 250_000_00n];
  return !amountLimits || (amountMinor >= least && amountMinor <= most);
}

function accountPattern(kind: PesawayOrder['kind'] | null, generation: 2 | 3): RegExp {
  if (kind !== 'bank') return /^\d{4,12}$/;
  // "String of digits" in the older guide; the newest client allows more characters.
  return generation === 2 ? /^\d{2,80}$/ : /^[A-Za-z0-9._ -]{2,80}$/;
}

function isBank(bank: string, generation: 2 | 3): boolean {
  return generation === 2 ? pesawayBankCodes.has(bank) : /^(?=.*[A-Za-z])[A-Za-z0-9&.,'() -]{2,80}$/.test(bank);
}

/** Bank payouts always need a currency, mobile payouts since generation 3. A wrong currency is always refused. */
function isCurrencyRight(fields: BodyFields, family: PesawayFamily, { region, generation }: PesawayCaller): boolean {
  if (family === 'mobile-money' && generation === 2 && !fields.has('Currency')) return true;
  return textField(fields, 'Currency') === region.currency;
}

/** HTTPS, as the provider requires; addresses of this machine are accepted without, for simulations. */
function isResultsUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}
