import { DrainedError } from '../domain/limits.ts';
import type { BatchTotal } from '../domain/batch.ts';
import type { AccountBalance } from '../plan/input.ts';
import type { OpenAccount } from './account.ts';

/** Reads what an account can pay out now and estimates the fees of what would be sent. */
export async function accountBalance(open: OpenAccount, sent: readonly BatchTotal[]): Promise<AccountBalance> {
  const { account, provider, definition } = open;
  const feesMinor = sent
    .filter((total) => total.account === account.name)
    .reduce(
      (sum, total) => sum + BigInt(total.count) * (definition.feeMaxMinor?.(total.kind, account.options) ?? 0n),
      0n,
    );
  const known = { account: account.name, currency: account.currency, feesMinor };
  if (provider.balance === undefined) {
    return { ...known, availableMinor: null, why: `${account.provider} does not tell its balance.` };
  }
  const reading = await whileRunning(provider.balance());
  if (reading === null)
    return { ...known, availableMinor: null, why: 'The run was interrupted before it could be asked.' };
  switch (reading.kind) {
    case 'balance':
      // A balance in another currency says nothing about these payments.
      return reading.currency === account.currency
        ? { ...known, availableMinor: reading.availableMinor, why: '' }
        : {
            ...known,
            availableMinor: null,
            why: `The balance is in ${reading.currency}, the account in ${account.currency}.`,
          };
    case 'throttled':
    case 'unreachable':
    case 'stop':
      return { ...known, availableMinor: null, why: reading.evidence.reason };
  }
}

/** Null when the run was ended while the call waited for its turn; it was then not made. */
export async function whileRunning<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof DrainedError) return null;
    throw error;
  }
}
