const KENYA_AHEAD_MS = 3 * 3_600_000;

/** `20250612` in Kenya. */
export function dayIn(at: number): string {
  return digitsOf(at).slice(0, 8);
}

/** `20250612094107`, as most results have it. */
export function digitsOf(at: number): string {
  return new Date(at + KENYA_AHEAD_MS).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** `12.06.2025 09:41:07`, as results of B2C have it. */
export function dottedOf(at: number): string {
  const [, year, month, day, ...clock] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digitsOf(at)) ?? [];
  return `${day ?? ''}.${month ?? ''}.${year ?? ''} ${clock.join(':')}`;
}
