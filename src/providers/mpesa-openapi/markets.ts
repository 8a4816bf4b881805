/** A market as its paths, fields and numbers have it (docs/providers/mpesa-openapi.md, sections 2 and 6.3). */
export interface Market {
  /** In paths, spelled as the portal does: one public integration writes `vodafoneMOZ`, which is not followed. */
  readonly path: string;
  /** As messages call it. */
  readonly place: string;
  /** `input_Country`. */
  readonly country: string;
  /** What an account may be in; the first is the portal's. */
  readonly currencies: readonly string[];
  /** The smallest amount of each currency's minor units that is sent. */
  readonly stepMinor: bigint;
  readonly dialCode: string;
  /** Exact digits of a mobile after the country code [assumed: public numbering plans]. */
  readonly nationalDigits: number;
  /** Whether people write a 0 before the national number. */
  readonly hasTrunkZero: boolean;
  /** Beginnings of the operator's own national numbers, where they are known; numbers move between networks. */
  readonly ranges: readonly string[];
}

export type MarketName = 'tanzania' | 'ghana' | 'lesotho' | 'drc' | 'mozambique';

export const MARKETS: Readonly<Record<MarketName, Market>> = {
  // Whole shillings only [assumed].
  tanzania: market('vodacomTZN', 'Tanzania', 'TZN', ['TZS'], '255', 9, { stepMinor: 100n }),
  ghana: market('vodafoneGHA', 'Ghana', 'GHA', ['GHS'], '233', 9),
  // Documented are 12 to 14 digits in all; real numbers have 11, and integrations send just that.
  lesotho: market('vodacomLES', 'Lesotho', 'LES', ['LSL'], '266', 8, { hasTrunkZero: false }),
  // CDF by one client library only; the account's currency decides.
  drc: market('vodacomDRC', 'the DR Congo', 'DRC', ['USD', 'CDF'], '243', 9),
  mozambique: market('vodacomMOZ', 'Mozambique', 'MOZ', ['MZN'], '258', 9, {
    hasTrunkZero: false,
    ranges: ['84', '85'],
  }),
};

const NAMES = Object.keys(MARKETS) as readonly MarketName[];

/** `tanzania` or `vodacomTZN` → its market; null for what is neither. */
export function marketOf(name: string): Market | null {
  const known = NAMES.find((candidate) => candidate === name || MARKETS[candidate].path === name);
  return known === undefined ? null : MARKETS[known];
}

/** The market that pays in `currency`, for an account that names none (only the simulator's may); Tanzania failing that. */
export function marketPaying(currency: string | null): Market {
  const name = NAMES.find((candidate) => MARKETS[candidate].currencies.includes(currency ?? ''));
  return MARKETS[name ?? 'tanzania'];
}

function market(
  path: string,
  place: string,
  country: string,
  currencies: readonly string[],
  dialCode: string,
  nationalDigits: number,
  more: Partial<Market> = {},
): Market {
  return {
    ...{ path, place, country, currencies, dialCode, nationalDigits },
    ...{ stepMinor: 1n, hasTrunkZero: true, ranges: [] },
    ...more,
  };
}
