/** Spreadsheets show and save no more digits of a number than these. */
const SIGNIFICANT_DIGITS = 15;

/** How a number is stored: as `xsd:double` is written. */
const STORED = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** Small whole numbers and amounts, which are nearly all: nothing to round and nothing to write in another way. */
const PLAIN_DIGITS = /^[1-9]\d{0,8}(?:\.\d{0,4}[1-9])?$|^0$/;

/**
 * A stored number as plain digits, rounded to 15 significant digits as spreadsheets round it: `1.1E5` → `110000`,
 * `40500.499999999993` → `40500.5`; null for a text that is no number. A number with more than 15 digits before the point keeps them
 * all, so that it is seen to have too many.
 *
 * Decimal throughout: the text is rounded as it stands, and never becomes a binary number.
 */
export function plainDigits(stored: string): string | null {
  if (PLAIN_DIGITS.test(stored)) return stored;
  if (!STORED.test(stored)) return null;
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(stored);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  let digits = `${whole}${fraction}`;
  /** How many of the digits stand before the point. */
  let point = whole.length + Number(exponent);
  const zeros = /^0*/.exec(digits)?.[0].length ?? 0;
  digits = digits.slice(zeros);
  point -= zeros;
  if (digits === '') return '0';
  if (digits.length > SIGNIFICANT_DIGITS && point <= SIGNIFICANT_DIGITS) {
    const rounded = withRounding(digits.slice(0, SIGNIFICANT_DIGITS), digits.charAt(SIGNIFICANT_DIGITS) >= '5');
    if (rounded.length > SIGNIFICANT_DIGITS) point += 1;
    digits = rounded;
  }
  const before = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const after = (point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point)).replace(/0+$/, '');
  return `${sign === '-' ? '-' : ''}${before}${after === '' ? '' : `.${after}`}`;
}

function withRounding(digits: string, up: boolean): string {
  return up ? String(BigInt(digits) + 1n) : digits;
}
