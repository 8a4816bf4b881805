/** Parts of a number format's code, as ECMA-376 part 1, 18.8.31, has it. */

/** One thing that a section shows, from left to right. */
export type FormatToken =
  | { readonly kind: 'text'; readonly text: string }
  /** `[$KES-441]`, without the language behind it. */
  | { readonly kind: 'currency'; readonly text: string }
  /** Room as wide as a character; nothing is seen there. */
  | { readonly kind: 'blank' }
  /** `0`, `#` or `?`; `General` and `@` show the whole figure. */
  | { readonly kind: 'digit'; readonly text: '0' | '#' | '?' }
  | { readonly kind: 'general' | 'point' | 'comma' | 'percent' };

/** What is shown for positive, negative or zero figures, or for those of a condition. */
export interface FormatSection {
  /** `[>=1000]`; null without a condition. */
  readonly condition: { readonly operator: string; readonly limit: number } | null;
  readonly tokens: readonly FormatToken[];
  /** Whether all of it is understood: no exponent, no fraction, no digits of another script. */
  readonly isUnderstood: boolean;
}

/**
 * Parts of a code: a quoted text, an escaped character, room, a character that fills, brackets, the whole figure, an exponent or the
 * lower half of a fraction, or any other character.
 */
const PARTS =
  /"([^"]*)"?|\\([\s\S])|_([\s\S])|\*([\s\S])|\[([^\]]*)\]|(General|Standard|@)|(E[+-][0#?]+|\/\s*[\d#?]+)|([\s\S])/gi;

/** A colour; a language whose digits are not those of another script. */
const SILENT_BRACKETS =
  /^(?:black|blue|cyan|green|magenta|red|white|yellow|colou?r\s*\d+|\$-(?:0{0,4}[0-9a-f]{1,4})(?:,.*)?)$/i;

/** The sections of a code for figures; the fourth, which is for texts, is left out. */
export function formatSections(code: string): readonly FormatSection[] {
  return splitSections(code).slice(0, 3).map(readSection);
}

/** The section of a code that shows texts: the fourth, or the last with an `@`. Null where it has none, and texts are shown as they are. */
export function textSection(code: string): FormatSection | null {
  const sections = splitSections(code);
  const last = sections[3] ?? (hasTextSign(sections.at(-1) ?? '') ? sections.at(-1) : undefined);
  return last === undefined ? null : readSection(last);
}

function splitSections(code: string): readonly string[] {
  const sections = [''];
  for (const [part] of code.matchAll(PARTS)) {
    if (part === ';') sections.push('');
    else sections.push((sections.pop() ?? '') + part);
  }
  return sections;
}

function hasTextSign(section: string): boolean {
  return [...section.matchAll(PARTS)].some(([part]) => part === '@');
}

function readSection(section: string): FormatSection {
  const tokens: FormatToken[] = [];
  let condition: FormatSection['condition'] = null;
  let isUnderstood = true;
  const addText = (text: string): void => {
    if (text !== '') tokens.push({ kind: 'text', text });
  };
  for (const [part, quoted, escaped, room, filler, brackets, general, unusual, character] of section.matchAll(PARTS)) {
    if (quoted !== undefined || escaped !== undefined) addText(quoted ?? escaped ?? '');
    else if (room !== undefined || filler === ' ') tokens.push({ kind: 'blank' });
    else if (filler !== undefined) {
      // Repeated as often as the column is wide: how often is not known.
      addText(filler);
      isUnderstood = false;
    } else if (brackets !== undefined) {
      const [, operator, limit] = /^\s*([<>=]+)\s*(-?[\d.]+)\s*$/.exec(brackets) ?? [];
      if (operator !== undefined) condition = { operator, limit: Number(limit) };
      else if (brackets.startsWith('$') && !brackets.startsWith('$-'))
        tokens.push({ kind: 'currency', text: brackets.slice(1).replace(/-[^-]*$/, '') });
      else if (!SILENT_BRACKETS.test(brackets)) isUnderstood = false;
    } else if (general !== undefined) tokens.push({ kind: 'general' });
    else if (unusual !== undefined) isUnderstood = false;
    else addCharacter(tokens, character ?? part);
  }
  return { condition, tokens, isUnderstood };
}

function addCharacter(tokens: FormatToken[], character: string): void {
  switch (character) {
    case '0':
    case '#':
    case '?':
      tokens.push({ kind: 'digit', text: character });
      return;
    case '.':
      tokens.push({ kind: 'point' });
      return;
    case ',':
      tokens.push({ kind: 'comma' });
      return;
    case '%':
      tokens.push({ kind: 'percent' });
      return;
    case ' ':
      tokens.push({ kind: 'blank' });
      return;
    default:
      tokens.push({ kind: 'text', text: character });
  }
}
