/**
 * Everything: payouts, status queries, balances and tokens. The ceiling is one per short code, unpublished, and the sheet lets
 * queries share it.
 */
export const REQUESTS = 'requests';
