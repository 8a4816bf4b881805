import { formatAmount } from '../domain/money.ts';
import type { StatusTally } from '../domain/payment.ts';
import { STATUSES } from '../domain/status.ts';
import { addUp } from '../domain/totals.ts';
import type { DisplayedPayment } from '../operations/index.ts';

/** Widest that a column may make the table; the report has the whole text. */
const NAME_MAX = 24;
const STEP_MAX = 100;

/**
 * The rows as aligned plain text, one line each, under a heading.
 *
 * @param count payments of the batch; when there are more than `rows`, a last line says so.
 */
export function tableLines(rows: readonly DisplayedPayment[], count: number): string[] {
  const body = rows.map((row) => [
    clip(row.id, NAME_MAX),
    clip(row.name, NAME_MAX),
    clip(row.destination, NAME_MAX + 8),
    `${row.amount} ${row.currency}`,
    row.status,
    clip([row.reason, row.nextAction].filter((text) => text !== '').join(' '), STEP_MAX),
  ]);
  const lines = rows.length > 0 ? alignedLines([HEADING, ...body], [AMOUNT_COLUMN]) : [];
  const more = count - rows.length;
  return more > 0 ? [...lines, `… and ${more} more in report.csv`] : lines;
}

/** Counts and sums, one line per status and currency, in the order of a payment's life. */
export function totalLines(tallies: readonly StatusTally[]): string[] {
  const order = addUp(tallies, 'status', 'currency')
    .filter(({ count }) => count > 0)
    .sort((a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status) || (a.currency < b.currency ? -1 : 1));
  return alignedLines(
    order.map(({ status, currency, count, sumMinor }) => [
      status,
      String(count),
      `${formatAmount(sumMinor, currency)} ${currency}`,
    ]),
    [1, 2],
  );
}

const HEADING = ['id', 'name', 'destination', 'amount', 'status', 'reason and next step'];
const AMOUNT_COLUMN = 3;

/** Rows as aligned plain text. @param right positions of the columns that are aligned to the right. */
export function alignedLines(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, widthOf(cell))));
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const gap = ' '.repeat((widths[at] ?? 0) - widthOf(cell));
        return right.includes(at) ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** One line, no control characters: a name in a file must not be able to write on the terminal. */
function clip(text: string, max: number): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = Array.from(plain);
  return characters.length <= max ? plain : `${characters.slice(0, max - 1).join('')}…`;
}

/** Columns on a terminal, near enough: marks take none, East Asian characters two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    width += /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(character) ? 2 : 1;
  }
  return width;
}
