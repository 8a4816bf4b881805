/** At which numbers of payments that went wrong the sending from an account stops; null: whatever their number. */
export interface StopWhen {
  readonly failed: StopLimit | null;
  readonly unknown: StopLimit | null;
  readonly returned: StopLimit | null;
}

/** What `stop_when` counts. */
export const STOP_STATUSES = ['failed', 'unknown', 'returned'] as const;

/** A number of payments, or their share of what has come to an end, in hundredths of a percent. */
export type StopLimit =
  { readonly kind: 'count'; readonly count: number } | { readonly kind: 'share'; readonly hundredths: number };

/** A share of fewer payments says nothing: the first of a hundred payments that fails would be 100 %. */
export const SHARE_FROM = 20;
/** One payment alone is no share: where the first one is to stop the account, `1` says so. */
export const SHARE_COUNT_MIN = 2;

/** `3`, `5%`, `0.5%`; null: neither a number from 1 nor a share above 0 % and up to 100 %. */
export function parseStopLimit(text: string): StopLimit | null {
  if (/^[1-9][0-9]{0,6}$/.test(text)) return { kind: 'count', count: Number(text) };
  const [, whole, decimals = ''] = /^([0-9]{1,3})(?:\.([0-9]{1,2}))? ?%$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const hundredths = Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
  return hundredths > 0 && hundredths <= 10_000 ? { kind: 'share', hundredths } : null;
}

/** As {@link parseStopLimit} reads it. */
export function stopLimitText(limit: StopLimit): string {
  return limit.kind === 'count' ? `${limit.count}` : `${limit.hundredths / 100}%`;
}

/** How many payments reach the limit, where at least so many have come to an end. */
export function stopsAt(limit: StopLimit, ended: number): number {
  if (limit.kind === 'count') return limit.count;
  return Math.max(SHARE_COUNT_MIN, Math.ceil((limit.hundredths * Math.max(ended, SHARE_FROM)) / 10_000));
}

/** Whether so many of all that have come to an end reach the limit. */
export function isReached(
  limit: StopLimit,
  { count, ended }: { readonly count: number; readonly ended: number },
): boolean {
  return (limit.kind === 'count' || ended >= SHARE_FROM) && count >= stopsAt(limit, ended);
}
