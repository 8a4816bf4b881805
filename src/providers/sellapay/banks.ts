import type { KnownBank } from '../../domain/rules.ts';
import { readSellapaySettings } from './settings.ts';

/**
 * Sellapay's own three-digit numbers of banks, as its reference page lists them: not the Kenyan clearing codes. More than
 * fifty are claimed and ten are printed, so another code is a warning and no error.
 */
export const SELLAPAY_BANK_CODES: ReadonlyMap<string, string> = new Map([
  ['001', 'KCB Group Limited'],
  ['002', 'Barclays Bank'],
  ['006', 'Co-operative Bank'],
  ['007', 'Standard Chartered'],
  ['008', 'Citibank Kenya'],
  ['011', 'Diamond Trust Bank'],
  ['014', 'National Bank of Kenya'],
  ['015', 'Equity Bank'],
  ['031', 'Housing Finance'],
  ['032', 'Consolidated Bank Kenya'],
]);

/** As printed in the revision of 2026-02-10; some are no well-formed BICs and pass nevertheless. */
export const SWIFT_CODES: ReadonlyMap<string, string> = new Map([
  ['KCBLKENA', 'KCB'],
  ['BARCKENA', 'Barclays'],
  ['COBAKENAN', 'Co-operative'],
  ['SCBLKENA', 'Standard Chartered'],
  ['CITIKENA', 'Citibank'],
  ['DTBLKENA', 'Diamond Trust'],
  ['NBKEKENA', 'National Bank'],
  ['EQBLKENA', 'Equity'],
  ['HOUBEKEA', 'Housing Finance'],
  ['CBKEKENA', 'Consolidated'],
]);

/** The banks of an account with these options, as its `field_dialect` writes them. */
export function sellapayBanks(options: Readonly<Record<string, unknown>>): readonly KnownBank[] {
  const known = readSellapaySettings(options).dialect === 'seed' ? SELLAPAY_BANK_CODES : SWIFT_CODES;
  return [...known].map(([code, name]) => ({ code, name, currency: 'KES' }));
}
