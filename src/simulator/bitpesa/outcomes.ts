import type { BitpesaPayoutMethod } from './methods.ts';

/** The network's answer to a payout. */
export interface BitpesaOutcome {
  readonly kind: 'paid' | 'pending' | 'temporary' | 'recipient' | 'sender';
  /** `state_reason_details.code`. */
  readonly code: string;
}

/** For people only: by BitPesa's documentation `state` alone decides. */
export interface BitpesaReason {
  readonly code: string;
  readonly category: string;
  readonly messages: readonly [string, string, string];
  readonly description: string;
}

export const PAID: BitpesaOutcome = { kind: 'paid', code: '0' };
export const PENDING: BitpesaOutcome = { kind: 'pending', code: '14' };
/** The account validation found another account holder. */
export const NAME_MISMATCH: BitpesaOutcome = { kind: 'recipient', code: '44' };

type Endings = Readonly<Record<string, BitpesaOutcome>>;

/** The endings for paid, pending, and the errors with their codes. */
const row = (paid: string, pending: string, ...errors: readonly (readonly [string, string])[]): Endings => ({
  [paid]: PAID,
  [pending]: PENDING,
  ...Object.fromEntries(errors.map(([ending, code]) => [ending, { kind: simulatedBitpesaKindOf(code), code }])),
});

const TABLE: Readonly<Record<string, Endings>> = {
  'NGN::Bank': row('00', '01', ['08', '3'], ['19', '416'], ['71', '511']),
  'GHS::Bank': row('00', '01', ['18', '3'], ['39', '421'], ['19', '5']),
  'GHS::Mobile': row('00', '01', ['18', '3'], ['39', '421'], ['19', '5']),
  'UGX::Mobile airtel': row('00', '11', ['18', '331'], ['19', '42'], ['49', '5']),
  // The documented table has 09; the example beside it ends in 19.
  'UGX::Mobile mtn': row('0', '1', ['18', '331'], ['09', '414'], ['19', '414']),
  'XAF::Mobile CM': row('00', '01', ['38', '3'], ['69', '42'], ['09', '531']),
  'XAF::Mobile GA': row('0', '1', ['08', '3'], ['09', '423']),
  'XOF::Mobile': row('00', '01', ['38', '3'], ['69', '42'], ['09', '531']),
};

/** The outcome by the magic ending of a phone or an account. The longest ending counts; other numbers are paid. */
export function simulatedBitpesaOutcomeOf(method: BitpesaPayoutMethod): BitpesaOutcome {
  const endings = TABLE[simulatedBitpesaRowOf(method)] ?? {};
  const fitting = Object.keys(endings).filter((ending) => method.number.endsWith(ending));
  const longest = fitting.sort((a, b) => b.length - a.length)[0];
  return (longest === undefined ? undefined : endings[longest]) ?? PAID;
}

/** Whether an account validation finds no holder of this number. */
export function failsValidation(currency: string, number: string, mobileProvider: string): boolean {
  if (currency === 'GHS') return number.endsWith('9');
  if (currency === 'NGN') return number.endsWith('39');
  return currency === 'UGX' && number.endsWith(mobileProvider === 'airtel' ? '29' : '19');
}

/** The network of a Ugandan phone without a provider is found by its prefix. */
export function mobileProviderOf({
  type,
  details,
  number,
}: Pick<BitpesaPayoutMethod, 'type' | 'details' | 'number'>): string {
  if (typeof details.mobile_provider === 'string' && details.mobile_provider !== '') return details.mobile_provider;
  return type === 'UGX::Mobile' && /^\+256(20|7[045])/.test(number) ? 'airtel' : 'mtn';
}

/** `state_reason_details` of an answer of the network. */
export function reasonOf({ kind, code }: BitpesaOutcome): BitpesaReason {
  const [category, description] = SIMULATED_BITPESA_OUTCOMES_WORDS[kind];
  return { code, category, messages: [description, `Code ${code}`, category], description };
}

const SIMULATED_BITPESA_OUTCOMES_WORDS: Readonly<
  Record<BitpesaOutcome['kind'], readonly [category: string, description: string]>
> = {
  paid: ['paid', 'Paid out'],
  pending: ['pending', 'Waiting for the network'],
  temporary: ['temporary_error', 'Temporary error of the bank or network, it will be tried again'],
  recipient: ['recipient_error', 'The details of the recipient are not right'],
  sender: ['sender_error', 'Refused for the sender or for compliance'],
};

function simulatedBitpesaRowOf(method: BitpesaPayoutMethod): string {
  if (method.type === 'UGX::Mobile') return `${method.type} ${mobileProviderOf(method)}`;
  if (method.type === 'XAF::Mobile') return `${method.type} ${method.country}`;
  return method.type;
}

function simulatedBitpesaKindOf(code: string): BitpesaOutcome['kind'] {
  if (code.startsWith('3')) return 'temporary';
  return code.startsWith('4') ? 'recipient' : 'sender';
}
