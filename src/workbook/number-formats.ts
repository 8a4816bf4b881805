import { figureFormat, type FigureFormat } from './shown-figure.ts';
import { textFormat, type TextFormat } from './shown-words.ts';

/** What the number format of a cell says about the number or the text in it. */
export interface NumberFormatKind {
  /** Whether it shows a day or a time. */
  readonly isDate: boolean;
  /** Null where it shows figures plainly, as they are stored. */
  readonly figure: FigureFormat | null;
  /** Null where it shows texts as they are stored. */
  readonly text: TextFormat | null;
}

export const GENERAL: NumberFormatKind = { isDate: false, figure: null, text: null };

const DATE: NumberFormatKind = { isDate: true, figure: null, text: null };

/** The formats without a code of their own that show days or times: ECMA-376 part 1, 18.8.30, those of East Asian languages included. */
const BUILT_IN_DATES: readonly (readonly [from: number, to: number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];

/**
 * The formats of figures without a code of their own, with the codes that ECMA-376 part 1, 18.8.30, and the programs have for them.
 * Those of money show the dollar: a program that means another currency writes a code.
 */
const BUILT_IN_CODES: Readonly<Record<number, string>> = {
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  5: '"$"#,##0_);("$"#,##0)',
  6: '"$"#,##0_);[Red]("$"#,##0)',
  7: '"$"#,##0.00_);("$"#,##0.00)',
  8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
  9: '0%',
  10: '0.00%',
  11: '0.00E+00',
  12: '# ?/?',
  13: '# ??/??',
  37: '#,##0_);(#,##0)',
  38: '#,##0_);[Red](#,##0)',
  39: '#,##0.00_);(#,##0.00)',
  40: '#,##0.00_);[Red](#,##0.00)',
  41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
  42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
  43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
  44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
  48: '##0.0E+0',
};

/**
 * @param id of the number format, as a cell's style names it
 * @param code the workbook's own format of that id; undefined where it defines none
 */
export function numberFormatKind(id: number, code: string | undefined): NumberFormatKind {
  if (code === undefined && BUILT_IN_DATES.some(([from, to]) => id >= from && id <= to)) return DATE;
  const displayed = code ?? BUILT_IN_CODES[id];
  if (displayed === undefined) return GENERAL;
  const text = textFormat(displayed);
  if (isDateCode(displayed)) return text === null ? DATE : { ...DATE, text };
  const figure = figureFormat(displayed);
  return figure === null && text === null ? GENERAL : { isDate: false, figure, text };
}

/**
 * Whether a format code has a day, month, year, hour, minute or second outside quoted text; `[Red]` and `[$KES]` are no parts of one. Beside
 * places for digits such letters are words that a program did not quote, `Ksh #,##0`: a date has such places in fractions of a second only.
 */
function isDateCode(code: string): boolean {
  const [positive = ''] = code
    .replace(/"[^"]*"?/g, '')
    .replace(/[\\_*]./g, '')
    .split(';', 1);
  if (/\[(?:h+|m+|s+)\]/i.test(positive)) return true;
  const plain = positive.replace(/\[[^\]]*\]/g, '').replace(/General|Standard/gi, '');
  const withoutFractions = plain.replace(/s[.,]0+/gi, 's').replace(/AM\/PM|A\/P/gi, 'h');
  return /[dmyhs]/i.test(withoutFractions) && !/[0#?]/.test(withoutFractions);
}
