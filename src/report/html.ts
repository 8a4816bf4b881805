/** Text that is HTML already. Everything else is text, and is escaped wherever it is put. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | readonly Html[];

/** A template whose values are escaped: `<b>` in a name stays a text, in elements and in quoted attributes. */
export function markup(parts: TemplateStringsArray, ...values: readonly Part[]): Html {
  let text = parts[0] ?? '';
  for (const [at, value] of values.entries()) text += htmlText(value) + (parts[at + 1] ?? '');
  return new Html(text);
}

/** Nothing, where an element is left out. */
export const NO_HTML = new Html('');

function htmlText(value: Part): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escaped(String(value));
}

const SPECIAL = /[&<>"'\u202a-\u202e\u2066-\u2069]|(?![\t\n\r])\p{Cc}/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that have no shape, or turn the direction of what stands beside them, are shown as `�`: they could hide a part of a name. */
function escaped(text: string): string {
  return text.replace(SPECIAL, (character) => ENTITIES[character] ?? '\ufffd');
}
