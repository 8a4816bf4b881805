import type { MOBILE_PLANS } from '../kit/mobile-plans.ts';

/** Where an account pays; `X-Region` of generation 3. */
type RegionName = 'ke' | 'ug' | 'tz' | 'zm' | 'gh' | 'cm';

export interface Region {
  readonly name: RegionName;
  readonly place: string;
  /** Whose numbers its mobiles have. */
  readonly country: keyof typeof MOBILE_PLANS;
  /** [assumed from the regions] */
  readonly currency: string;
  /** A phone as messages show it. */
  readonly sample: string;
}

/** Regions as the newest client lists them; generation 2 knows none and pays in Kenya. */
const REGIONS: { readonly [Name in RegionName]: Region } = {
  ke: { name: 'ke', place: 'Kenya', country: 'KE', currency: 'KES', sample: '+2547XXXXXXXX' },
  ug: { name: 'ug', place: 'Uganda', country: 'UG', currency: 'UGX', sample: '+2567XXXXXXXX' },
  tz: { name: 'tz', place: 'Tanzania', country: 'TZ', currency: 'TZS', sample: '+2557XXXXXXXX' },
  zm: { name: 'zm', place: 'Zambia', country: 'ZM', currency: 'ZMW', sample: '+2609XXXXXXXX' },
  gh: { name: 'gh', place: 'Ghana', country: 'GH', currency: 'GHS', sample: '+2332XXXXXXXX' },
  cm: { name: 'cm', place: 'Cameroon', country: 'CM', currency: 'XAF', sample: '+2376XXXXXXXX' },
};

export const KENYA: Region = REGIONS.ke;

export function regionNamed(name: RegionName): Region {
  return REGIONS[name];
}
