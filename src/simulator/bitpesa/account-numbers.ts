/** Countries that IBANs are paid in, with the characters they have; those of other countries are held to their check digits alone. */
const lengths: Readonly<Record<string, number>> = {
  ...{ CM: 27, GA: 27, CG: 27, GQ: 27, TD: 27, CF: 27, EG: 29 },
  ...{ AT: 20, BE: 16, DE: 22, ES: 24, FR: 27, GB: 22, IE: 22, IT: 27, NL: 18, PT: 25 },
};

/** An IBAN as the currency wants it; for XOF the BBAN. */
export function isListedIban(currency: string, text: string): boolean {
  if (currency === 'XOF') return /^(BJ|BF|CI|SN|TG|ML|NE)\d{22}$/.test(text);
  if (!/^[A-Z]{2}\d\d[0-9A-Z]+$/.test(text)) return false;
  if ((lengths[text.slice(0, 2)] ?? text.length) !== text.length) return false;
  const digits = Array.from(text.slice(4) + text.slice(0, 4), (character) => parseInt(character, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

/** Nine digits, the sum of thrice the first of each three, seven times the second and the third ends in 0. */
export function isRoutingNumberOfUs(text: string): boolean {
  const threes = /^(\d)(\d)(\d)(\d)(\d)(\d)(\d)(\d)(\d)$/.exec(text)?.slice(1).map(Number);
  if (threes === undefined) return false;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = threes;
  return (3 * (a + d + g) + 7 * (b + e + h) + (c + f + i)) % 10 === 0;
}
