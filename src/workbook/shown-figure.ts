/** What number formats show of a figure, and whether that is the figure that is stored. */

import { formatSections, type FormatSection, type FormatToken } from './format-sections.ts';

/** What a number format does to a figure. */
export type FigureFormat = readonly SectionFormat[];

interface SectionFormat extends FormatSection {
  /** The figure is shown times ten to this power: 2 for a percentage, -3 for each comma that leaves out thousands. */
  readonly power: number;
  /** Whether another figure is shown than the one that is stored, or none. */
  readonly isDistorting: boolean;
  /** What stands around the figure, with a 1 in its place: `KES 1`, `(1)`; `1` where there is nothing around it. */
  readonly frame: string;
  /** Whether digits are shown and nothing else, and more of them than a short figure has. */
  readonly isPadding: boolean;
}

/** A fixed text behind a figure that makes another figure of it: `45K`, `1.2 million`. */
const MAGNITUDE =
  /^\s*(?:'?0|k|m|b|mn|mln|mio|bn|th|thousands?|millions?|billions?|hundreds?|lakhs?|crores?)(?![a-z])/i;

/** Formats that show every figure as it is stored, but for rounding. */
const PLAIN_CODE = /^(?:General|Standard|@|0|#)?$/i;

/** How a format code shows figures; null for the plain ones. */
export function figureFormat(code: string): FigureFormat | null {
  return PLAIN_CODE.test(code) ? null : formatSections(code).map(sectionFormat);
}

/**
 * What a cell shows for a figure in plain digits, where that is another figure than the one that is stored, or nothing; null where
 * it is the same, but for rounding, separators and what stands around it.
 */
export function shownFigure(figure: string, format: FigureFormat): string | null {
  const section = sectionFor(Number(figure), format);
  return section === undefined || !section.isDistorting || figure === '0' ? null : shownIn(section, figure, format);
}

/** What a cell shows for a figure in plain digits, without spaces around; null where that is not understood. */
export function shownText(figure: string, format: FigureFormat): string | null {
  const section = sectionFor(Number(figure), format);
  return section?.isUnderstood === true ? shownIn(section, figure, format) : null;
}

/** The `frame` around a figure in plain digits; see {@link SectionFormat}. */
export function shownFrame(figure: string, format: FigureFormat): string {
  return sectionFor(Number(figure), format)?.frame ?? '1';
}

/**
 * A whole number as it is read where digits are no quantity (an account, an id): with the zeros in front that its format shows, where
 * the format shows digits and nothing else, as `[Red]0000000000` does; else as it is stored.
 */
export function paddedDigits(digits: string, format: FigureFormat): string {
  const section = sectionFor(Number(digits), format);
  if (section?.isPadding !== true) return digits;
  const displayed = shownText(digits, format) ?? '';
  return /^0+\d+$/.test(displayed) && displayed.endsWith(digits) ? displayed : digits;
}

/** Whether a cell shows what is read, but for spaces and commas between digits and zeros behind the point. */
export function showsAsRead(text: string, format: FigureFormat): boolean {
  const displayed = shownText(text, format)?.replace(/[\s\u00A0\u202F,'’]/g, '') ?? null;
  return (
    displayed !== null && (displayed === text || (displayed.includes('.') && displayed.replace(/\.?0+$/, '') === text))
  );
}

function sectionFormat(section: FormatSection): SectionFormat {
  const { tokens } = section;
  const isFigure = ({ kind }: FormatToken): boolean => kind === 'digit' || kind === 'general';
  const first = tokens.findIndex(isFigure);
  const last = tokens.findLastIndex(isFigure);
  const percents = tokens.filter(({ kind }) => kind === 'percent').length;
  const power = 2 * percents - 3 * scalingCommas(tokens);
  const fixed = (part: readonly FormatToken[]): string => part.map(fixedText).join('');
  const [before, inside, after] =
    first < 0
      ? [fixed(tokens), '', '']
      : [fixed(tokens.slice(0, first)), fixed(tokens.slice(first, last + 1)), fixed(tokens.slice(last + 1))];
  const between = inside.replace(/[\s\u00A0\u202F'’]/g, '');
  const frame = `${before}1${between === '' ? '' : `${between}1`}${after}`.trim();
  const isDistorting =
    first < 0 ||
    power !== 0 ||
    /[\d%‰]/.test(before + inside + after) ||
    /[.,]/.test(between) ||
    MAGNITUDE.test(fixed(tokens.slice(last + 1).filter(({ kind }) => kind !== 'currency')));
  const isPadding =
    tokens.every(({ kind }) => kind === 'digit' || kind === 'blank') &&
    tokens.filter((token) => token.kind === 'digit' && token.text === '0').length > 1;
  return { ...section, power, isDistorting, frame, isPadding };
}

function fixedText(token: FormatToken): string {
  if (token.kind === 'text' || token.kind === 'currency') return token.text;
  return token.kind === 'percent' ? '%' : token.kind === 'blank' ? ' ' : '';
}

/** How many commas stand right behind the last digit before the point, or at the end. */
function scalingCommas(tokens: readonly FormatToken[]): number {
  let scaling = 0;
  tokens.forEach(({ kind }, at) => {
    if (kind !== 'comma') return;
    const next = tokens.slice(at + 1).find((token) => token.kind !== 'comma');
    const previous = tokens.slice(0, at).findLast((token) => token.kind !== 'comma');
    if (previous?.kind === 'digit' && next?.kind !== 'digit') scaling += 1;
  });
  return scaling;
}

function sectionFor(figure: number, format: FigureFormat): SectionFormat | undefined {
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

function shownIn(section: SectionFormat, figure: string, format: FigureFormat): string {
  const { tokens, power } = section;
  if (!tokens.some(({ kind }) => kind === 'digit')) {
    const displayed = tokens.map((token) => (token.kind === 'general' ? figure : fixedText(token))).join('');
    return displayed.trim();
  }
  const point = tokens.findIndex(({ kind }) => kind === 'point');
  const end = point < 0 ? tokens.length : point;
  const decimals = tokens.slice(end).filter(({ kind }) => kind === 'digit').length;
  const { isNegative, whole, fraction } = rounded(figure, power, decimals);
  // A section for negative figures alone has a sign of its own, if any.
  const sign = isNegative && section === format[0] ? '-' : '';
  return `${sign}${wholePart(tokens.slice(0, end), whole)}${fractionPart(tokens.slice(end), fraction)}`.trim();
}

/** The digits before the point, written into their places from the right; those left over stand at the first place. */
function wholePart(tokens: readonly FormatToken[], whole: string): string {
  const places = tokens.filter(({ kind }) => kind === 'digit').length;
  const isGrouped = tokens.some(({ kind }, at) => {
    return kind === 'comma' && tokens.slice(0, at).some(isDigit) && tokens.slice(at + 1).some(isDigit);
  });
  let place = places;
  let displayed = '';
  for (const token of tokens) {
    if (token.kind !== 'digit') {
      displayed += fixedText(token);
      continue;
    }
    const isFirst = place === places;
    place -= 1;
    const given = isFirst ? whole.slice(0, Math.max(0, whole.length - place)) : whole.charAt(whole.length - 1 - place);
    const digits = given === '' && token.text !== '#' ? (token.text === '0' ? '0' : ' ') : given;
    for (let at = 0; at < digits.length; at++) {
      const behind = place + digits.length - 1 - at;
      const digit = digits.charAt(at);
      displayed += isGrouped && behind > 0 && behind % 3 === 0 && digit !== ' ' ? `${digit},` : digit;
    }
  }
  return displayed;
}

function fractionPart(tokens: readonly FormatToken[], fraction: string): string {
  let at = 0;
  let displayed = '';
  for (const token of tokens) {
    if (token.kind === 'point') displayed += '.';
    else if (token.kind !== 'digit') displayed += fixedText(token);
    else {
      const isLeftOut = token.text !== '0' && /^0*$/.test(fraction.slice(at));
      displayed += isLeftOut ? (token.text === '?' ? ' ' : '') : fraction.charAt(at);
      at += 1;
    }
  }
  return displayed;
}

function isDigit({ kind }: FormatToken): boolean {
  return kind === 'digit';
}

interface RoundedFigure {
  readonly isNegative: boolean;
  /** Without leading zeros: '' for zero. */
  readonly whole: string;
  readonly fraction: string;
}

/** The figure times ten to a power, rounded half away from zero to so many decimals. */
function rounded(figure: string, power: number, decimals: number): RoundedFigure {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(figure) ?? [];
  const room = Math.abs(power) + decimals;
  // Both sides are filled up, so that the point can be moved within them.
  const digits = `${'0'.repeat(room)}${whole}${fraction.padEnd(room + 1, '0')}`;
  const end = room + whole.length + power + decimals;
  const value = BigInt(digits.slice(0, end)) + (digits.charAt(end) >= '5' ? 1n : 0n);
  const text = value.toString().padStart(decimals + 1, '0');
  const cut = text.length - decimals;
  return { isNegative: sign === '-', whole: text.slice(0, cut).replace(/^0+/, ''), fraction: text.slice(cut) };
}
