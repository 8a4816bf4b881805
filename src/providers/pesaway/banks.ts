import type { KnownBank } from '../../domain/rules.ts';
import { KENYA } from './regions.ts';
import { readPesawaySettings } from './settings.ts';

/**
 * Kenya's clearing numbers. PesaWay publishes no list of its own; its one sample, `01`, fits this one [assumed], so another code is a
 * warning and no error.
 */
export const PESAWAY_BANK_CODES: ReadonlyMap<string, string> = new Map([
  ['01', 'KCB'],
  ['02', 'Standard Chartered'],
  ['03', 'Absa'],
  ['07', 'NCBA'],
  ['10', 'Prime'],
  ['11', 'Co-operative'],
  ['12', 'National'],
  ['16', 'Citibank'],
  ['19', 'Bank of Africa'],
  ['23', 'Consolidated'],
  ['25', 'Credit'],
  ['31', 'Stanbic'],
  ['43', 'Ecobank'],
  ['53', 'GTBank'],
  ['57', 'I&M'],
  ['61', 'HFC'],
  ['63', 'DTB'],
  ['66', 'Sidian'],
  ['68', 'Equity'],
  ['70', 'Family'],
  ['72', 'Gulf African'],
  ['74', 'First Community'],
  ['75', 'DIB'],
  ['76', 'UBA'],
  ['78', 'KWFT'],
]);

/** The banks of an account with these options. Generation 3 names banks by names, and no list of these names is known. */
export function pesawayBanks(options: Readonly<Record<string, unknown>>): readonly KnownBank[] {
  const { generation, region } = readPesawaySettings(options);
  if (generation === 3 || region !== KENYA) return [];
  return [...PESAWAY_BANK_CODES].map(([code, name]) => ({ code, name, currency: region.currency }));
}
