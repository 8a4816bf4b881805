import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { XmlScanner } from '../../src/workbook/xml-scanner.ts';
import { XmlFault } from '../../src/workbook/xml-text.ts';

/** What happens in a document that comes in pieces of `size`; `refused` where it is not well-formed. */
function scanned(document: string, size: number): readonly string[] | 'refused' {
  const events: string[] = [];
  const scanner = new XmlScanner({
    open: (name, attributes) => events.push(`<${name} ${JSON.stringify(attributes.entries())}`),
    close: (name) => events.push(`>${name}`),
    text: (text) => addText(events, text),
  });
  try {
    for (let at = 0; at < document.length; at += size) scanner.write(document.slice(at, at + size));
    scanner.end();
  } catch (error) {
    if (error instanceof XmlFault) return 'refused';
    throw error;
  }
  return events;
}

/** The same of saxes. */
function parsed(document: string): readonly string[] | 'refused' {
  const events: string[] = [];
  const parser = new SaxesParser({ xmlns: false });
  let isOpen = 0;
  parser.on('opentag', ({ name, attributes }) => {
    isOpen += 1;
    events.push(`<${name} ${JSON.stringify(Object.entries(attributes))}`);
  });
  parser.on('closetag', ({ name }) => {
    isOpen -= 1;
    events.push(`>${name}`);
  });
  const text = (value: string): void => {
    if (isOpen > 0) addText(events, value);
  };
  parser.on('text', text);
  parser.on('cdata', text);
  try {
    parser.write(document).close();
  } catch {
    return 'refused';
  }
  return events;
}

/** Texts may come in pieces; a section may be empty. */
function addText(events: string[], text: string): void {
  if (text === '') return;
  const last = events.length - 1;
  if (events[last]?.startsWith('"') === true) events[last] += text;
  else events.push(`"${text}`);
}

const name = fc.constantFrom('a', 'row', 'x:c', '_v', 'é1', 'constructor', '__proto__x');
const value = fc.constantFrom(
  '',
  '1',
  'a>b',
  "'",
  'x\ty\r\nz',
  '&lt;&#65;&#x1F600;&amp;',
  'é ',
  '1 < 2',
  '&nbsp;',
  '&#0;',
  '&',
  '0711',
);
const text = fc.oneof(
  value,
  fc.constantFrom('<!-- a <b> -->', '<![CDATA[<x>]]&]]>', '<?pi x?>', '\r\n', ']]>', '<!-- -- -->', '\u0007', '</a>'),
);
const tag = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc
    .tuple(
      name,
      fc.array(fc.tuple(name, value, fc.constantFrom('"', "'")), { maxLength: 3 }),
      tie('content'),
      fc.boolean(),
    )
    .map(([element, attributes, content, isEmpty]) => {
      const written = attributes.map(([key, one, quote]) => ` ${key}=${quote}${one}${quote}`).join('');
      return isEmpty ? `<${element}${written}/>` : `<${element}${written} >${content}</${element} >`;
    }),
  content: fc
    .array(fc.oneof({ depthSize: 'small' }, text, tie('element')), { maxLength: 4 })
    .map((parts) => parts.join('')),
}));

describe('the scanner of XML', () => {
  it('sees in every document what saxes sees, or refuses it too, whatever the pieces in which it comes', () => {
    let whole = 0;
    fc.assert(
      fc.property(
        tag.element,
        fc.constantFrom('', '<?xml version="1.0" encoding="UTF-8"?>\n', '\n'),
        fc.integer({ min: 1, max: 40 }),
        (element, head, size) => {
          const document = `${head}${element}\n`;
          const expected = parsed(document);
          if (expected !== 'refused') whole += 1;
          expect(scanned(document, size)).toEqual(expected);
        },
      ),
      { numRuns: 1000 },
    );
    expect(whole).toBeGreaterThan(50);
  });

  it.each([
    ['', 'nothing'],
    ['   ', 'nothing but spaces'],
    ['<a>', 'an element that is not closed'],
    ['<a></b>', 'the end of another element'],
    ['<a/><b/>', 'two outermost elements'],
    ['<a/>x', 'text behind the end'],
    ['x<a/>', 'text in front'],
    ['<a b="1"c="2"/>', 'attributes without a space'],
    ['<a b="1" b="2"/>', 'an attribute twice'],
    ['<a b=1/>', 'no quotes'],
    ['<a b/>', 'no value'],
    ['<a b="<"/>', 'a tag in an attribute'],
    ['<1a/>', 'a name that is none'],
    ['< a/>', 'a space before the name'],
    ['<a/ >', 'a space behind the slash'],
    ['<a>&x;</a>', 'a reference to nothing'],
    ['<a>&#xD800;</a>', 'half a character'],
    ['<a>&#1114112;</a>', 'a number that is no character'],
    ['<a>]]></a>', 'the end of a section'],
    ['<a><!-- -- --></a>', 'hyphens in a comment'],
    ['<!DOCTYPE a><a/>', 'a document type'],
    ['<a><!ELEMENT b></a>', 'a declaration'],
    [' <?xml version="1.0"?><a/>', 'a declaration that is late'],
    ['<?xml version="1.0" encoding="latin1"?><a/>', 'another encoding'],
    ['<a>\u0001</a>', 'a character that XML does not have'],
    ['<a>\uD800</a>', 'half a pair'],
  ])('refuses %s: %s', (document) => {
    expect(scanned(document, 7)).toBe('refused');
    expect(scanned(document, 1000)).toBe('refused');
  });
});

describe('a scanner of other documents', () => {
  it('says where in the document each tag stands, whatever pieces it comes in', () => {
    const document = '<a>\n<!-- two\nlines --><b x="1">text</b>\n<c/></a>';
    for (const size of [1, 3, 7, 100]) {
      const offsets: number[] = [];
      const note = (): void => void offsets.push(scanner.tagOffset);
      const scanner = new XmlScanner({ open: note, close: note, text: () => undefined });
      for (let at = 0; at < document.length; at += size) scanner.write(document.slice(at, at + size));
      expect(offsets.map((at) => /^<[^ >]*/.exec(document.slice(at))?.[0])).toEqual([
        ...['<a', '<b', '</b', '<c/', '<c/', '</a'],
      ]);
    }
  });

  it('takes the encodings and the lengths that it is given', () => {
    const write = (text: string) => () => {
      const events = { open: () => undefined, close: () => undefined, text: () => undefined };
      new XmlScanner(events, { encodings: /^latin1$/, tokenMax: 50 }).write(text);
    };
    expect(write('<?xml version="1.0" encoding="latin1"?><a>')).not.toThrow();
    expect(write('<?xml version="1.0" encoding="utf-8"?><a>')).toThrow('the encoding utf-8');
    expect(write(`<a><!--${'x'.repeat(60)}`)).toThrow('a text of more than 50 characters');
    const attributes = Array.from({ length: 1001 }, (_, nth) => `a${nth}=""`);
    expect(write(`<a ${attributes.join(' ')}>`)).toThrow('more than 1000 attributes');
  });
});
