/** Requests for tokens, per IP address. */
export const AUTHORIZE = 'authorize';

/** Everything else, payouts included. */
export const BUSINESS = 'business';
