/** Every request of an account: payouts, queries and sessions. */
export const REQUESTS = 'requests';
