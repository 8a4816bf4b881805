import type { Rate } from '../domain/limits.ts';

const WINDOWS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000 };

/** `5/s`, `90/min`, `1000/h`; null for anything else. */
export function parseRate(text: string): Rate | null {
  const parts = /^([1-9][0-9]{0,8})\/(s|min|h)$/.exec(text);
  const windowMs = WINDOWS[parts?.[2] ?? ''];
  return parts === null || windowMs === undefined ? null : { count: Number(parts[1]), windowMs };
}
