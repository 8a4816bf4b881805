/** Milliseconds per unit, in the spellings that the configuration and `--wait` take. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Ten years: a longer duration is a typing mistake, and every sum of two shorter ones stays an exact integer. */
const LONGEST_MS = 3650 * 86_400_000;

/** `500ms`, `30s`, `5m`, `2h`, `20d` → milliseconds; null for anything else. A bare number has no unit and is refused. */
export function parseDuration(text: string): number | null {
  const parts = /^([0-9]{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS[parts?.[2] ?? ''];
  if (parts === null || unit === undefined) return null;
  const durationMs = Number(parts[1]) * unit;
  return durationMs <= LONGEST_MS ? durationMs : null;
}
