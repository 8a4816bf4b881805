import type { KnownBank } from '../../domain/rules.ts';

/**
 * Bank codes that BitPesa's documentation prints, by currency. The lists of Nigeria and Ghana are open ("and others"), and banks come and go, so
 * that a code which is missing here is a warning.
 */
export const BITPESA_BANK_CODES: Readonly<Record<string, ReadonlySet<string>>> = {
  NGN: codes(`
    044 063 050 214 070 011 058 030 301 082 076 039 232 032 033 215 035 057
    305 B54 611 993 101 023 068 100 102 103 302 303 565 566 E30`),
  GHS: codes(`
    010100 020100 030100 040100 050100 060100 070100 080100 090100 100100 110100 120100 130100 140100 170100 180100 190100
    200100 210100 230100 240100 280100 330100 340100 360100 390100`),
  KES: codes(`
    01 02 03 06 07 10 11 12 14 16 18 19 23 25 31 35 43 50 51 53 54 55 57 61 63 65 66 68 70 72 74 75 76 78`),
};

/** How long codes of these currencies are; a spreadsheet takes leading zeros away. */
export const BANK_CODE_LENGTHS: Readonly<Record<string, number>> = { NGN: 3, GHS: 6, KES: 2 };

/** Every currency's banks. The documentation prints codes alone. */
export function bitpesaBanks(): readonly KnownBank[] {
  return Object.entries(BITPESA_BANK_CODES).flatMap(([currency, known]) => {
    return [...known].map((code) => ({ code, name: '', currency }));
  });
}

function codes(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
