/** Offsets change at quarter hours at the earliest, so one answer of the time zone tables serves a quarter of an hour. */
const QUARTER_MS = 900_000;

const MINUTE_MS = 60_000;

/** Unix milliseconds → ISO 8601 to the second with the zone's offset then: `2026-11-28T06:00:00+03:00`. Null → ''. */
export function timestampsIn(timezone: string): (ms: number | null) => string {
  const offsetAt = zoneOffsets(timezone);
  // Payments of one run share their minutes, and dates are the slowest part of a row.
  const minutes = new Map<number, { readonly head: string; readonly tail: string }>();
  const minuteOf = (minute: number): { readonly head: string; readonly tail: string } => {
    const ms = minute * MINUTE_MS;
    const offset = offsetAt(ms);
    return { head: new Date(ms + offset.ms).toISOString().slice(0, -7), tail: offset.text };
  };
  return (ms) => {
    if (ms === null) return '';
    const minute = Math.floor(ms / MINUTE_MS);
    let parts = minutes.get(minute);
    if (parts === undefined) minutes.set(minute, (parts = minuteOf(minute)));
    const second = Math.floor((ms - minute * MINUTE_MS) / 1000);
    return `${parts.head}${second < 10 ? '0' : ''}${second}${parts.tail}`;
  };
}

/** Unix milliseconds → the zone's offset then, in milliseconds. */
export function offsetsIn(timezone: string): (ms: number) => number {
  const offsetAt = zoneOffsets(timezone);
  return (ms) => offsetAt(ms).ms;
}

interface ZoneOffset {
  readonly ms: number;
  readonly text: string;
}

function zoneOffsets(timezone: string): (ms: number) => ZoneOffset {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' });
  const offsets = new Map<number, ZoneOffset>();
  return (ms) => {
    const quarter = Math.floor(ms / QUARTER_MS);
    let offset = offsets.get(quarter);
    if (offset === undefined) offsets.set(quarter, (offset = readOffset(format.formatToParts(quarter * QUARTER_MS))));
    return offset;
  };
}

function readOffset(parts: readonly Intl.DateTimeFormatPart[]): ZoneOffset {
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
  // `GMT` alone is no offset; seconds occur before 1972 only.
  const [, sign = '+', hours = '00', minutes = '00'] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return { ms: sign === '-' ? -ms : ms, text: `${sign}${hours}:${minutes}` };
}
