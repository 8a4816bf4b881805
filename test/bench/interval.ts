import { median } from './measure.ts';

/** Median of paired ratios with the interval in which the true median lies with at least 95 % confidence. */
export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** By the ranks of the sorted values (the sign test turned round): no assumption about how the values are spread. */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  // The largest rank k for which the median lies below the k-th smallest or above the k-th largest in less than 5 % of all cases.
  let rank = 0;
  for (let tail = 0, k = 0; k < count / 2; k++) {
    tail += binomial(count, k) / 2 ** count;
    if (2 * tail >= 0.05) break;
    rank = k + 1;
  }
  if (rank === 0) return { median: median(sorted), low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { median: median(sorted), low: sorted[rank - 1] ?? Number.NaN, high: sorted[count - rank] ?? Number.NaN };
}

function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return value;
}
