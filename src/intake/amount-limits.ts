import { formatAmount } from '../domain/money.ts';
import type { AccountRules, DestinationRule } from '../domain/rules.ts';
import type { Row, RowReader } from './row.ts';
import { amountShown } from './shape.ts';

interface Amount {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly rule: DestinationRule;
  readonly rules: AccountRules;
}

/** Whether an amount is one that the provider and the account's own limit allow; every limit that it breaks is reported. */
export function fitsLimits(reader: RowReader, row: Row, { amountMinor, currency, rule, rules }: Amount): boolean {
  const { minAmountMinor: min, maxAmountMinor: max, stepMinor: step } = rule;
  const limit = currency === rules.currency ? rules.maxAmountMinor : null;
  const money = (minor: bigint): string => `${formatAmount(minor, currency)} ${currency}`;
  let fits = true;
  const error = (code: string, message: string): void => {
    fits = false;
    reader.error(row, 'amount', code, `The amount reads ${amountShown(reader.cell(row, 'amount'))}. ${message}`);
  };
  if (min !== null && amountMinor < min) {
    error('amount-below-minimum', `${rules.provider} pays no less than ${money(min)} this way. Raise or remove it.`);
  }
  if (max !== null && amountMinor > max) {
    error(
      'amount-above-maximum',
      `${rules.provider} pays no more than ${money(max)} this way. Split the payment or pay it another way.`,
    );
  }
  if (limit !== null && amountMinor > limit) {
    error(
      'amount-above-limit',
      `The account ${rules.account} may pay no more than ${money(limit)} at once (limits.max_amount of the configuration).`,
    );
  }
  if (step > 1n && amountMinor % step !== 0n) {
    error(
      'amount-step',
      `${rules.provider} pays multiples of ${money(step)} only. Round it yourself, or declare \`rounding: down\` (or half-up).`,
    );
  }
  return fits;
}
