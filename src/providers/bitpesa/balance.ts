import { evidence } from '../kit/redaction.ts';
import { decimalMinor, isObject, parseObject, scalarText } from '../kit/json.ts';
import type { BalanceResult } from '../port.ts';
import { decimalsOf } from './amounts.ts';
import { ACCOUNTS } from './budgets.ts';
import { troubleOf } from './lookup.ts';
import type { PayoutSetup } from './payout.ts';

/** What the account that pays holds. */
export async function askBalance(setup: PayoutSetup): Promise<BalanceResult> {
  const { api, callBudgets, settings, inputCurrency: currency } = setup;
  // A soft limit of one question in five minutes: no payment is worth waiting for it.
  if (!callBudgets.isFree(ACCOUNTS)) {
    const reason = 'BitPesa is asked for the balance once in five minutes; it was asked just now.';
    return { kind: 'throttled', evidence: evidence('balance-limit', reason) };
  }
  const answer = await callBudgets.spend(ACCOUNTS, () =>
    api.send({ method: 'GET', path: `/v1/accounts/${currency}`, timeoutMs: settings.requestTimeoutMs }),
  );
  if (answer.kind === 'answer' && answer.status === 404) {
    const reason = `BitPesa knows no ${currency} balance of this account. Check options.input_currency.`;
    return { kind: 'unreachable', evidence: evidence('404', reason) };
  }
  const trouble = troubleOf(answer, setup);
  if (trouble !== null) return trouble;
  const body = answer.kind === 'answer' ? parseObject(answer.body) : null;
  const said = body?.['object'];
  // One account by the specification, a list of one by the prose.
  const accounts: readonly unknown[] = Array.isArray(said) ? said : [said];
  const ours = accounts.filter(isObject).find((account) => account['currency'] === currency);
  const availableMinor = floorMinor(scalarText(ours?.['amount']), decimalsOf(currency));
  if (availableMinor !== null) {
    // An account that may be overdrawn pays beyond its balance, so that nothing is compared with it.
    const meta = body?.['meta'];
    const isOverdraft = isObject(meta) && meta['negative_balance'] === true;
    return { kind: 'balance', availableMinor, currency, ...(isOverdraft ? { subBalances: [] } : {}) };
  }
  return {
    kind: 'unreachable',
    evidence: evidence('unreadable', 'BitPesa answered the request for the balance with something else.'),
  };
}

/** A fraction of a cent that a balance may have cannot be paid out. */
function floorMinor(text: string | null, decimals: number): bigint | null {
  if (text === null) return null;
  const fine = decimalMinor(text, decimals + 12);
  return fine === null ? null : fine / 10n ** 12n;
}
