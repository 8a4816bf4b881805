import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CsvDefaults } from '../../src/domain/csv-defaults.ts';
import { formatMinor } from '../../src/domain/money.ts';
import { checkCsv, paymentsOf } from './drop-folder.ts';

const RULE: Partial<CsvDefaults> = {
  columns: { id: 'Emp No', name: 'Employee', amount: 'Net Pay', mobile: 'Phone' },
  numberFormat: '1,250.50',
};
const HEADER = ['Dept', 'Emp No', 'Employee', 'Phone', 'Basic', 'Net Pay'];
const WIDTH = HEADER.length;

type Line = readonly string[];

interface Person {
  readonly id: string;
  readonly name: string;
  readonly phone: string;
  readonly cents: number;
}

/** A line of a sheet; `isSum` where its amount is compared with the payments above it. */
interface SheetLine {
  readonly cells: Line;
  readonly kind: 'title' | 'blank' | 'header' | 'payment' | 'sum' | 'other';
}

const person = fc.record({
  name: fc.constantFrom('Asha Mwangi', 'Brian Otieno', 'Total Kamau', 'Page Njeri', 'Summer Date', 'Director K. Ouma'),
  cents: fc.integer({ min: 100, max: 6_000_000 }),
});

const payroll = fc
  .array(fc.array(person, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
  .map((groups) =>
    groups.map((group, g) =>
      group.map(({ name, cents }, n): Person => {
        const number = g * 10 + n + 1;
        return { id: `000${number}`.slice(-4), name, phone: `2547${String(12_345_600 + number)}`, cents };
      }),
    ),
  );

const title = fc.subarray(
  [
    ['UPENDO TEA FACTORY LTD'],
    ['', 'PAYROLL FOR THE MONTH OF NOVEMBER, 2026'],
    ['P.O. Box 1234, Nairobi', '', '', 'Tel: 0712 345 678'],
    ['', '', '', '', '', 'Printed on 28/11/2026'],
  ],
  { minLength: 0 },
);

const signatures = fc.subarray([
  ['Prepared by:', '', '', 'Checked by:'],
  ['', 'Approved by: ________', '', '', '', 'Date: 28/11/2026'],
  ['________', '', '', '________'],
  ['NB: casuals are paid on Friday'],
  ['', 'Page 1 of 1'],
]);

const sheet = fc.record({
  groups: payroll,
  title,
  hasBlank: fc.boolean(),
  hasHeadings: fc.boolean(),
  hasSubtotals: fc.boolean(),
  pageBreakAfter: fc.integer({ min: 0, max: 4 }),
  total: fc.constantFrom('TOTAL', 'Grand Total:', 'JUMLA', 'Totals', null),
  totalAt: fc.constantFrom(0, 1, 2, 4),
  hasCount: fc.boolean(),
  isWritten: fc.boolean(),
  signatures,
});
type Sheet = typeof sheet extends fc.Arbitrary<infer T> ? T : never;

function money(cents: number): string {
  return formatMinor(BigInt(cents), 2);
}

function sum(people: readonly Person[]): number {
  return people.reduce((total, { cents }) => total + cents, 0);
}

function sumLine(label: string, at: number, amount: string): SheetLine {
  return { kind: 'sum', cells: HEADER.map((_, position) => (position === at ? label : position === 5 ? amount : '')) };
}

/** The sheet as its people would make it. */
function linesOf(made: Sheet): readonly SheetLine[] {
  const written = (cents: number): string => (made.isWritten ? `KES ${money(cents)}` : money(cents));
  const titles = made.title.map((cells): SheetLine => ({ kind: 'title', cells }));
  const blank: SheetLine = { kind: 'blank', cells: [] };
  const header: SheetLine = { kind: 'header', cells: HEADER };
  const lines: SheetLine[] = [...titles, ...(made.hasBlank || made.title.length > 0 ? [blank] : []), header];
  const before: Person[] = [];
  made.groups.forEach((group, g) => {
    if (made.hasHeadings) lines.push({ kind: 'other', cells: ['', `DEPARTMENT ${g + 1}`] });
    group.forEach(({ id, name, phone, cents }, n) => {
      // A merged cell: the name of the department stands in its first row only.
      lines.push({ kind: 'payment', cells: [n === 0 ? 'Field' : '', id, name, phone, '1', written(cents)] });
    });
    before.push(...group);
    if (made.hasSubtotals) lines.push(sumLine(`Sub-total ${g + 1}`, 0, written(sum(group))));
    if (g + 1 === made.pageBreakAfter && g + 1 < made.groups.length) {
      lines.push(sumLine('Total c/f', 1, written(sum(before))), blank);
      lines.push(...titles.map((line): SheetLine => ({ ...line, kind: 'other' })), { ...header, kind: 'other' });
      lines.push(sumLine('Total b/f', 1, written(sum(before))));
    }
  });
  if (made.total !== null) lines.push(sumLine(made.total, made.totalAt, written(sum(before))));
  if (made.hasCount) lines.push({ kind: 'other', cells: ['', 'Number of employees', String(before.length)] });
  lines.push(blank, ...made.signatures.map((cells): SheetLine => ({ kind: 'other', cells })));
  return lines;
}

function csvOf(lines: readonly SheetLine[]): string {
  const cell = (text: string): string => (/[",]/.test(text) ? `"${text}"` : text);
  return lines
    .map(({ cells }) => Array.from({ length: WIDTH }, (_, at) => cell(cells[at] ?? '')).join(','))
    .concat('')
    .join('\n');
}

function isNamed(kind: SheetLine['kind']): boolean {
  return kind === 'sum' || kind === 'other';
}

describe('a sheet with everything that people put around payments', () => {
  it('pays exactly the people of the plain sheet, and reports every other line', async () => {
    await fc.assert(
      fc.asyncProperty(sheet, async (made) => {
        const lines = linesOf(made);
        const checked = await checkCsv(csvOf(lines), RULE);
        const plain = await checkCsv(csvOf(lines.filter(({ kind }) => kind === 'header' || kind === 'payment')), RULE);
        expect(checked.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(checked.summary?.digest).toBe(plain.summary?.digest);
        expect(checked.count).toBe(made.groups.flat().length);
        expect((await paymentsOf(checked)).map(({ line }) => line)).toEqual(
          lines.flatMap(({ kind }, at) => (kind === 'payment' ? [at + 1] : [])),
        );
        const named = new Set(checked.problems.map(({ line }) => line));
        lines.forEach(({ kind }, at) => {
          if (isNamed(kind)) expect([...named]).toContain(at + 1);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('is refused where a sum differs, whichever it is', async () => {
    await fc.assert(
      fc.asyncProperty(sheet, fc.nat(), fc.integer({ min: 1, max: 5000 }), async (made, pick, cents) => {
        const lines = linesOf({ ...made, total: made.total ?? 'TOTAL' });
        const sums = lines.flatMap(({ kind }, at) => (kind === 'sum' ? [at] : []));
        const changed = sums[pick % sums.length] ?? -1;
        const wrong = lines.map((line, at) => {
          if (at !== changed) return line;
          const amount = (line.cells[5] ?? '').replace('KES ', '');
          return { ...line, cells: line.cells.with(5, money(Math.round(Number(amount) * 100) + cents)) };
        });
        const checked = await checkCsv(csvOf(wrong), RULE);
        expect(checked.summary).toBeNull();
        expect(checked.problems).toContainEqual(
          expect.objectContaining({ severity: 'error', line: changed + 1, code: 'total-differs' }),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('is refused where a row is lost above its total', async () => {
    await fc.assert(
      fc.asyncProperty(sheet, fc.nat(), async (made, pick) => {
        const lines = linesOf({ ...made, total: made.total ?? 'TOTAL' });
        const payments = lines.flatMap(({ kind }, at) => (kind === 'payment' ? [at] : []));
        const lost = payments[pick % payments.length] ?? -1;
        const checked = await checkCsv(csvOf(lines.filter((_, at) => at !== lost)), RULE);
        expect(checked.summary).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it('is refused where a payment has lost cells, whichever they are', async () => {
    const lost = fc.subarray([1, 3, 5], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(sheet, fc.nat(), lost, async (made, pick, positions) => {
        const lines = linesOf(made);
        const payments = lines.flatMap(({ kind }, at) => (kind === 'payment' ? [at] : []));
        const damaged = payments[pick % payments.length] ?? -1;
        const text = csvOf(
          lines.map((line, at) => {
            if (at !== damaged) return line;
            return { ...line, cells: line.cells.map((cell, position) => (positions.includes(position) ? '' : cell)) };
          }),
        );
        const checked = await checkCsv(text, RULE);
        expect(checked.summary).toBeNull();
        expect(checked.problems.some(({ severity, line }) => severity === 'error' && line === damaged + 1)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
