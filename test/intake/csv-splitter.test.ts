import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { describe, expect, it } from 'vitest';
import { LibrarySplitter } from '../../src/intake/csv-library.ts';
import { CsvSplitter, type CsvRecord } from '../../src/intake/csv-splitter.ts';

interface Split {
  readonly records: readonly CsvRecord[];
  readonly faults: readonly string[];
}

/** What csv-parse makes of a text, as statements are read. */
function splitByLibrary(text: string, delimiter: string): Split {
  const faults: string[] = [];
  const splitter = new LibrarySplitter(delimiter, ({ line, code }) => faults.push(`${line} ${code}`));
  const records = [...splitter.write(text), ...splitter.end()];
  return { records, faults };
}

/** Splits a text that comes in pieces of `size` characters. */
function split(text: string, delimiter: string, size = text.length + 1): Split {
  const faults: string[] = [];
  const splitter = new CsvSplitter(delimiter, ({ line, code }) => faults.push(`${line} ${code}`));
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += size) records.push(...splitter.write(text.slice(at, at + size)));
  records.push(...splitter.end());
  return { records, faults };
}

const DELIMITERS = [',', ';', '\t'];
const cell = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '\n', '\r', ' ', 'a', "'") }),
);
const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }))
  // Records of blank cells are blank lines, and NUL is refused.
  .map((rows) => rows.map(([first = '', ...others]) => [`x${first}`, ...others]))
  .filter((rows) => !rows.flat().some((text) => text.includes('\0')));

describe('the CSV splitter', () => {
  it('gives back every text that was written as CSV, however it is cut into pieces', () => {
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(...DELIMITERS),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.integer({ min: 1, max: 7 }),
        (rows, delimiter, lineEnd, size) => {
          const text = stringify(rows, { delimiter, quoted: true, record_delimiter: lineEnd });
          const { records, faults } = split(text, delimiter, size);
          expect(faults).toEqual([]);
          expect(records.map(({ cells }) => cells)).toEqual(rows);
          // The line of a record is the number of line breaks before it, plus one.
          records.reduce((line, record) => {
            expect(record.line).toBe(line);
            return line + 1 + record.cells.reduce((breaks, one) => breaks + one.split(/\r\n|\n|\r/).length - 1, 0);
          }, 1);
        },
      ),
    );
  });

  it('reads what csv-parse reads', () => {
    const unquoted = fc.string({ unit: fc.constantFrom(',', ',', '\n', 'a', 'b', ' ', '"x, ""y"""', '"\n"') });
    fc.assert(
      fc.property(unquoted, (text) => {
        const { records, faults } = split(text, ',');
        // What we refuse it refuses too, or reads otherwise than a person would: there is nothing to compare.
        fc.pre(faults.length === 0 && !/ "|" /.test(text));
        const theirs = parse(text, { relax_column_count: true, skip_empty_lines: true });
        expect(records.map(({ cells }) => cells)).toEqual(theirs.filter((row) => row.some((one) => one.trim() !== '')));
      }),
      { numRuns: 1000 },
    );
  });

  it('says the same of a damaged text, however it is cut into pieces', () => {
    const damaged = fc.string({ unit: fc.constantFrom('"', '"', ',', '\n', '\r', 'a', ' ', '\0'), maxLength: 40 });
    fc.assert(
      fc.property(damaged, fc.integer({ min: 1, max: 5 }), (text, size) => {
        expect(split(text, ',', size)).toEqual(split(text, ','));
      }),
      { numRuns: 2000 },
    );
  });

  it('goes on after a line without end', () => {
    const { records, faults } = split(`a,b\n${'x'.repeat(3_000_000)}\nc,d\n`, ',', 65_536);
    expect(faults).toEqual(['2 line-too-long']);
    expect(records.map(({ line, cells }) => [line, ...cells])).toEqual([
      [1, 'a', 'b'],
      [3, 'c', 'd'],
    ]);
  });
});

describe('csv-parse, by which statements are read', () => {
  it('has the records and the lines that the splitter of batches has', () => {
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(...DELIMITERS),
        fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n,;\r\n'),
        (rows, delimiter, lineEnd) => {
          const blank = lineEnd.replaceAll(/[,;]/g, delimiter);
          const text = stringify(rows, { delimiter, quoted: true, record_delimiter: blank });
          expect(splitByLibrary(text, delimiter)).toEqual(split(text, delimiter));
        },
      ),
    );
  });

  it('refuses whatever the splitter of batches refuses, and has the same lines otherwise', () => {
    const damaged = fc.string({ unit: fc.constantFrom('"', '"', ',', '\n', 'a', ' ', '\0'), maxLength: 30 });
    fc.assert(
      fc.property(damaged, (text) => {
        const ours = split(text, ',');
        const theirs = splitByLibrary(text, ',');
        // The one text that csv-parse takes and we refuse: `"" "x"` is x to it.
        fc.pre(!/"" +"/.test(text));
        expect(theirs.faults.length > 0).toBe(ours.faults.length > 0);
        if (ours.faults.length === 0) {
          const trimmed = ours.records.map(({ line, cells }) => [line, ...cells.map((cell) => cell.trim())]);
          expect(theirs.records.map(({ line, cells }) => [line, ...cells.map((cell) => cell.trim())])).toEqual(trimmed);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('finds no fault behind a quote that was left open, which is why batches are split otherwise', () => {
    const text = 'id,amount\n1,"10\n2,20\n3,x"30"\n4,"40\n';
    expect(split(text, ',').faults).toEqual(['2 quote-unclosed', '4 quote-misplaced', '5 quote-unclosed']);
    expect(splitByLibrary(text, ',').faults).toEqual(['2 quote-unclosed']);
  });
});
