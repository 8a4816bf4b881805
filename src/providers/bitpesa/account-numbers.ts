/** The countries of XOF::Bank, in whose accounts the country's letters stand twice once they are an IBAN: `BJ66BJ06…`. */
const WEST_AFRICAN_IBAN = /^(BJ|BF|CI|SN|TG|ML|NE)[0-9]{2}\1[0-9]{22}$/;

/** Two letters and 22 digits: bank, branch, account, key. */
export const WEST_AFRICAN_BBAN = /^(BJ|BF|CI|SN|TG|ML|NE)[0-9]{22}$/;

/** `BJ66BJ0610100100144390000769` → `BJ0610100100144390000769`; null for what is no IBAN of West Africa. */
export function bbanOf(iban: string): string | null {
  return WEST_AFRICAN_IBAN.test(iban) ? iban.slice(4) : null;
}

/** `04-00-04` → `040004`. */
export function sortCodeOf(text: string): string {
  return text.replace(/-/g, '');
}
