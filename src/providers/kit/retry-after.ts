import type { CallBudgets } from '../../domain/call-budgets.ts';
import type { RateNotice } from '../../domain/limits.ts';

const WAIT_MS_MIN = 1_000;

/** The windows are of one minute; a header that asks for more than an hour is not believed. */
const WAIT_MS_MAX = 3_600_000;

/** How long a 429 asks to wait: `Retry-After`, else `X-RateLimit-Reset`; undefined when it says nothing that can be read. */
export function waitOf(headers: Headers, nowMs: number): number | undefined {
  const serverNow = serverNowOf(headers, nowMs);
  const waitMs = retryAfterMs(headers, serverNow) ?? resetInMs(headers, serverNow);
  if (waitMs === undefined || waitMs > WAIT_MS_MAX) return undefined;
  // Both times are whole seconds, so a wait of nothing may be most of a second.
  return Math.max(waitMs, WAIT_MS_MIN);
}

/** `X-RateLimit-Remaining` and `-Reset`, when both can be read. */
function rateHeadersOf(headers: Headers, nowMs: number): RateNotice | null {
  const remaining = wholeNumber(headers.get('x-ratelimit-remaining'));
  const resetMs = resetInMs(headers, serverNowOf(headers, nowMs));
  if (remaining === undefined || resetMs === undefined || resetMs > WAIT_MS_MAX) return null;
  return { remaining, resetMs };
}

export function noteRateHeaders(callBudgets: CallBudgets, budget: string, headers: Headers, nowMs: number): void {
  const notice = rateHeadersOf(headers, nowMs);
  if (notice !== null) callBudgets.notice(budget, notice);
}

/** The server's own clock where the answer shows it: its reset times are by that clock, and ours may be wrong. */
function serverNowOf(headers: Headers, nowMs: number): number {
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) ? nowMs : date;
}

function retryAfterMs(headers: Headers, serverNow: number): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = wholeNumber(text);
  if (seconds !== undefined) return seconds * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - serverNow);
}

/** A Unix time in seconds by Sellapay's sample; milliseconds and seconds from now are recognised by their size. */
function resetInMs(headers: Headers, serverNow: number): number | undefined {
  const reset = wholeNumber(headers.get('x-ratelimit-reset'));
  if (reset === undefined) return undefined;
  if (reset < 1_000_000_000) return reset * 1_000;
  return Math.max(0, (reset < 100_000_000_000 ? reset * 1_000 : reset) - serverNow);
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d{1,15}(\.\d+)?\s*$/.test(text) ? Math.ceil(Number(text)) : undefined;
}
