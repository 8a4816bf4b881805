import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textDamage, ungarbled } from '../../src/intake/garbled.ts';

/** As a program shows UTF-8 that it takes for Windows-1252. */
const misread = (text: string): string => new TextDecoder('windows-1252').decode(Buffer.from(text));

const names = [
  'José',
  'Zoë Müller',
  'Ægir Øst',
  'Çelik',
  'FRANÇOIS',
  'Łukasz Żak',
  'Ștefan',
  'Trần Văn Đức',
  'አበበ ቢቂላ',
  'محمد',
  'O’Brien',
  'Ça va',
];

describe('a text that was read in another encoding', () => {
  it.each(names)('%s is known by it, and read again', (name) => {
    expect([textDamage(misread(name)), ungarbled(misread(name))]).toEqual(['garbled', name]);
    expect(textDamage(`${misread('José')} Muñoz`)).toBe('garbled');
  });

  it.each([
    ...names,
    'JOSÉ’S BAR',
    'KRÍŽ',
    'CAFÉ – Bar',
    'São Tomé',
    'Ângela',
    'AMANHÃ',
    'Škoda',
    'Straße',
    'Straße’s',
    'Groß™',
    'Acme? Ltd',
    'Who?',
  ])('%s is left as it is', (name) => expect([textDamage(name), ungarbled(name)]).toEqual([null, null]));

  it('is found whatever the letters of Western Europe in it are', () => {
    const letter = fc.constantFrom(...Array.from({ length: 0x40 }, (_, at) => String.fromCharCode(0xc0 + at)));
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z ]{0,10}$/),
        letter,
        fc.stringMatching(/^[A-Za-z ]{0,10}$/),
        (before, one, after) => {
          expect(textDamage(misread(before + one + after))).toBe('garbled');
          expect(textDamage(before + one + after)).toBeNull();
        },
      ),
    );
  });

  it('has lost letters where a question mark or the replacement character stands for one', () => {
    expect(['Mu\uFFFDoz', 'Jos\uFFFD', 'Mu?oz'].map(textDamage)).toEqual([
      'letters-lost',
      'letters-lost',
      'letters-lost',
    ]);
  });
});
