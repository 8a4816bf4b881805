/** What a fault of the YAML parser means to the person who wrote the file, with a right line: the parser's own words are for programmers. */
const YAML_WORDS: readonly (readonly [code: RegExp, message: RegExp, words: string])[] = [
  [/^TAB_AS_INDENT$/, /./, 'The line is indented with a tab. YAML takes spaces only.'],
  [
    /^MISSING_CHAR$/,
    /closing ["']quote/,
    'A quote is opened and not closed. Close it at the end of the text: name: "Jane".',
  ],
  [
    /^(BAD_INDENT|MISSING_CHAR)$/,
    /flow (map|sequence|collection).*(end with|indented)|must be sufficiently indented/i,
    'A { or [ is opened and not closed, or is closed on a line that begins too far left: columns: { id: Employee No }.',
  ],
  [
    /^MISSING_CHAR$/,
    /Implicit map keys need|Missing space after :/,
    'A key needs a colon and a space behind it, and stands on a line of its own: currency: KES.',
  ],
  [
    /^MISSING_CHAR$/,
    /Missing , /,
    'A comma is missing between two values in { } or [ ]: { id: Employee No, amount: Net }.',
  ],
  [
    /^(BAD_INDENT|MISSING_CHAR)$/,
    /same column|Sequence item without/,
    'The line does not begin in the same column as the lines that it belongs to. Begin all of them with the same number of spaces.',
  ],
  [/^MISSING_CHAR$/, /Comments must be/, 'A # needs a space before it, where it begins a comment.'],
  [
    /^BLOCK_AS_IMPLICIT_KEY$/,
    /./,
    'Two colons stand on one line, or the line begins further right than those it belongs to. A text with a colon and a space goes in quotes: description: "Salaries: November".',
  ],
  [/^MULTILINE_IMPLICIT_KEY$/, /./, 'A colon is missing behind a key, on this line or the one before: currency: KES.'],
  [/^BAD_SCALAR_START$/, /./, 'A text that begins with @, `, % or another sign of YAML goes in quotes: name: "@home".'],
  [/^BAD_DQ_ESCAPE$/, /./, "A \\ in double quotes means another character. Write single quotes: file: 'C:\\keys'."],
];

/** In plain words; null for a fault that is rarer. */
export function yamlWords(code: string, message: string): string | null {
  return YAML_WORDS.find(([codes, messages]) => codes.test(code) && messages.test(message))?.[2] ?? null;
}
