import { figureFormat, type FigureFormat } from './shown-figure.ts';

/** What the number format of a cell says about the number in it. */
export interface NumberFormatKind {
  /** Whether it shows a day or a time. */
  readonly isDate: boolean;
  /** At least this many digits are shown, filled up with leading zeros: 4 for the format `0000`. */
  readonly digits: number;
  /** Null where it shows the figure that is stored. */
  readonly figure: FigureFormat | null;
}

export const GENERAL: NumberFormatKind = { isDate: false, digits: 0, figure: null };

const DATE: NumberFormatKind = { isDate: true, digits: 0, figure: null };

/** The formats without a code of their own that show days or times: ECMA-376 part 1, 18.8.30, those of East Asian languages included. */
const BUILT_IN_DATES: readonly (readonly [from: number, to: number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];

/** The percentages among the formats without a code of their own; the other such formats show figures as they are stored. */
const BUILT_IN_PERCENTAGES: Readonly<Record<number, string>> = { 9: '0%', 10: '0.00%' };

/**
 * @param id of the number format, as a cell's style names it
 * @param code the workbook's own format of that id; undefined where it defines none
 */
export function numberFormatKind(id: number, code: string | undefined): NumberFormatKind {
  if (code === undefined) {
    const percentage = BUILT_IN_PERCENTAGES[id];
    if (percentage !== undefined) return { ...GENERAL, figure: figureFormat(percentage) };
    return BUILT_IN_DATES.some(([from, to]) => id >= from && id <= to) ? DATE : GENERAL;
  }
  if (isDateCode(code)) return DATE;
  const zeros = /^0{2,}$/.exec(code)?.[0].length ?? 0;
  const figure = figureFormat(code);
  return zeros === 0 && figure === null ? GENERAL : { isDate: false, digits: zeros, figure };
}

/** Whether a format code has a day, month, year, hour, minute or second outside quoted text; `[Red]` and `[$KES]` are no parts of one. */
function isDateCode(code: string): boolean {
  const [positive = ''] = code
    .replace(/"[^"]*"?/g, '')
    .replace(/[\\_*]./g, '')
    .split(';', 1);
  if (/\[(?:h+|m+|s+)\]/i.test(positive)) return true;
  const plain = positive.replace(/\[[^\]]*\]/g, '').replace(/General|Standard/gi, '');
  return /[dmyhs]/i.test(plain.replace(/AM\/PM|A\/P/gi, 'h'));
}
