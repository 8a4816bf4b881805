import { formatAmount } from '../domain/money.ts';
import type { StatusTally } from '../domain/payment.ts';
import { STATUSES } from '../domain/status.ts';
import { addUp } from '../domain/totals.ts';
import type { DisplayedPayment } from '../operations/index.ts';
import { columnsOf, plainLine, wrapped } from './wrap.ts';

/** Widest that a column may make the table; the report has the whole text. */
const NAME_MAX = 24;

const AMOUNT_COLUMN = 3;
const STEP_INDENT = '  ';

/**
 * The rows that somebody has to do something about, each with its reason and, on lines of its own and in full, its next step.
 *
 * @param width columns of the terminal; null: nobody looks at these lines on a terminal, and each text is one line.
 */
export function needingLines(rows: readonly DisplayedPayment[], width: number | null): string[] {
  const cells = rows.map(displayedCells);
  const aligned = alignedLines(cells, [AMOUNT_COLUMN]);
  const isTooWide = width !== null && aligned.some((line) => columnsOf(line) > width);
  return rows.flatMap(({ reason, nextAction }, at) => [
    ...(isTooWide ? wrapped((cells[at] ?? []).join(' '), width, '') : [aligned[at] ?? '']),
    ...[reason, nextAction]
      .filter((text) => text !== '')
      .flatMap((text) => wrapped(plainLine(text), width, STEP_INDENT)),
  ]);
}

function displayedCells({ id, name, destination, amount, currency, status }: DisplayedPayment): string[] {
  return [plainLine(id), clip(name, NAME_MAX), clip(destination, NAME_MAX + 8), `${amount} ${currency}`, status];
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

/** Rows as aligned plain text. @param right positions of the columns that are aligned to the right. */
export function alignedLines(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, columnsOf(cell))));
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const gap = ' '.repeat((widths[at] ?? 0) - columnsOf(cell));
        return right.includes(at) ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
}

function clip(text: string, max: number): string {
  const plain = plainLine(text);
  const characters = Array.from(plain);
  return characters.length <= max ? plain : `${characters.slice(0, max - 1).join('')}…`;
}
