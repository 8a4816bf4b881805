/** Whether the ninth digit of an American routing number fits: the digits times 3, 7, 1, 3, 7, 1, 3, 7, 1 add up to a multiple of 10. */
export function isRoutingNumber(digits: string): boolean {
  return /^\d{9}$/.test(digits) && weighted(digits, [3, 7, 1]) % 10 === 0;
}

/**
 * Whether the tenth digit of a Nigerian account number (NUBAN) fits its bank: by the Central Bank of Nigeria's standard of 2010 the digits of the bank's
 * code and of the account's serial number, times 3, 7, 3 in turn, and the check digit add up to a multiple of 10.
 *
 * @param bank three digits; the codes of newer institutions have letters or other numbers behind them, and tell nothing.
 */
export function isNuban(bank: string, account: string): boolean {
  return weighted(bank + account.slice(0, 9), [3, 7, 3]) % 10 === (10 - Number(account.charAt(9))) % 10;
}

/** The sum of the digits, each times the weight of its place; the weights begin again at their end. */
function weighted(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    sum += Number(digits.charAt(place)) * (weights[place % weights.length] ?? 0);
  }
  return sum;
}
