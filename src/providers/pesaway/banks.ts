import type { KnownBank } from '../../domain/rules.ts';
import { KENYAN_BANKS } from '../kit/kenyan-banks.ts';
import { KENYA } from './regions.ts';
import { readPesawaySettings } from './settings.ts';

/**
 * The banks of an account with these options. PesaWay publishes no list of its own; its one sample, `01`, fits Kenya's clearing numbers [assumed], so
 * another code is a warning and no error. Generation 3 names banks by names, and no list of these names is known.
 */
export function pesawayBanks(options: Readonly<Record<string, unknown>>): readonly KnownBank[] {
  const { generation, region } = readPesawaySettings(options);
  if (generation === 3 || region !== KENYA) return [];
  return [...KENYAN_BANKS].map(([code, name]) => ({ code, name, currency: region.currency }));
}
