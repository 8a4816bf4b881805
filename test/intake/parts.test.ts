import { bareAmount } from '../../src/intake/written-amounts.ts';
import fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatMinor } from '../../src/domain/money.ts';
import { foldId } from '../../src/domain/reference.ts';
import { readAmount } from '../../src/intake/amounts.ts';
import { readId } from '../../src/intake/identifiers.ts';
import { readNotAfter, readNotBefore } from '../../src/intake/not-before.ts';
import { shapeOf } from '../../src/intake/shape.ts';
import { Repeats } from '../../src/intake/repeats.ts';
import { Uniqueness } from '../../src/intake/uniqueness.ts';
import { checkCsv, codesOf } from './drop-folder.ts';

describe('a moment', () => {
  it.each([
    ['2026-11-28T06:00:00+03:00', 'UTC', '2026-11-28T03:00:00.000Z'],
    ['2026-11-28t06:00:00z', 'Africa/Nairobi', '2026-11-28T06:00:00.000Z'],
    ['2026-11-28 06:00', 'Africa/Nairobi', '2026-11-28T03:00:00.000Z'],
    ['2026-11-28T06:00:00.5', 'Africa/Nairobi', '2026-11-28T03:00:00.500Z'],
    ['2026-11-28T06:00:00-05:30', 'UTC', '2026-11-28T11:30:00.000Z'],
    // Clocks in Berlin go from 3 back to 2: the second pass counts; and from 2 on to 3: 2:30 is read as an hour later.
    ['2026-10-25T02:30:00', 'Europe/Berlin', '2026-10-25T01:30:00.000Z'],
    ['2026-03-29T02:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-07-01T00:00:00', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
  ])('%s in %s is %s', (text, timezone, instant) => {
    expect(new Date(readNotBefore(text, timezone) ?? NaN).toISOString()).toBe(instant);
  });

  it('after which nothing is sent is the first of the two that a clock shows twice, or would show', () => {
    const last = (text: string): string => new Date(readNotAfter(text, 'Europe/Berlin') ?? NaN).toISOString();
    expect(last('2026-10-25T02:30:00')).toBe('2026-10-25T00:30:00.000Z');
    expect(last('2026-03-29T02:30:00')).toBe('2026-03-29T00:30:00.000Z');
    expect(last('2026-07-01T00:00:00')).toBe('2026-06-30T22:00:00.000Z');
  });

  it.each([
    ['2026-02-30T00:00:00Z'],
    ['2026-11-28T24:00:00Z'],
    ['2026-11-28'],
    ['28.11.2026 06:00'],
    ['2026-11-28T06:00:00+25:00'],
    ['2026-13-01T00:00:00'],
    [''],
  ])('%s is none', (text) => {
    expect(readNotBefore(text, 'Africa/Nairobi')).toBeNull();
  });
});

describe('an id', () => {
  it('has the key that references are made of, by the quick way as by the slow one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (text) => {
        const reading = readId(text.trim());
        if (reading.ok) expect(reading.idKey).toBe(foldId(text));
      }),
    );
  });

  it('that differs from another only in case is always refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9-]{0,20}$/), async (id) => {
        const rows = [id.toLowerCase(), 'other', id.toUpperCase()].map((one, at) => `${one},${at + 10},0712000111\n`);
        fc.pre(id.toLowerCase() !== 'other');
        expect(codesOf(await checkCsv(`id,amount,mobile\n${rows.join('')}`))).toEqual(['4 id id-duplicate']);
      }),
      { numRuns: 30 },
    );
  });

  it('is found again among a hundred thousand, and no other is', () => {
    const unique = new Uniqueness();
    for (let n = 1; n <= 100_000; n++) expect(unique.earlier(`emp-${n}`, n + 1)).toBeNull();
    for (let n = 1; n <= 100_000; n += 997) expect(unique.earlier(`emp-${n}`, 7)).toBe(n + 1);
  });
});

describe('rows that repeat an earlier one', () => {
  it('are all found, whatever the pages, and no other is', () => {
    const keys = fc.array(fc.nat(40), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 6 }), fc.nat(3_000), (pages, more) => {
        // Rows that repeat nothing, so that the arrays grow between the pages.
        const unique = Array.from({ length: more }, (_, at) => 1_000 + at);
        const first = new Map<number, number>();
        const right: { line: number; earlier: number; details: string }[] = [];
        const repeats = new Repeats<string>();
        let line = 0;
        for (const page of [...pages, unique, ...pages]) {
          for (const key of page) {
            line += 1;
            repeats.print.begin();
            repeats.print.addText(`key ${key}`);
            repeats.print.end();
            repeats.add(line);
            const earlier = first.get(key);
            if (earlier === undefined) first.set(key, line);
            else right.push({ line, earlier, details: String(key) });
          }
          repeats.endPage((nth) => String(page[nth]));
        }
        expect(repeats.listed()).toEqual(right);
      }),
      { numRuns: 50 },
    );
  });

  it('are listed with their id, their place and the line of the first, in every page of a large file', async () => {
    const rows = Array.from({ length: 3_000 }, (_, at) => `emp-${at % 2_990},${at + 10},07120${String(10_000 + at)}\n`);
    const checked = await checkCsv(`id,amount,mobile\n${rows.join('')}`);
    expect(codesOf(checked)).toEqual(Array.from({ length: 10 }, (_, at) => `${2_992 + at} id id-duplicate`));
    expect(checked.problems[9]?.message).toContain('"emp-9" on line 3001 stands on line 11 already');
  });
});

describe('an amount', () => {
  it('reads back as it was written, in every format', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 15n - 1n), (minor) => {
        const plain = formatMinor(minor, 2);
        const [whole = '', cents = ''] = plain.split('.');
        const grouped = (mark: string) => whole.replace(/\B(?=(?:\d{3})+$)/g, mark);
        expect(readAmount(plain, 2, null)).toBe(minor);
        expect(readAmount(`${grouped(',')}.${cents}`, 2, '1,250.50')).toBe(minor);
        expect(readAmount(`${grouped('.')},${cents}`, 2, '1.250,50')).toBe(minor);
        expect(readAmount(`${grouped(' ')},${cents}`, 2, '1 250,50')).toBe(minor);
        expect(readAmount(`${whole},${cents}`, 2, '1250,50')).toBe(minor);
      }),
    );
  });

  it('of any text is an amount or a problem, never an exception', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readAmount(text, 2, null)));
  });
});

describe('a batch', () => {
  it('has the same digest whatever the order of its rows', async () => {
    const rows = fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 2, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        rows.chain((ids) => fc.tuple(fc.constant(ids), fc.shuffledSubarray(ids, { minLength: ids.length }))),
        async ([ids, shuffled]) => {
          const of = (order: readonly number[]) =>
            checkCsv(
              `id,amount,mobile\n${order.map((n) => `${n},${n}.50,0712000${String(n).padStart(3, '0')}\n`).join('')}`,
            );
          const [one, other] = [await of(ids), await of(shuffled)];
          expect(one.summary?.digest).toMatch(/^[0-9a-f]{64}$/);
          expect(one.summary?.digest).toBe(other.summary?.digest);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('the published schema', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/batch.schema.json', import.meta.url), 'utf8'),
  ) as object;

  it('describes every key for the editor', () => {
    let seen = 0;
    const look = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node as Record<string, unknown>)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(value as Record<string, { description?: string }>)) {
            expect(property.description, name).toMatch(/^.{15,}\.$/s);
            seen += 1;
          }
        }
        look(value);
      }
    };
    look(schema);
    expect(seen).toBeGreaterThan(20);
  });

  it('takes the example as an editor reads it, with numbers', () => {
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false }).compile(schema);
    const batch = {
      batch: 'payroll-2026-11',
      account: 'demo',
      control: { count: 3, sum: 105000.5 },
      payments: [
        { id: 1, amount: 45000.5, mobile: '+254712345678' },
        { id: 'EMP-002', amount: 35000, bank: { code: '015', account: '0123456789' } },
      ],
    };
    expect(validate(batch)).toBe(true);
    expect(validate({ ...batch, rows: 'x.csv' })).toBe(false);
    expect(validate({ ...batch, payments: [{ id: 1, amount: 5, mobile: '07', wallet: 'w' }] })).toBe(false);
  });
});

describe('a shape', () => {
  it('shows how a value looks and never what it is', () => {
    expect(shapeOf('2.547E+11')).toBe('9.999a+99');
    expect(shapeOf('KES 1,250/=')).toBe('aaa 9,999/=');
    fc.assert(fc.property(fc.stringMatching(/^[0-8a-zA-Z]{4,30}$/), (text) => !shapeOf(text).includes(text)));
  });
});

describe('a single letter at an amount', () => {
  it.each([
    ['M500', 'LSL', { text: '500', styles: ['currency'] }],
    ['K 500', 'ZMW', { text: '500', styles: ['currency'] }],
    ['500 ZMW', 'ZMW', { text: '500', styles: ['currency'] }],
    ['5M', 'LSL', { problem: 'magnitude' }],
    ['12k', 'ZMW', { problem: 'magnitude' }],
    ['1.5K', 'MWK', { problem: 'magnitude' }],
    ['K5M', 'ZMW', { problem: 'magnitude' }],
    ['(5 m)', 'LSL', { problem: 'magnitude' }],
    ['500 R', 'ZAR', { problem: 'magnitude' }],
    ['K500', 'KES', { problem: 'other-currency' }],
  ])('is a currency in front of the digits only: %s in %s', (text, currency, read) => {
    expect(bareAmount(text, currency)).toMatchObject(read);
  });
});
