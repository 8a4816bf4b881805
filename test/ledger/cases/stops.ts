import { describe, expect, it } from 'vitest';
import { ALL_ACCOUNTS, type Pause } from '../../../src/ledger/stops.ts';
import type { Bench } from '../conformance.ts';
import { all, answer, BY, claim, lockedAccount, one, payment, payments, registration, START } from '../sample.ts';

const PERSON = { by: 'mary on desk', at: START } as const;

export function stopCases({ ledger }: Bench): void {
  const pause = (scope: Pause['scope'], name: string): Promise<Pause> =>
    ledger().pause({ scope, name, ...PERSON, because: 'wrong list' });

  describe('pausing', () => {
    it('refuses every claim of a paused account, a paused batch, or all accounts, until it goes on', async () => {
      await ledger().register(registration('november', payments(3)));
      const lock = await lockedAccount(ledger());
      for (const [scope, name] of [
        ['account', 'demo'],
        ['batch', 'november'],
        ['account', ALL_ACCOUNTS],
      ] as const) {
        await pause(scope, name);
        const refused = claim(ledger(), lock, 3);
        await expect(refused).rejects.toMatchObject({ fault: 'paused' });
        await expect(refused).rejects.toThrow(/mary on desk.*wrong list/);
        expect(await ledger().resume({ scope, name, ...PERSON })).toMatchObject({ name, because: 'wrong list' });
        expect(await ledger().pauses()).toEqual([]);
      }
      expect((await all(ledger())).map(({ status }) => status)).toEqual(['planned', 'planned', 'planned']);
      expect(await claim(ledger(), lock, 3)).toHaveLength(3);
    });

    it('lets other accounts and batches go on', async () => {
      await ledger().register(registration('november', payments(1)));
      const lock = await lockedAccount(ledger());
      await pause('account', 'other');
      await pause('batch', 'demo');
      await pause('account', 'november');
      expect(await claim(ledger(), lock)).toHaveLength(1);
    });

    it('refuses a re-send of a paused account or batch', async () => {
      await ledger().register(registration('november', payments(1)));
      const lock = await lockedAccount(ledger());
      const [claimed] = await claim(ledger(), lock);
      if (claimed === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(claimed, 'unknown'));
      const request = { lock, references: [claimed.instruction.reference], limit: 1, at: START, by: BY };
      for (const [scope, name] of [
        ['account', 'demo'],
        ['batch', 'november'],
      ] as const) {
        await pause(scope, name);
        await expect(ledger().claimForResend(request)).rejects.toMatchObject({ fault: 'paused' });
        await ledger().resume({ scope, name, ...PERSON });
      }
      expect(await ledger().claimForResend(request)).toHaveLength(1);
    });

    it('puts the reports behind that say why payments are not sent, and no others', async () => {
      await ledger().register(registration('november', payments(1), { canaries: [] }));
      await ledger().register(
        registration('other', [payment(2, { account: 'other' }), payment(3, { account: 'other' })]),
      );
      const revisions = async (): Promise<(number | undefined)[]> =>
        Promise.all(['november', 'other'].map(async (batch) => (await ledger().batch(batch))?.revision));
      const resume = (scope: Pause['scope'], name: string): Promise<Pause | null> =>
        ledger().resume({ scope, name, ...PERSON });
      expect(await revisions()).toEqual([0, 0]);
      await pause('account', 'demo');
      await pause('account', 'demo');
      expect(await revisions()).toEqual([1, 0]);
      await resume('account', 'demo');
      await resume('account', 'demo');
      expect(await revisions()).toEqual([2, 0]);
      await pause('batch', 'other');
      await pause('account', ALL_ACCOUNTS);
      expect(await revisions()).toEqual([3, 2]);
      await ledger().setCanary({ batch: 'other', account: 'other', size: 1, ...PERSON });
      await ledger().releaseCanaries({ batch: 'other', ...PERSON });
      await ledger().releaseCanaries({ batch: 'other', ...PERSON });
      expect(await revisions()).toEqual([3, 3]);
    });

    it('keeps the first of two pauses of one thing, and ends none that is not in force', async () => {
      const first = await pause('account', 'demo');
      const second = await ledger().pause({
        scope: 'account',
        name: 'demo',
        by: 'joe',
        at: START + 1,
        because: 'me too',
      });
      expect(second).toEqual(first);
      expect(await ledger().pauses()).toEqual([first]);
      expect(await ledger().resume({ scope: 'batch', name: 'demo', ...PERSON })).toBeNull();
      expect(await ledger().resume({ scope: 'account', name: 'demo', ...PERSON })).toEqual(first);
      expect(await ledger().resume({ scope: 'account', name: 'demo', ...PERSON })).toBeNull();
    });
  });

  describe('cancelling', () => {
    const request = { batch: 'november', because: 'left the company', ...PERSON };

    it('ends planned payments by a person, and no others', async () => {
      await ledger().register(registration('november', payments(4)));
      const lock = await lockedAccount(ledger());
      const claims = await claim(ledger(), lock, 2);
      const [first] = claims;
      if (first === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(first, 'paid'));
      const named = await ledger().cancel({ ...request, idKeys: ['emp-1', 'emp-3', 'emp-9'] });
      expect(named).toEqual([(await one(ledger(), 'EMP-3')).reference]);
      expect(await one(ledger(), 'EMP-3')).toMatchObject({
        status: 'cancelled',
        isCancelledByPerson: true,
        code: 'cancelled-by-person',
        reason: 'Cancelled by mary on desk: left the company',
        settledAt: START,
      });
      expect(await ledger().cancel({ ...request, idKeys: null })).toHaveLength(1);
      expect((await all(ledger())).map(({ status }) => status)).toEqual([
        'paid',
        'submitting',
        'cancelled',
        'cancelled',
      ]);
      expect(await claim(ledger(), lock, 9)).toEqual([]);
      expect(await ledger().cancel({ ...request, idKeys: null })).toEqual([]);
    });

    it('tells what a person cancelled from what a provider cancelled', async () => {
      await ledger().register(registration('november', payments(2)));
      const lock = await lockedAccount(ledger());
      const [claimed] = await claim(ledger(), lock);
      if (claimed === undefined) throw new Error('nothing claimed');
      await ledger().cancel({ ...request, idKeys: null });
      await ledger().record(answer(claimed, 'paid'));
      expect(await ledger().unpaidBatches()).toEqual(new Map());
      await ledger().register(registration('december', payments(2), { refuseCopiesSince: null }));
      const [sent] = await claim(ledger(), lock, 1, 'december');
      if (sent === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(sent, 'pending'));
      const { reference } = sent.instruction;
      const report = { kind: 'cancelled', evidence: { code: 'C', reason: 'Cancelled there.' } } as const;
      await ledger().recordReport({ reference, report, source: 'query', at: START, by: BY });
      await ledger().cancel({ ...request, batch: 'december', idKeys: null });
      const tallies = await ledger().tallies('december');
      expect(tallies.map(({ status, isByPerson, count }) => [status, isByPerson === true, count]).sort()).toEqual([
        ['cancelled', false, 1],
        ['cancelled', true, 1],
      ]);
      expect(await ledger().unpaidBatches()).toEqual(new Map([['december', new Set(['cancelled'])]]));
    });

    it('cancels more than one page of them, and needs the batch', async () => {
      await ledger().register(registration('november', payments(2500)));
      expect(await ledger().cancel({ ...request, idKeys: null })).toHaveLength(2500);
      await expect(ledger().cancel({ ...request, batch: 'nothing', idKeys: null })).rejects.toMatchObject({
        fault: 'missing',
      });
    });
  });
}
