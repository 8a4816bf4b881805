import type { AccountConfig, Config } from '../config/config.ts';
import type { PlainObject, PlainValue } from '../domain/plain-value.ts';

/**
 * What of the configuration decides about a batch that is paid from these accounts, for the plan's digest. A setting belongs here when
 * another value of it could block, hold back, split or let go of a payment. A setting that is not there is left out (undefined).
 */
export function planPolicy(config: Config, accounts: readonly string[]): PlainValue {
  return {
    duplicate_window: config.duplicateWindowMs,
    accounts: Object.fromEntries(accounts.map((name) => [name, accountPolicy(config.accounts.get(name))])),
  };
}

function accountPolicy(account: AccountConfig | undefined): PlainObject {
  return account === undefined ? {} : { limits: limitsValue(account) };
}

/** Null where the limits of the provider's documentation hold. */
function limitsValue({ limits }: AccountConfig): PlainValue {
  const { rates, concurrency, maxAmountMinor } = limits;
  return {
    rates: rates?.map(({ count, windowMs }) => ({ count, window_ms: windowMs })) ?? null,
    concurrency,
    max_amount: maxAmountMinor?.toString() ?? null,
  };
}
