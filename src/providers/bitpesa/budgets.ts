/** Everything, payouts included: nothing is published, 5 in a second are assumed. */
export const REQUESTS = 'requests';

/** Balances: one in five minutes and 300 a day are published as soft limits. */
export const ACCOUNTS = 'accounts';
