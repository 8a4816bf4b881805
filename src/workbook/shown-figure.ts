/** Number formats that show another figure than the one that is stored: percentages, thousands left out, digits in a fixed text. */

/** What a number format does to a figure; null where it shows the figure that is stored, but for rounding and separators. */
export type FigureFormat = readonly FormatSection[];

interface FormatSection {
  /** `[>=1000]`; null without a condition. */
  readonly condition: { readonly operator: string; readonly limit: number } | null;
  /** Fixed text in front of the figure and behind it. */
  readonly before: string;
  readonly after: string;
  /** Of the figure, `#,##0.00`; '' where the section has none. */
  readonly placeholders: string;
  /** The figure is shown times ten to this power: 2 for a percentage, -3 for each comma that leaves out thousands. */
  readonly power: number;
}

/** A fixed text behind a figure that makes another figure of it: `45K`, `1.2 million`. */
const MAGNITUDE =
  /^\s*(?:'?0|k|m|b|mn|mln|mio|bn|th|thousands?|millions?|billions?|hundreds?|lakhs?|crores?)(?![a-z])/i;

/**
 * What a format code does to figures.
 *
 * @param code as ECMA-376 part 1, 18.8.31, has it: sections for positive, negative and zero figures
 */
export function figureFormat(code: string): FigureFormat | null {
  if (code === '') return null;
  const sections = splitSections(code).slice(0, 3).map(readSection);
  return sections.some((section) => isDistorting(section)) ? sections : null;
}

/** What a cell with such a format shows for a figure in plain digits; null where that is the figure that is stored. */
export function shownFigure(figure: string, format: FigureFormat): string | null {
  const section = sectionFor(Number(figure), format);
  if (section === undefined || !isDistorting(section) || figure === '0') return null;
  const { before, after, placeholders, power } = section;
  if (placeholders === '') return before.trim();
  return `${before}${scaled(figure, power, placeholders)}${after}`.trim();
}

function isDistorting({ before, after, placeholders, power }: FormatSection): boolean {
  return placeholders === '' || power !== 0 || /[\d%‰]/.test(before + after) || MAGNITUDE.test(after);
}

function sectionFor(figure: number, format: FigureFormat): FormatSection | undefined {
  const [first, second, third] = format;
  if (format.some(({ condition }) => condition !== null)) {
    const holding = format.find(({ condition }) => condition !== null && holds(figure, condition));
    return holding ?? format.findLast(({ condition }) => condition === null);
  }
  if (figure === 0) return third ?? first;
  return figure < 0 ? (second ?? first) : first;
}

function holds(figure: number, { operator, limit }: NonNullable<FormatSection['condition']>): boolean {
  if (operator === '=') return figure === limit;
  if (operator === '<>') return figure !== limit;
  if (operator.includes('=') && figure === limit) return true;
  return operator.startsWith('<') ? figure < limit : figure > limit;
}

/** Parts of a section: a quoted text, an escaped character, one that only takes room, brackets, or any other character. */
const PARTS = /"([^"]*)"?|\\(.)|[_*]([\s\S])|\[([^\]]*)\]|General|Standard|([\s\S])/gi;

function splitSections(code: string): readonly string[] {
  const sections = [''];
  for (const [part] of code.matchAll(PARTS)) {
    if (part === ';') sections.push('');
    else sections.push((sections.pop() ?? '') + part);
  }
  return sections;
}

function readSection(section: string): FormatSection {
  let condition: FormatSection['condition'] = null;
  let [before, placeholders, after, percents] = ['', '', '', 0];
  const addText = (text: string): void => {
    if (placeholders === '') before += text;
    else after += text;
  };
  for (const [part, quoted, escaped, room, brackets, character] of section.matchAll(PARTS)) {
    if (brackets !== undefined) {
      const [, operator, limit] = /^\s*([<>=]+)\s*(-?[\d.]+)\s*$/.exec(brackets) ?? [];
      if (operator !== undefined) condition = { operator, limit: Number(limit) };
      // A currency, `[$KES-441]`, a colour or a language: of these only digits could be taken for a part of the figure.
      if (/^\$[^-]*\d/.test(brackets)) addText(brackets.slice(1));
    } else if (quoted !== undefined || escaped !== undefined) addText(quoted ?? escaped ?? '');
    else if (room !== undefined) continue;
    else if (character === undefined || character === '@') placeholders += 'General';
    else if (
      /[0#?]/.test(character) ||
      (/[.,/]/.test(character) && placeholders !== '') ||
      isDenominator(part, placeholders)
    ) {
      // What stands between two placeholders, as in `# ##0`, separates digits.
      placeholders += character;
      if (after.trim() === '') after = '';
    } else {
      if (part === '%') percents += 1;
      addText(character);
    }
  }
  const commas = [...placeholders.matchAll(/[0#?](,+)(?![0#?,])/g)].reduce((sum, [, run = '']) => sum + run.length, 0);
  return { condition, before, after, placeholders, power: 2 * percents - 3 * commas };
}

/** Whether a digit belongs to a fraction of a fixed denominator, `# ??/16`. */
function isDenominator(character: string, placeholders: string): boolean {
  return /\d/.test(character) && /\/\d*$/.test(placeholders);
}

/** The figure times ten to a power, rounded to the decimals of the placeholders, with commas between thousands where these have them. */
function scaled(figure: string, power: number, placeholders: string): string {
  if (power === 0) return figure;
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(figure) ?? [];
  const decimals = /\.([0#?]*)/.exec(placeholders)?.[1]?.length ?? 0;
  const room = Math.abs(power) + decimals;
  // Both sides are filled up, so that the point can be moved within them.
  const digits = `${'0'.repeat(room)}${whole}${fraction.padEnd(room + 1, '0')}`;
  const end = room + whole.length + power + decimals;
  const rounded = BigInt(digits.slice(0, end)) + (digits.charAt(end) >= '5' ? 1n : 0n);
  const text = rounded.toString().padStart(decimals + 1, '0');
  const integers = text.slice(0, text.length - decimals);
  const grouped = /,[0#?]/.test(placeholders) ? integers.replace(/\B(?=(?:\d{3})+$)/g, ',') : integers;
  return `${sign}${grouped}${decimals === 0 ? '' : `.${text.slice(-decimals)}`}`;
}
