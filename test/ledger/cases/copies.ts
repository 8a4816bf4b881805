import { describe, expect, it } from 'vitest';
import { copyFingerprints, type Payment } from '../../../src/domain/payment.ts';
import { SIMULATOR_HOST } from '../../../src/domain/place.ts';
import type { CopySearch } from '../../../src/ledger/copy-rules.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import type { AttemptResult, Registration } from '../../../src/ledger/records.ts';
import type { Bench } from '../conformance.ts';
import { answer, claim, lockedAccount, one, payment, payments, placed, registration, START } from '../sample.ts';

const DAY = 86_400_000;

const SEARCH: CopySearch = {
  batch: 'november',
  series: null,
  occurrence: null,
  since: START - DAY,
  now: START,
  isClockTrusted: true,
  isSimulation: false,
};

export function copyCases({ ledger }: Bench): void {
  const register = (batch: string, list: readonly Payment[], change: Partial<Registration> = {}) =>
    ledger().register(registration(batch, list, change));
  const registerOf = (occurrence: string, batch: string, change: Partial<Registration> = {}) => {
    const { summary } = registration(batch, payments(4));
    const header = { ...summary.header, series: 'salaries', occurrence };
    return register(batch, payments(4), { ...change, summary: { ...summary, header } });
  };

  describe('looking for copies', () => {
    it('refuses a batch of which half stands in another batch', async () => {
      await register('october', payments(4));
      const half = await register('november', [payment(1), payment(2), payment(8), payment(9)]);
      expect(half).toEqual({ kind: 'copy', of: ['october'], matches: 2 });
      expect(await ledger().batch('november')).toBeNull();
    });

    it('adds up what stands in several batches, the one with the most first', async () => {
      await register('week-1', [payment(1)]);
      await register('week-2', [payment(2), payment(3)]);
      const all = [payment(1), payment(2), payment(3), payment(4), payment(5), payment(6)];
      expect(await register('november', all)).toEqual({ kind: 'copy', of: ['week-2', 'week-1'], matches: 3 });
      const less = [payment(1), payment(2), payment(8), payment(9), payment(10)];
      expect(await register('december', less)).toEqual({ kind: 'registered' });
    });

    it('finds the same destination and amount under another id, and the same id and amount elsewhere', async () => {
      await register('october', [payment(1)]);
      const renamed = payment(1, { id: '1', name: 'Other', narrative: 'Other', line: 77 });
      expect(await register('renamed', [renamed])).toMatchObject({ kind: 'copy', of: ['october'] });
      const moved = payment(1, { destination: { kind: 'till', till: '123456' } });
      expect(await register('moved', [moved])).toMatchObject({ kind: 'copy', of: ['october'] });
    });

    it('takes another amount or currency, or another id with another destination, for another payment', async () => {
      await register('october', [payment(1)]);
      const others = [
        payment(1, { amountMinor: 1n }),
        payment(1, { currency: 'UGX' }),
        payment(1, { id: 'EMP-2', destination: { kind: 'till', till: '+254700000001' } }),
      ];
      for (const [index, other] of others.entries()) {
        expect(await register(`b${index}`, [other])).toEqual({ kind: 'registered' });
      }
    });

    it('looks no further back than the window, and not at all where a person allowed it', async () => {
      await register('october', payments(4), { at: START - 5000 });
      const since = START - 4999;
      expect(await register('november', payments(4), { refuseCopiesSince: since })).toEqual({ kind: 'registered' });
      const allowed = await register('december', payments(4), { refuseCopiesSince: null });
      expect(allowed).toEqual({ kind: 'registered' });
    });

    it('compares occurrences of a series that overlap, however old', async () => {
      await registerOf('2026-11', 'month', { at: START - 30 * DAY });
      for (const occurrence of ['2026-11-01', '2026-W49']) {
        const part = await registerOf(occurrence, `part-${occurrence.toLowerCase()}`, { refuseCopiesSince: START - 1 });
        expect(part).toMatchObject({ kind: 'copy', of: ['month'] });
      }
      expect(await registerOf('2026-12-31', 'other-month', { refuseCopiesSince: START - 1 })).toEqual({
        kind: 'registered',
      });
    });

    it('compares no two occurrences of a series, and two batches of one occurrence however old', async () => {
      await registerOf('2026-10', 'october', { at: START - 30 * DAY });
      expect(await registerOf('2026-11', 'november')).toEqual({ kind: 'registered' });
      const again = await registerOf('2026-10', 'october-2', { refuseCopiesSince: START - 1 });
      expect(again).toMatchObject({ kind: 'copy', of: ['october'] });
      expect(await register('alone', payments(4))).toMatchObject({ kind: 'copy', of: ['november'] });
      expect((await ledger().batch('november'))?.header).toMatchObject({ series: 'salaries', occurrence: '2026-11' });
    });

    it('counts no payment that was cancelled, and one that failed: a retry would send it', async () => {
      await register('october', payments(2));
      const [first, second] = await sentPayments(ledger(), 'october');
      await ledger().record({ ...first, status: 'failed' });
      await ledger().record({ ...second, status: 'pending' });
      const { reference } = await one(ledger(), 'EMP-2', 'october');
      const report = { kind: 'cancelled', evidence: { code: 'c', reason: 'Cancelled.' } } as const;
      await ledger().recordReport({ reference, report, source: 'query', at: START, by: 'x' });
      expect(await register('one', [payment(1)])).toMatchObject({ kind: 'copy', matches: 1 });
      expect(await register('two', [payment(2)])).toEqual({ kind: 'registered' });
    });

    it('counts what the simulator paid, and what is planned beside it, for a rehearsal only', async () => {
      const [simulated, other] = [payments(4), payments(6, { account: 'other' }).slice(4)];
      await register('rehearsed', [...simulated, ...other]);
      const owner = { command: 'run', pid: process.pid, host: 'desk', at: START };
      const locked = await ledger().lockAccount(placed('demo', { host: SIMULATOR_HOST }), owner);
      if (locked.kind === 'busy') throw new Error('busy');
      for (const claimed of await claim(ledger(), locked.lock, 2, 'rehearsed')) {
        await ledger().record(answer(claimed, claimed.instruction.id === 'EMP-1' ? 'paid' : 'failed'));
      }
      // Under its new reference the failed one was sent nowhere.
      const named = { batch: 'rehearsed', idKeys: null, accounts: ['demo'], at: START, by: 'x' };
      expect(await ledger().retry(named)).toBe(1);
      const all = [...simulated, ...other].map(copyFingerprints);
      const found = async (isSimulation: boolean): Promise<number[]> =>
        (await ledger().copies(all, { ...SEARCH, isSimulation })).map(({ index }) => index);
      expect([await found(true), await found(false)]).toEqual([
        [0, 1, 2, 3, 4, 5],
        [4, 5],
      ]);
      expect(await register('again', simulated, { isSimulation: true })).toMatchObject({ kind: 'copy', matches: 4 });
      expect(await register('live', simulated)).toEqual({ kind: 'registered' });
    });

    it('counts the newest fifty batches, whenever they were registered, where times cannot be trusted', async () => {
      const year2000 = Date.UTC(2000, 0, 1);
      await register('october', payments(4), { at: year2000 });
      expect((await ledger().batch('october'))?.isTimeTrusted).toBe(false);
      expect(await register('november', payments(4))).toMatchObject({ kind: 'copy', of: ['october'] });
      for (let number = 10; number < 60; number++) {
        await register(`b${number}`, [payment(number)], { at: START - 2 * DAY });
      }
      expect(await register('november', payments(4))).toEqual({ kind: 'registered' });
    });

    it('trusts no time where the clock stands wrong now, nor where times are not in the order of the batches', async () => {
      const old = { at: START - 30 * DAY };
      await register('october', payments(4), old);
      const late = { isClockTrusted: false, at: START + 400 * DAY, refuseCopiesSince: START + 380 * DAY };
      expect(await register('november', payments(4), late)).toMatchObject({ kind: 'copy', of: ['october'] });
      await register('ahead', [payment(8)], { at: START + 400 * DAY });
      await register('back', [payment(9)]);
      expect((await ledger().batch('back'))?.isTimeTrusted).toBe(false);
      expect(await register('november', payments(4))).toMatchObject({ kind: 'copy', of: ['october'] });
    });

    it('believes the time of no batch that was worked on while the clock stood wrong', async () => {
      expect(await ledger().newestEntryAt()).toBeNull();
      await register('october', payments(4), { at: START - 30 * DAY });
      expect(await ledger().newestEntryAt()).toBe(START - 30 * DAY);
      expect(await register('november', payments(4), { refuseCopiesSince: START })).toEqual({ kind: 'registered' });
      await ledger().distrustTimes(['november', 'of no ledger']);
      expect((await ledger().batch('november'))?.isTimeTrusted).toBe(false);
      const december = await register('december', payments(4), { at: START + 1, refuseCopiesSince: START + 1 });
      expect(december).toMatchObject({ kind: 'copy', of: ['november'] });
    });

    it('names for each payment the newest one that it repeats, however many are asked about', async () => {
      await register('october', payments(1200));
      const list = [payment(5000), ...payments(1200), payment(7, { id: 'NEW' })];
      const matches = await ledger().copies(list.map(copyFingerprints), SEARCH);
      expect(matches).toHaveLength(1201);
      const known = { batch: 'october', id: 'EMP-7', line: 8, status: 'planned', sentAt: null, settledAt: null };
      expect(matches).toContainEqual({ index: 7, by: 'destination', ...known });
      expect(matches).toContainEqual({ index: 1201, by: 'destination', ...known });
      await register('copy', [payment(7)], { refuseCopiesSince: null });
      const [newest] = await ledger().copies([copyFingerprints(payment(7))], SEARCH);
      expect(newest).toMatchObject({ batch: 'copy' });
      expect(await ledger().comparedBatches({ ...SEARCH, batch: 'copy', since: START + 1 })).toEqual([]);
      expect((await ledger().comparedBatches(SEARCH)).map(({ id }) => id)).toEqual(['october', 'copy']);
    });
  });
}

async function sentPayments(ledger: Ledger, batch: string): Promise<[AttemptResult, AttemptResult]> {
  const lock = await lockedAccount(ledger);
  const [first, second] = await claim(ledger, lock, 2, batch);
  if (first === undefined || second === undefined) throw new Error('nothing was claimed');
  return [answer(first, 'failed'), answer(second, 'failed')];
}
