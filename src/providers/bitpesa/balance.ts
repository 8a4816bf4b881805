import { isObject, parseObject, scalarText, wholeMinor } from '../kit/json.ts';
import { evidence, throttled, unreachable } from '../kit/outcomes.ts';
import type { BalanceResult } from '../port.ts';
import { bitpesaDecimalsOf } from './amounts.ts';
import { unusableAnswer } from './answers.ts';
import { BALANCES, type BitpesaAccount } from './client.ts';

/** What the balance that pays holds (docs/providers/bitpesa.md, section 8.3). */
export async function queryBitpesaBalance(account: BitpesaAccount): Promise<BalanceResult> {
  const { client, callBudgets, settings, inputCurrency: currency } = account;
  // A soft limit of one request in five minutes: no payment is worth waiting for the balance.
  if (!callBudgets.isFree(BALANCES)) {
    const reason = 'BitPesa is asked for the balance once in five minutes; it was asked just now.';
    return throttled(evidence('balance-limit', reason));
  }
  const answer = await callBudgets.spend(BALANCES, () =>
    client.send({ method: 'GET', path: `/v1/accounts/${currency}`, timeoutMs: settings.requestTimeoutMs }),
  );
  if (answer.kind === 'answer' && answer.status === 404) {
    const reason = `BitPesa knows no ${currency} balance of this account. Check options.input_currency.`;
    return unreachable({ code: '404', reason });
  }
  const unavailable = unusableAnswer(answer, account);
  if (unavailable !== null) return unavailable;
  const body = answer.kind === 'answer' ? parseObject(answer.body) : null;
  const object = body?.['object'];
  // One account by the specification, a list of one by the prose.
  const accounts: readonly unknown[] = Array.isArray(object) ? object : [object];
  const ours = accounts.filter(isObject).find((answered) => answered['currency'] === currency);
  const amount = scalarText(ours?.['amount']);
  const availableMinor = amount === null ? null : wholeMinor(amount, bitpesaDecimalsOf(currency));
  if (availableMinor !== null) {
    // An account that may be overdrawn pays beyond its balance, so that no payment is compared with it.
    const meta = body?.['meta'];
    const isOverdraft = isObject(meta) && meta['negative_balance'] === true;
    return { kind: 'balance', availableMinor, currency, ...(isOverdraft ? { subBalances: [] } : {}) };
  }
  return unreachable({
    code: 'unreadable',
    reason: 'BitPesa answered the request for the balance with something else.',
  });
}
