const MS_PER_DAY = 86_400_000;
/** Day 0 of the two calendars that workbooks have. */
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
/** The calendar of 1900 has a 29 February, day 60, that never was; the days before it count from one day later. */
const FALSE_LEAP_DAY = 60;

/**
 * The day and time that a spreadsheet shows for a serial number: `2026-11-28`, `2026-11-28 13:30:00`, or `13:30:00` for a part of a
 * day. A number that is no day (negative, or after the year 9999) comes back as it is.
 */
export function dateText(serial: number, is1904: boolean): string {
  if (!Number.isFinite(serial) || serial < 0) return String(serial);
  // Spreadsheets show whole seconds.
  const seconds = Math.round(serial * 86_400);
  const day = Math.floor(seconds / 86_400);
  const time = new Date((seconds % 86_400) * 1_000).toISOString().slice(11, 19);
  if (day === 0 && !is1904) return time;
  if (day === FALSE_LEAP_DAY && !is1904) return `1900-02-29${time === '00:00:00' ? '' : ` ${time}`}`;
  const epoch = is1904 ? EPOCH_1904 : day < FALSE_LEAP_DAY ? EPOCH_1900 + MS_PER_DAY : EPOCH_1900;
  const date = new Date(epoch + day * MS_PER_DAY);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return String(serial);
  const text = date.toISOString().slice(0, 10);
  return time === '00:00:00' ? text : `${text} ${time}`;
}
