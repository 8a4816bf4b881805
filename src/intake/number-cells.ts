import type { SheetCell } from '../workbook/cells.ts';
import { shownFrame, shownText } from '../workbook/shown-figure.ts';
import { DESTINATION_FIELDS } from './fields.ts';
import type { AmountNumber } from './row.ts';
import { quotable } from './shape.ts';

/** The amount of a number cell. @param text as in the cells of its row */
export function amountNumber(text: string, { text: figure, format }: SheetCell): AmountNumber {
  const frame = format === undefined ? '1' : shownFrame(figure, format);
  if (format === undefined || frame === '1') return { text, frame, displayed: figure };
  return { text, frame, displayed: shownText(figure, format) ?? frame.replace('1', figure) };
}

/**
 * Why a number of which a person sees other characters is refused in a column of texts, and a text of which that is true in any column.
 *
 * @param displayed what the cell shows; null where that is not known
 */
export function otherText(
  { kind, text }: Pick<SheetCell, 'kind' | 'text'>,
  displayed: string | null,
  field: string,
): string {
  const covered = (value: string): string => {
    if (!DESTINATION_COLUMNS.has(field)) return quotable(value);
    const digits = value.match(/\d/g)?.length ?? 0;
    // The last three digits show which number it is.
    return `${quotable(value.replace(/\d(?=(?:\D*\d){3})/g, '*'))} (${digits} digits)`;
  };
  const seen = displayed === null ? 'something else' : displayed === '' ? 'nothing' : covered(displayed);
  return (
    `This cell holds the ${kind} ${covered(text)} and shows ${seen}: its number format adds or changes characters, which are not part of what is stored. ` +
    `Format the column as text, enter ${field} again as it is to be read, with all its zeros, and save.`
  );
}

const DESTINATION_COLUMNS: ReadonlySet<string> = new Set(Object.values(DESTINATION_FIELDS).flat());
