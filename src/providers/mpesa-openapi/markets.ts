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

/** What most markets have in common. */
const USUAL = { stepMinor: 1n, nationalDigits: 9, hasTrunkZero: true, ranges: [] } as const;

export const MARKETS: Readonly<Record<MarketName, Market>> = {
  tanzania: {
    ...USUAL,
    ...{ path: 'vodacomTZN', place: 'Tanzania', country: 'TZN', currencies: ['TZS'], dialCode: '255' },
    // Whole shillings only [assumed].
    stepMinor: 100n,
  },
  ghana: {
    ...USUAL,
    ...{ path: 'vodafoneGHA', place: 'Ghana', country: 'GHA', currencies: ['GHS'], dialCode: '233' },
  },
  lesotho: {
    ...USUAL,
    ...{ path: 'vodacomLES', place: 'Lesotho', country: 'LES', currencies: ['LSL'], dialCode: '266' },
    // Documented are 12 to 14 digits in all; real numbers have 11, and integrations send just that.
    nationalDigits: 8,
    hasTrunkZero: false,
  },
  drc: {
    ...USUAL,
    // CDF by one client library only; the account's currency decides.
    ...{ path: 'vodacomDRC', place: 'the DR Congo', country: 'DRC', currencies: ['USD', 'CDF'], dialCode: '243' },
  },
  mozambique: {
    ...USUAL,
    ...{ path: 'vodacomMOZ', place: 'Mozambique', country: 'MOZ', currencies: ['MZN'], dialCode: '258' },
    hasTrunkZero: false,
    ranges: ['84', '85'],
  },
};

const MPESA_OPENAPI_NAMES = Object.keys(MARKETS) as readonly MarketName[];

/** `tanzania` or `vodacomTZN` → its market; null for what is neither. */
export function marketOf(name: string): Market | null {
  const known = MPESA_OPENAPI_NAMES.find((candidate) => candidate === name || MARKETS[candidate].path === name);
  return known === undefined ? null : MARKETS[known];
}

/** The market that pays in `currency`, for an account that names none (only the simulator's may); Tanzania failing that. */
export function marketPaying(currency: string | null): Market {
  const name = MPESA_OPENAPI_NAMES.find((candidate) => MARKETS[candidate].currencies.includes(currency ?? ''));
  return MARKETS[name ?? 'tanzania'];
}
