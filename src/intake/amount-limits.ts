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
export function fitsLimits(reader: RowReader, row: Row, amount: Amount): boolean {
  const broken = brokenLimits(amount);
  for (const { code, message } of broken) {
    reader.error(row, 'amount', code, `The amount reads ${amountShown(reader.cell(row, 'amount'))}. ${message}`);
  }
  return broken.length === 0;
}

interface BrokenLimit {
  readonly code: string;
  readonly message: string;
}

const NONE_BROKEN: readonly BrokenLimit[] = [];

function brokenLimits({ amountMinor, currency, rule, rules }: Amount): readonly BrokenLimit[] {
  const { minAmountMinor: min, maxAmountMinor: max, stepMinor: step } = rule;
  const limit = currency === rules.currency ? rules.maxAmountMinor : null;
  const isBelow = min !== null && amountMinor < min;
  const isAbove = max !== null && amountMinor > max;
  const isAboveOwn = limit !== null && amountMinor > limit;
  const isBetween = step > 1n && amountMinor % step !== 0n;
  if (!isBelow && !isAbove && !isAboveOwn && !isBetween) return NONE_BROKEN;
  const { provider, account } = rules;
  const broken: BrokenLimit[] = [];
  if (isBelow) {
    const message = `${provider} pays no less than ${money(min, currency)} this way. Raise or remove it.`;
    broken.push({ code: 'amount-below-minimum', message });
  }
  if (isAbove) {
    const message = `${provider} pays no more than ${money(max, currency)} this way. Split the payment or pay it another way.`;
    broken.push({ code: 'amount-above-maximum', message });
  }
  if (isAboveOwn) {
    const message = `The account ${account} may pay no more than ${money(limit, currency)} at once (limits.max_amount of the configuration).`;
    broken.push({ code: 'amount-above-limit', message });
  }
  if (isBetween) {
    const message = `${provider} pays multiples of ${money(step, currency)} only. Round it yourself, or declare \`rounding: down\` (or half-up).`;
    broken.push({ code: 'amount-step', message });
  }
  return broken;
}

function money(minor: bigint, currency: string): string {
  return `${formatAmount(minor, currency)} ${currency}`;
}
