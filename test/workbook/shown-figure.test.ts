import { describe, expect, it } from 'vitest';
import {
  figureFormat,
  paddedDigits,
  showsAsRead,
  shownFigure,
  shownFrame,
  shownText,
} from '../../src/workbook/shown-figure.ts';

const displayed = (figure: string, code: string): string | null => {
  const format = figureFormat(code);
  return format === null ? null : shownFigure(figure, format);
};

describe('a number format', () => {
  it.each([
    ['0.5', '0%', '50%'],
    ['0.12345', '0.00%', '12.35%'],
    ['1250000', '#,##0,', '1,250'],
    ['1250000', '#,##0,"K"', '1,250K'],
    ['1250000', '0.0,,', '1.3'],
    ['1250000', '0.00,,\\ "M"', '1.25 M'],
    ['1250000', '"KES "#,##0,', 'KES 1,250'],
    ['1250', '[$KES-441] #,##0.00,;-#,##0.00,', 'KES 1.25'],
    ['-1250', '#,##0,;(#,##0,)', '(1)'],
    ['12345', '0"."00', '123.45'],
    ['12', '0*0', '120'],
    ['45', '0"000"', '45000'],
    ['45', '#,##0",000.00"', '45,000.00'],
    ['45', '#,##0\\K', '45K'],
    ['1.2', '0.0" million"', '1.2 million'],
    ['50', '0"%"', '50%'],
    ['50', 'General"%"', '50%'],
    ['50', '0.0\\%', '50.0%'],
    ['500', ';;;', ''],
    ['-5', '#,##0;;', ''],
    ['5', '#,##0;;', null],
    ['500', '"paid"', 'paid'],
    ['2500', '[>=1000]#,##0.0,"K";0', '2.5K'],
    ['999', '[<1000]0;#,##0.0,', null],
    ['1500', '[<1000]0;#,##0.0,', '1.5'],
    ['1500', '[Red][<1000]0;[>=1000000]0,,;0', null],
  ])('shows %s in %s as %s', (figure, code, expected) => {
    expect(displayed(figure, code)).toBe(expected);
  });

  it.each([
    'General',
    'Standard',
    '@',
    '0',
    '0.00',
    '0000',
    '#,##0',
    '#,##0.00',
    '# ##0.00',
    '#\\ ##0',
    "#'##0",
    '#,##0.00;[Red]-#,##0.00',
    '#,##0_);(#,##0)',
    '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-',
    '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    '_-"KSh"* #,##0.00_-;-"KSh"* #,##0.00_-;_-"KSh"* "-"??_-;_-@_-',
    '"KES "#,##0.00',
    '[$KES-441]#,##0.00',
    '#,##0.00\\ [$€-407]',
    '#,##0.00\\ [$K-33]',
    '"K"#,##0',
    '#,##0"/="',
    '#,##0\\ "Birr"',
    '[$-409]#,##0.00',
    '[Blue]0.00',
    '0.00E+00',
    '# ?/?',
    '# ??/16',
  ])('%s shows the figure that is stored', (code) => {
    for (const figure of ['1250.5', '-1250.5', '0', '45']) expect(displayed(figure, code)).toBeNull();
  });
});

/** What is read of a whole number in a column of texts; null where it is refused. */
const asText = (digits: string, code: string): string | null => {
  const format = figureFormat(code);
  if (format === null) return digits;
  const text = paddedDigits(digits, format);
  return showsAsRead(text, format) ? text : null;
};

describe('a whole number that is no quantity', () => {
  it.each([
    '0000000000',
    '[$-409]0000000000',
    '[Red]0000000000',
    '[Color 10]0000000000',
    '0000000000;-0000000000',
    '_-0000000000_-',
    '* 0000000000',
    '0000000000;[Red]\\-0000000000;"none"',
    '#0000000000',
    '[>=1]0000000000;General',
  ])('is read with the zeros that %s shows', (code) => {
    expect(asText('12345678', code)).toBe('0012345678');
  });

  it.each([
    'General',
    '0',
    '#',
    '@',
    '#,##0',
    '# ##0',
    '#,##0.00',
    '0.00',
    '_-* #,##0_-;-* #,##0_-;_-* "-"??_-;_-@_-',
    '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    '[Blue]0_)',
    '0000\\ 0000',
  ])('is read as stored where %s shows the same digits', (code) => {
    expect(asText('12345678', code)).toBe('12345678');
  });

  it.each([
    ['000-000-0000', '001-234-5678'],
    ['0000\\ 0000\\ 00', '0012 3456 78'],
    ['"01"00000000', '0112345678'],
    ['0000000000"01"', '001234567801'],
    ['"+"0', '+12345678'],
    ['"EMP-"000', 'EMP-12345678'],
    ['"EMP-"General', 'EMP-12345678'],
    ['[$EMP-409]000', 'EMP12345678'],
    ['0,000,000,000', '0,012,345,678'],
    ['0000000000.00', '0012345678.00'],
    ['#,##0,', '12,346'],
    ['0%', '1234567800%'],
    [';;;', ''],
    ['"x"', 'x'],
    ['*00', null],
    ['[DBNum1]0', null],
    ['[$-D000000]0', null],
    ['0.00E+00', null],
    ['# ?/?', null],
  ])('is refused in %s, which shows %s', (code, expected) => {
    expect(asText('12345678', code)).toBeNull();
    expect(shownText('12345678', figureFormat(code) ?? [])).toBe(expected);
  });

  it('zero is read where it is seen', () => {
    expect(asText('0', '#,##0;-#,##0;"-"')).toBeNull();
    expect(asText('0', '000')).toBe('000');
  });
});

describe('what stands around a figure', () => {
  it.each([
    ['#,##0.00', '1'],
    ['"KES "#,##0.00', 'KES 1'],
    ['[$KES-441]#,##0.00', 'KES1'],
    ['[$€-2]\\ #,##0.00', '€ 1'],
    ['_-"KSh"* #,##0.00_-;-"KSh"* #,##0.00_-', 'KSh 1'],
    ['0.00" CR"', '1 CR'],
    ['"-"0', '-1'],
    ['(0)', '(1)'],
    ['#,##0_);(#,##0)', '1'],
    ['000-000', '1-1'],
    ['**0.00', '*1'],
  ])('is seen in %s', (code, frame) => {
    expect(shownFrame('1250', figureFormat(code) ?? []).replace(/\s+/g, ' ')).toBe(frame);
  });
});
