/** A country that PesaWay serves. Generation 3 names it in `X-Region`; generation 2 serves Kenya only. */
export interface PesawayRegion {
  readonly code: string;
  /** As the answer of `active-channels` writes it. */
  readonly name: string;
  readonly currency: string;
  /** As in ISO 4217. */
  readonly decimals: 0 | 2;
  readonly phone: RegExp;
}

const SIMULATED_PESAWAY_LIST: readonly PesawayRegion[] = [
  { code: 'ke', name: 'Kenya', currency: 'KES', decimals: 2, phone: /^254[17]\d{8}$/ },
  // Outside of Kenya only "country code first, 7 to 18 digits" is known [sdk: php-2026].
  { code: 'ug', name: 'Uganda', currency: 'UGX', decimals: 0, phone: /^256\d{4,15}$/ },
  { code: 'tz', name: 'Tanzania', currency: 'TZS', decimals: 2, phone: /^255\d{4,15}$/ },
  { code: 'zm', name: 'Zambia', currency: 'ZMW', decimals: 2, phone: /^260\d{4,15}$/ },
  { code: 'gh', name: 'Ghana', currency: 'GHS', decimals: 2, phone: /^233\d{4,15}$/ },
  { code: 'cm', name: 'Cameroon', currency: 'XAF', decimals: 0, phone: /^237\d{4,15}$/ },
];

export const pesawayRegions: ReadonlyMap<string, PesawayRegion> = new Map(
  SIMULATED_PESAWAY_LIST.map((region) => [region.code, region]),
);

/** The region of a code that is known to exist. */
export function regionOf(code: string): PesawayRegion {
  const region = pesawayRegions.get(code);
  if (region === undefined) throw new Error(`there is no region ${code}`);
  return region;
}

/** The region of requests without `X-Region`. */
export const PESAWAY_KENYA = regionOf('ke');

/** National clearing numbers; that PesaWay uses them is [assumed]. */
export const pesawayBankCodes: ReadonlySet<string> = new Set(
  '01 02 03 07 10 11 12 16 19 23 25 31 43 53 57 61 63 66 68 70 72 74 75 76 78'.split(' '),
);

/** In exact case. Two spellings each of paybill and till are in use, and both are accepted. */
export const pesawayChannels: ReadonlyMap<string, 'mobile' | 'paybill' | 'till' | 'bank'> = new Map([
  ['MPESA', 'mobile'],
  ['Airtel', 'mobile'],
  ['MPESA Paybill', 'paybill'],
  ['PAYBILL', 'paybill'],
  ['MPESA Till', 'till'],
  ['TILL', 'till'],
  ['Bank', 'bank'],
  ['BANK', 'bank'],
]);
