export interface MpesaMarket {
  /** Name in paths. */
  readonly name: string;
  readonly country: string;
  readonly currencies: readonly string[];
  /** Exact lengths of the public numbering plans [assumed]. */
  readonly msisdn: RegExp;
}

const SIMULATED_MPESA_OPENAPI_LIST: readonly MpesaMarket[] = [
  { name: 'vodacomTZN', country: 'TZN', currencies: ['TZS'], msisdn: /^255\d{9}$/ },
  { name: 'vodafoneGHA', country: 'GHA', currencies: ['GHS'], msisdn: /^233\d{9}$/ },
  // Eleven digits, as live integrations send them, although the portal's pattern has twelve to fourteen [sdk: LS, PY].
  { name: 'vodacomLES', country: 'LES', currencies: ['LSL'], msisdn: /^266\d{8}$/ },
  // CDF may be allowed for some products [sdk: GO].
  { name: 'vodacomDRC', country: 'DRC', currencies: ['USD', 'CDF'], msisdn: /^243\d{9}$/ },
  { name: 'vodacomMOZ', country: 'MOZ', currencies: ['MZN'], msisdn: /^258(84|85)\d{7}$/ },
];

/** Every currency of these markets has two decimals in ISO 4217. */
export const mpesaMarkets: ReadonlyMap<string, MpesaMarket> = new Map(
  SIMULATED_MPESA_OPENAPI_LIST.map((market) => [market.name, market]),
);
