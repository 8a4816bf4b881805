import { unlessDrained } from '../../domain/call-budgets.ts';
import type { BatchTotal } from '../../domain/batch.ts';
import type { Evidence } from '../../domain/outcome.ts';
import type { AccountBalance } from '../../plan/input.ts';
import type { OpenAccount } from './account.ts';

/**
 * Reads what an account can pay out now and estimates the fees of what would be sent: once, or once for each pocket that
 * something would be paid from. An answer that stops the account halts it: nothing is sent from an account that may not even ask.
 */
export async function accountBalances(open: OpenAccount, sent: readonly BatchTotal[]): Promise<AccountBalance[]> {
  const { account, provider, definition, halt } = open;
  const ours = sent.filter((total) => total.account === account.name);
  const feesOf = (totals: readonly BatchTotal[]): bigint =>
    totals.reduce(
      (sum, total) => sum + BigInt(total.count) * (definition.feeMaxMinor?.(total.kind, account.options) ?? 0n),
      0n,
    );
  const known = { account: account.name, currency: account.currency, feesMinor: feesOf(ours) };
  const unread = (why: string): AccountBalance[] => [{ ...known, availableMinor: null, why }];
  if (provider.balance === undefined) return unread(`${account.provider} does not tell its balance.`);
  // A provider may lock a user after a few refusals, so a refused account is not asked again for the next batch.
  if (halt.signal.aborted) return unread((halt.signal.reason as Evidence).reason);
  const reading = await unlessDrained(provider.balance());
  if (reading === null) return unread('The run was interrupted before it could be asked.');
  if (reading.kind === 'stop') halt.abort(reading.evidence);
  if (reading.kind !== 'balance') return unread(reading.evidence.reason);
  // A balance in another currency says nothing about these payments.
  if (reading.currency !== account.currency) {
    return unread(`The balance is in ${reading.currency}, the account in ${account.currency}.`);
  }
  if (reading.subBalances === undefined) return [{ ...known, availableMinor: reading.availableMinor, why: '' }];
  return reading.subBalances.flatMap(({ kinds, availableMinor }) => {
    const paid = ours.filter((total) => kinds.includes(total.kind));
    return paid.length === 0 ? [] : [{ ...known, kinds, availableMinor, feesMinor: feesOf(paid), why: '' }];
  });
}
