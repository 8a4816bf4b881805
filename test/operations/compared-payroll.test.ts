import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import type { ChangeKind, ChangeRules, ComparedPayroll } from '../../src/domain/changes.ts';
import type { Payment } from '../../src/domain/payment.ts';
import { foldId } from '../../src/domain/reference.ts';
import { openMemoryLedger } from '../../src/ledger/memory/index.ts';
import { MemoryTables } from '../../src/ledger/memory/tables.ts';
import { PayrollReader } from '../../src/operations/compared-payroll.ts';
import { pages, payment, registration } from '../ledger/sample.ts';

/** Batches of the ledger: their ids, occurrences and rows. */
type Registered = readonly (readonly [batch: string, occurrence: string | null, rows: readonly Payment[]])[];

interface Compared {
  readonly file: readonly Payment[];
  readonly occurrence?: string | null;
  readonly registered: Registered;
  readonly changes?: ChangeRules;
  readonly against?: string;
}

/** What comes out when the file is the next payroll of the series. */
async function compare({
  file,
  occurrence = '2026-11',
  registered,
  changes = {},
  against,
}: Compared): Promise<ComparedPayroll> {
  const ledger = openMemoryLedger(new MemoryTables());
  const inSeries = (batch: string, date: string | null, rows: readonly Payment[]) => {
    const { summary, ...rest } = registration(batch, rows, { refuseCopiesSince: null });
    const header = { ...summary.header, series: date === null ? null : 'salaries', occurrence: date };
    return { ...rest, summary: { ...summary, header } };
  };
  for (const [batch, date, rows] of registered) {
    expect(await ledger.register(inSeries(batch, date, rows))).toEqual({ kind: 'registered' });
  }
  const { summary } = inSeries('now', occurrence, file);
  const config = { changes, defaults: [] } as unknown as Config;
  const reader = await PayrollReader.open({
    project: { config },
    ledger,
    summary,
    against: against ?? null,
    isSimulation: false,
  });
  if (reader === null) throw new Error('nothing was compared');
  const compared = await reader.finish({ payments: () => pages(file, 7) });
  await ledger.close();
  return compared;
}

const found = ({ changes }: ComparedPayroll): string[] => changes.map(({ kind, id }) => `${kind} ${id}`).sort();

/** Everybody has an own name, destination and amount. */
function staff(count: number): Payment[] {
  return Array.from({ length: count }, (_, n) => payment(n + 1, { amountMinor: BigInt(1_000_000 + n * 1000) }));
}

const renumbered = (rows: readonly Payment[]): Payment[] => rows.map((row, at) => ({ ...row, line: at + 2 }));

const PLANTED = [
  'none',
  'joiner',
  'leaver',
  'id',
  'amount',
  'destination',
  'shared_destination',
  'repeated_person',
] as const;

/** The row of this month for a row of the last one, with a change of this kind; what it must be found as. */
function plant(kind: (typeof PLANTED)[number], row: Payment, n: number): { rows: Payment[]; expected: string[] } {
  const elsewhere = { kind: 'till', till: String(700_000 + n) } as const;
  const other = (change: Partial<Payment>): Payment => {
    const id = `NEW-${n}`;
    return { ...row, id, idKey: foldId(id), ...change };
  };
  switch (kind) {
    case 'none':
      // A small raise, and another spelling of the same.
      return {
        rows: [{ ...row, name: ` ${row.name.toUpperCase()}`, amountMinor: row.amountMinor + 17n }],
        expected: [],
      };
    case 'joiner':
      return { rows: [row, other({ name: `Newcomer ${n}`, destination: elsewhere })], expected: [`joiner NEW-${n}`] };
    case 'leaver':
      return { rows: [], expected: [`leaver ${row.id}`] };
    case 'id':
      return { rows: [other({})], expected: [`id NEW-${n}`] };
    case 'amount':
      return { rows: [{ ...row, amountMinor: row.amountMinor * 2n }], expected: [`amount ${row.id}`] };
    case 'destination':
      return { rows: [{ ...row, destination: elsewhere }], expected: [`destination ${row.id}`] };
    case 'shared_destination':
      return {
        rows: [row, other({ name: `Newcomer ${n}`, amountMinor: 5n })],
        expected: [`joiner NEW-${n}`, `shared_destination NEW-${n}`],
      };
    case 'repeated_person':
      return {
        rows: [row, other({ amountMinor: 5n, ...(n % 2 === 0 ? { destination: elsewhere } : {}) })],
        expected: [`joiner NEW-${n}`, `repeated_person NEW-${n}`],
      };
  }
}

describe('a payroll against the one before', () => {
  it('shows every planted change and no other, in whatever order and batches the people stand', async () => {
    const kinds = fc.array(fc.constantFrom(...PLANTED), { minLength: 1, maxLength: 40 });
    const order = fc.array(fc.nat(), { minLength: 90, maxLength: 90 });
    await fc.assert(
      fc.asyncProperty(kinds, order, fc.nat(40), async (planted, keys, split) => {
        const before = staff(planted.length);
        const plants = planted.map((kind, n) => plant(kind, before[n] ?? payment(n), n));
        const rows = plants.flatMap((one) => one.rows);
        const shuffled = rows.map((row, at) => ({ row, key: keys[at] ?? 0 })).sort((a, b) => a.key - b.key);
        // Of two rows of one person the new one stands below.
        const file = shuffled
          .map(({ row }) => row)
          .sort((a, b) => Number(a.id.startsWith('NEW')) - Number(b.id.startsWith('NEW')));
        if (file.length === 0) return;
        const at = Math.min(split, before.length);
        const registered: Registered = [
          ['later', '2026-12', staff(2)],
          ...(at > 0 ? [['first', '2026-10', renumbered(before.slice(0, at))] as const] : []),
          ...(at < before.length ? [['second', '2026-10', renumbered(before.slice(at))] as const] : []),
          ['older', '2026-09', staff(3)],
          ['alone', null, staff(50)],
        ];
        const compared = await compare({ file: renumbered(file), registered });
        const others = found(compared).filter((text) => !text.startsWith('moved_money'));
        expect(others).toEqual(plants.flatMap((one) => one.expected).sort());
      }),
      { numRuns: 150 },
    );
  });

  it('shows money that moved between people, and none where the sum changed', async () => {
    const moves = fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.integer({ min: 1, max: 1000 })), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(moves, fc.constantFrom(0n, 1n), async (planted, more) => {
        const before = staff(10);
        const amounts = before.map(({ amountMinor }) => amountMinor);
        for (const [from, to, minor] of planted) {
          amounts[from] = (amounts[from] ?? 0n) - BigInt(minor);
          amounts[to] = (amounts[to] ?? 0n) + BigInt(minor);
        }
        amounts[9] = (amounts[9] ?? 0n) + more;
        const file = before.map((row, at) => ({ ...row, amountMinor: amounts[at] ?? 0n }));
        const moved = file.filter((row, at) => row.amountMinor !== before[at]?.amountMinor).map(({ id }) => id);
        const { changes } = await compare({ file, registered: [['october', '2026-10', before]] });
        const isMoved = more === 0n && moved.length > 0;
        expect(changes.map(({ kind, ids }) => [kind, ids])).toEqual(isMoved ? [['moved_money', moved]] : []);
      }),
      { numRuns: 100 },
    );
  });

  it('finds money that a leaver left to somebody', async () => {
    const before = staff(4);
    const [, second] = before;
    const rest = before
      .slice(1)
      .map((row) => (row === second ? { ...row, amountMinor: row.amountMinor + 1_000_000n } : row));
    const compared = await compare({ file: renumbered(rest), registered: [['october', '2026-10', before]] });
    expect(found(compared)).toEqual(['amount EMP-2', 'leaver EMP-1', 'moved_money ']);
  });

  it('is that of the occurrence before, whenever it was registered', async () => {
    const people = staff(3);
    const raised = people.map((row) => ({ ...row, amountMinor: row.amountMinor * 3n }));
    for (const [occurrence, previous, others] of [
      ['2026-11', '2026-10', ['2026-09', '2026-12']],
      ['2026-01', '2025-12', ['2025-11', '2026-02']],
      ['2026-W01', '2025-W52', ['2025-W51', '2026-W02']],
      ['2026-11-07', '2026-10-31', ['2026-10-24', '2026-11-14']],
      ['2026-11-07', '2026-10', ['2026-09-30', '2026-11-14']],
    ] as const) {
      const registered: Registered = [
        ['later', others[1], raised],
        ['previous', previous, people],
        ['earlier', others[0], raised],
      ];
      const compared = await compare({ file: people, occurrence, registered });
      expect([occurrence, compared.against, found(compared)]).toEqual([occurrence, ['previous'], []]);
    }
  });

  it('names a first occurrence, and is of the batch that a person names', async () => {
    const people = staff(3);
    const first = await compare({ file: people, registered: [['later', '2026-12', people]] });
    expect(first).toMatchObject({ against: [], changes: [] });
    expect(first.note).toContain('Batch now is the first occurrence of the series salaries in the ledger');
    const named = await compare({
      ...{ file: people.slice(1), occurrence: null, against: 'trial' },
      registered: [
        ['trial', null, people],
        ['october', '2026-10', staff(9)],
      ],
    });
    expect([named.against, found(named)]).toEqual([['trial'], ['leaver EMP-1']]);
  });

  it('counts people of other batches of the same occurrence as there, and adds up what they get', async () => {
    const before = staff(4);
    const bonus = before.slice(0, 1).map((row) => ({ ...row, amountMinor: 500_000n }));
    const october: Registered = [
      ['october', '2026-10', before],
      ['october-bonus', '2026-10', bonus],
    ];
    const whole = await compare({
      file: before.slice(0, 2),
      registered: [...october, ['rest', '2026-11', before.slice(2)]],
    });
    expect(found(whole)).toEqual(['amount EMP-1']);
    expect(whole.changes[0]?.text).toBe(
      '15,000.00 → 10,000.00 KES (-33.3 %, more than the 20 % of changes.amount; october line 2, october-bonus line 2).',
    );
    const withBonus: Registered = [...october, ['rest', '2026-11', before.slice(2)], ['bonus', '2026-11', bonus]];
    expect(found(await compare({ file: before.slice(0, 2), registered: withBonus }))).toEqual([]);
  });

  it('leaves out what is ignored', async () => {
    const before = staff(4);
    const file = [...before.slice(1), payment(99)];
    const all: ChangeKind[] = ['joiner', 'leaver'];
    for (const kind of all) {
      const setting = `${kind}s` as const;
      const changes: ChangeRules = { [setting]: 'ignore' };
      const compared = await compare({ file, registered: [['october', '2026-10', before]], changes });
      expect(compared.changes.map((change) => change.kind)).toEqual(all.filter((one) => one !== kind));
    }
  });
});
