import { describe, expect, it } from 'vitest';
import type { Registration } from '../../../src/ledger/records.ts';
import type { Bench } from '../conformance.ts';
import { BY, payments, registration, START } from '../sample.ts';

export function seriesCases({ ledger }: Bench): void {
  const of = (batch: string, series: string | null, occurrence: string | null): Registration => {
    const plain = registration(batch, payments(1), { refuseCopiesSince: null });
    return { ...plain, summary: { ...plain.summary, header: { ...plain.summary.header, series, occurrence } } };
  };
  const missed = (occurrence: string, batch: string | null = null) => {
    return { series: 'salaries', occurrence, batch, at: START };
  };
  const start = (rule: string, at: number) => ledger().noteSeriesStart({ series: 'salaries', rule, at, by: BY });

  describe('a series', () => {
    it('was never seen in a new ledger', async () => {
      expect(await ledger().seriesHistory('salaries')).toEqual({ start: null, batches: [], missed: [] });
    });

    it('starts once with each rule, and again where its start lies in the future', async () => {
      const first = { series: 'salaries', rule: 'monthly', at: START };
      expect(await start('monthly', START)).toEqual(first);
      expect(await start('monthly', START + 5)).toEqual(first);
      await ledger().noteSeriesStart({ series: 'wages', rule: 'weekly', at: START, by: BY });
      expect((await ledger().seriesHistory('salaries')).start).toEqual(first);
      expect(await start('weekly', START + 9)).toEqual({ ...first, rule: 'weekly', at: START + 9 });
      expect((await ledger().seriesHistory('salaries')).start).toEqual({ ...first, rule: 'weekly', at: START + 9 });
      expect(await start('weekly', START + 3)).toEqual({ ...first, rule: 'weekly', at: START + 3 });
    });

    it('has its batches and those with the id of an occurrence, and no others', async () => {
      await ledger().register(of('salaries-2026-11-25', 'salaries', '2026-11-25'));
      await ledger().register(of('november', 'salaries', '2026-11'));
      await ledger().register(of('salaries-2026-12-25', null, null));
      await ledger().register(of('salaries-bonus', null, null));
      await ledger().register(of('salaries.2026-12-25', null, null));
      await ledger().register(of('salaries-extra-2026-12-25', 'salaries-extra', '2026-12-25'));
      const { batches } = await ledger().seriesHistory('salaries');
      expect(batches.map(({ header }) => [header.id, header.series, header.occurrence])).toEqual([
        ['salaries-2026-11-25', 'salaries', '2026-11-25'],
        ['november', 'salaries', '2026-11'],
        ['salaries-2026-12-25', null, null],
      ]);
      expect(await ledger().batch('salaries-2026-11-25')).toEqual(batches[0]);
    });

    it('notes each missed occurrence once', async () => {
      expect(await ledger().noteMissed([missed('2026-11-25'), missed('2026-10-25', 'october')], BY)).toHaveLength(2);
      const again = await ledger().noteMissed([missed('2026-11-25', 'november'), missed('2026-12-25')], BY);
      expect(again).toEqual([missed('2026-12-25')]);
      expect((await ledger().seriesHistory('salaries')).missed).toEqual([
        missed('2026-10-25', 'october'),
        missed('2026-11-25'),
        missed('2026-12-25'),
      ]);
      expect((await ledger().seriesHistory('wages')).missed).toEqual([]);
    });

    it('has one memo of when it comes next, of the newest configuration', async () => {
      const memo = { key: 'one', nextAt: START, series: ['salaries'], templates: ['/x/salaries.csv'] };
      expect(await ledger().rememberedSchedule('one')).toBeNull();
      await ledger().rememberSchedule(memo);
      expect(await ledger().rememberedSchedule('one')).toEqual(memo);
      expect(await ledger().rememberedSchedule('two')).toBeNull();
      await ledger().rememberSchedule({ ...memo, key: 'two', nextAt: null });
      expect(await ledger().rememberedSchedule('two')).toEqual({ ...memo, key: 'two', nextAt: null });
      expect(await ledger().rememberedSchedule('one')).toBeNull();
    });
  });
}
