/** The digits behind the point that the sums of a message may have. */
const SCALE = 17;

/** Digits and at most one point. XML Schema allows a plus and an exponent-free `.5` and `5.` as well, which no program writes for money. */
const DECIMAL = /^\d{1,40}(?:\.\d{1,40})?$/;

export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** A decimal number times 10^17, exactly; null where the text is none, or has more digits behind the point. */
export function exactDecimal(text: string): bigint | null {
  if (!isDecimal(text)) return null;
  const [whole = '', fraction = ''] = text.split('.');
  return fraction.length > SCALE ? null : BigInt(whole + fraction.padEnd(SCALE, '0'));
}

/** The shortest text of such a number: `105000.5`. */
export function decimalText(scaled: bigint): string {
  const digits = scaled.toString().padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '');
  return fraction === '' ? digits.slice(0, -SCALE) : `${digits.slice(0, -SCALE)}.${fraction}`;
}
