import { describe, expect, it } from 'vitest';
import type { Payment } from '../../../src/domain/payment.ts';
import { foldId } from '../../../src/domain/reference.ts';
import type { AttemptResult } from '../../../src/ledger/records.ts';
import type { Bench } from '../conformance.ts';
import { answer, BY, claim, lockedAccount, payment, payments, registration, START } from '../sample.ts';

export function payrollCases({ ledger }: Bench): void {
  const register = async (batch: string, rows: readonly Payment[], occurrence: string | null = null): Promise<void> => {
    const { summary, ...rest } = registration(batch, rows, { refuseCopiesSince: null });
    const series = occurrence === null ? null : 'salaries';
    const header = { ...summary.header, series, occurrence };
    expect(await ledger().register({ ...rest, summary: { ...summary, header } })).toEqual({ kind: 'registered' });
  };
  const send = async (batch: string, end: AttemptResult['status']): Promise<void> => {
    const lock = await lockedAccount(ledger());
    for (const claimed of await claim(ledger(), lock, 9, batch)) await ledger().record(answer(claimed, end));
    await lock.release();
  };
  const correction = (id: string, batch: string, change: Partial<Payment>): Payment =>
    payment(9, { id, idKey: foldId(id), replaces: { batch, id: 'EMP-1', idKey: 'emp-1' }, ...change });
  const ids = async (batch: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const page of ledger().payrollIds(batch)) found.push(...page);
    return found;
  };

  describe('earlier payrolls', () => {
    it('are the batches of a series, with their occurrences', async () => {
      await register('october', payments(2), '2026-10');
      await register('november', payments(3), '2026-11');
      await register('alone', payments(1));
      const found = await ledger().seriesBatches('salaries');
      expect(found.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
        { id: 'november', occurrence: '2026-11', count: 3 },
        { id: 'october', occurrence: '2026-10', count: 2 },
      ]);
      expect(await ledger().seriesBatches('wages')).toEqual([]);
    });

    it('are read by folded id, in all the batches that are named, whatever became of their payments', async () => {
      await register('main', payments(3));
      await register('bonus', [payment(1, { amountMinor: 500n, name: 'Somebody' })]);
      await register('other', payments(3));
      await ledger().cancel({ batch: 'main', idKeys: ['emp-2'], because: 'left', by: BY, at: START });
      const found = await ledger().payrollPayments(['main', 'bonus'], ['emp-1', 'emp-2', 'emp-7']);
      const texts = found.map(({ batch, id, idKey, line, amountMinor, status }) =>
        [batch, id, idKey, line, amountMinor, status].join(' '),
      );
      expect(texts.sort()).toEqual([
        'bonus EMP-1 emp-1 2 500 planned',
        'main EMP-1 emp-1 2 100001 planned',
        'main EMP-2 emp-2 3 100002 cancelled',
      ]);
      expect(found.find(({ batch }) => batch === 'bonus')).toMatchObject({
        ...{ name: 'Somebody', currency: 'KES', destination: payment(1).destination },
      });
    });

    it('count what was corrected as its newest correction, under the id that it had', async () => {
      await register('october', payments(2), '2026-10');
      await send('october', 'failed');
      const first = { kind: 'till', till: '111' } as const;
      await register('fix', [correction('EMP-1', 'october', { destination: first })], '2026-10');
      const [once] = await ledger().payrollPayments(['october', 'fix'], ['emp-1']);
      expect(once).toMatchObject({ id: 'EMP-1', batch: 'fix', line: 10, destination: first, status: 'planned' });
      await send('fix', 'failed');
      const second = { kind: 'till', till: '222' } as const;
      const again = correction('EMP-9', 'fix', { destination: second, amountMinor: 7n, name: 'Right' });
      await register('fix-2', [again], '2026-10');
      const found = await ledger().payrollPayments(['october', 'fix', 'fix-2'], ['emp-1', 'emp-2', 'emp-9']);
      expect(found).toHaveLength(2);
      expect(found.find(({ idKey }) => idKey === 'emp-1')).toEqual({
        ...{ id: 'EMP-1', idKey: 'emp-1', batch: 'fix-2', line: 10, name: 'Right' },
        ...{ destination: second, amountMinor: 7n, currency: 'KES', status: 'planned' },
      });
      expect([await ids('october'), await ids('fix'), await ids('fix-2')]).toEqual([['emp-1', 'emp-2'], [], []]);
    });

    it('are read in pages', async () => {
      const many = payments(1203);
      await register('october', many);
      expect(await ids('october')).toEqual(many.map(({ idKey }) => idKey).sort());
      const keys = many.map(({ idKey }) => idKey);
      expect(await ledger().payrollPayments(['october'], [...keys, 'nobody'])).toHaveLength(1203);
    });
  });
}
