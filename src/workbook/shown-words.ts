/** What number formats show of a text, where that is another one than the text that is stored. */

import { textSection, type FormatToken } from './format-sections.ts';

/** What a number format puts around a text; the token `general` stands for the text. */
export type TextFormat = readonly FormatToken[];

/** How a format code shows texts; null where it shows them as they are, but for room around them. */
export function textFormat(code: string): TextFormat | null {
  if (!code.includes('@') && !code.includes(';')) return null;
  const section = textSection(code);
  if (section === null) return null;
  const inked = section.tokens.filter(({ kind }) => kind !== 'blank');
  return inked.length === 1 && inked[0]?.kind === 'general' ? null : section.tokens;
}

/** What a cell shows for a text, without spaces around. */
export function displayedText(text: string, format: TextFormat): string {
  const parts = format.map((token) => {
    if (token.kind === 'general') return text;
    if (token.kind === 'blank') return ' ';
    return 'text' in token ? token.text : TEXT_OF_SIGN[token.kind];
  });
  return parts.join('').trim();
}

const TEXT_OF_SIGN = { point: '.', comma: ',', percent: '%' } as const;
