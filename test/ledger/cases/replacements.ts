import { describe, expect, it } from 'vitest';
import type { Payment } from '../../../src/domain/payment.ts';
import { foldId, paymentReference } from '../../../src/domain/reference.ts';
import type { AttemptResult, Registration, RegisterResult } from '../../../src/ledger/records.ts';
import type { Bench } from '../conformance.ts';
import { answer, BY, claim, lockedAccount, one, payment, payments, registration, START } from '../sample.ts';

/** A row that corrects a row of another batch: a new phone. */
function correction(number: number, batch: string, id = `EMP-${number}`): Payment {
  const replaces = { batch, id, idKey: foldId(id) };
  return payment(number, { destination: { kind: 'mobile', phone: `+25471000000${number}` }, replaces });
}

export function replacementCases({ ledger }: Bench): void {
  /** The batch `november` whose two payments have failed. */
  async function twoFailed(): Promise<void> {
    await ledger().register(registration('november', payments(2)));
    await send('november', 'failed');
  }

  /** Sends what is planned of a batch, and records this end of it. */
  async function send(batch: string, end: AttemptResult['status']): Promise<string> {
    const lock = await lockedAccount(ledger());
    const claims = await claim(ledger(), lock, 9, batch);
    for (const claimed of claims) await ledger().record(answer(claimed, end));
    await lock.release();
    return claims[0]?.instruction.reference ?? '';
  }

  const register = (batch: string, ...rows: Payment[]): Promise<RegisterResult> =>
    ledger().register(registration(batch, rows));
  const retry = (batch: string): Promise<number> =>
    ledger().retry({ batch, idKeys: null, accounts: ['demo'], at: START, by: BY });
  const status = async (batch: string, id = 'EMP-1'): Promise<string> => (await one(ledger(), id, batch)).status;
  const report = (reference: string, kind: 'paid' | 'failed' | 'cancelled'): Promise<unknown> =>
    ledger().recordReport({
      ...{ reference, report: { kind, evidence: { code: 'R', reason: `It is ${kind}.` } } },
      ...{ source: 'query', at: START, by: BY },
    });

  describe('replacing', () => {
    it('registers a correction and replaces what it names, which no retry sends', async () => {
      await twoFailed();
      expect(await register('fix', correction(1, 'november'))).toEqual({ kind: 'registered' });
      expect(await one(ledger(), 'EMP-1', 'november')).toMatchObject({
        status: 'replaced',
        reason: expect.stringMatching(/^Replaced by fix\/EMP-1\./) as string,
      });
      expect([await status('fix'), await status('november', 'EMP-2')]).toEqual(['planned', 'failed']);
      expect(await retry('november')).toBe(1);
      expect(await status('november')).toBe('replaced');
      await send('fix', 'paid');
      expect([await status('november'), await status('fix')]).toEqual(['replaced', 'paid']);
    });

    for (const end of ['failed', 'cancelled'] as const) {
      it(`opens what was replaced as failed when the correction is ${end}`, async () => {
        await twoFailed();
        await register('fix', correction(1, 'november'));
        const reference = await send('fix', 'pending');
        await report(reference, end);
        expect([await status('november'), await status('fix')]).toEqual(['failed', end]);
        expect((await one(ledger(), 'EMP-1', 'november')).reason).toContain(
          'fix/EMP-1, which replaced it, was not paid',
        );
      });
    }

    it('opens it again when a person cancels the correction', async () => {
      await twoFailed();
      await register('fix', correction(1, 'november'));
      await ledger().cancel({ batch: 'fix', idKeys: null, because: 'no', by: 'mary', at: START });
      expect([await status('november'), await status('fix')]).toEqual(['failed', 'cancelled']);
      expect(await retry('november')).toBe(2);
    });

    it('opens what a person had cancelled as cancelled, which only a retry by name sends', async () => {
      await ledger().register(registration('november', payments(1)));
      const cancel = (batch: string): Promise<unknown> =>
        ledger().cancel({ batch, idKeys: null, because: 'no', by: 'mary', at: START });
      await cancel('november');
      await register('fix', correction(1, 'november'));
      expect(await status('november')).toBe('replaced');
      await cancel('fix');
      const opened = await one(ledger(), 'EMP-1', 'november');
      expect(opened).toMatchObject({ status: 'cancelled', isCancelledByPerson: true });
      expect((await ledger().tallies('november'))[0]).toMatchObject({ status: 'cancelled', isByPerson: true });
      expect(await retry('november')).toBe(0);
    });

    it('opens what the provider had cancelled as cancelled', async () => {
      await ledger().register(registration('november', payments(1)));
      await report(await send('november', 'pending'), 'cancelled');
      await register('fix', correction(1, 'november'));
      await send('fix', 'failed');
      const opened = await one(ledger(), 'EMP-1', 'november');
      expect(opened).toMatchObject({ status: 'cancelled', isCancelledByPerson: false });
    });

    describe('and a person who records that the old payment was paid', () => {
      const paid = async (batch: string): Promise<string> => {
        const { reference } = await one(ledger(), 'EMP-1', batch);
        const decision = { reference, status: 'paid', because: 'statement', providerReference: null } as const;
        const dry = await ledger().resolvable({ ...decision, by: 'mary', at: START });
        expect((await ledger().resolve({ ...decision, by: 'mary', at: START })).status).toBe(dry);
        return dry;
      };

      it('cancels a correction that was never sent, so that one of the two was paid', async () => {
        await twoFailed();
        await register('fix', correction(1, 'november'));
        await register('other', correction(2, 'november'));
        expect(await paid('november')).toBe('paid');
        expect(await one(ledger(), 'EMP-1', 'fix')).toMatchObject({ status: 'cancelled', isCancelledByPerson: true });
        expect((await one(ledger(), 'EMP-1', 'fix')).reason).toContain('november/EMP-1, which it corrects, was paid');
        expect(await status('other', 'EMP-2')).toBe('planned');
        const again = { batch: 'fix', idKeys: ['emp-1'], accounts: ['demo'], at: START, by: BY };
        expect(await ledger().retry(again)).toBe(0);
      });

      for (const end of ['pending', 'unknown', 'paid'] as const) {
        it(`displays a contradiction at both where the correction is ${end}`, async () => {
          await twoFailed();
          await register('fix', correction(1, 'november'));
          await send('fix', end);
          expect(await paid('november')).toBe('replaced');
          for (const [batch, then] of [
            ['november', 'replaced'],
            ['fix', end],
          ] as const) {
            expect(await one(ledger(), 'EMP-1', batch)).toMatchObject({ status: then, code: 'contradiction' });
          }
          expect((await ledger().contradictions()).get('fix')).toMatchObject({ undecided: 1, replaced: 0 });
          expect((await ledger().contradictions()).get('november')).toMatchObject({ undecided: 0, replaced: 1 });
        });
      }

      it('cancels the newest correction where others were replaced in between', async () => {
        await twoFailed();
        await register('fix', correction(1, 'november'));
        await send('fix', 'failed');
        await register('fix-2', correction(1, 'fix'));
        expect(await paid('november')).toBe('paid');
        expect([await status('fix'), await status('fix-2')]).toEqual(['replaced', 'cancelled']);
      });
    });

    describe('after a recovery, with a correction of a payment that is still open here', () => {
      /** `november` is unknown, and so is its correction, which only the lost ledger had seen fail. */
      async function bothUnknown(): Promise<readonly [string, string]> {
        await ledger().register(registration('november', payments(1)));
        const old = await send('november', 'unknown');
        const lost = { ...registration('fix', [correction(1, 'november')]), isRecovery: true };
        expect(await ledger().register(lost)).toEqual({ kind: 'registered' });
        await ledger().beginRecovery({ because: 'disk', by: 'mary', at: START, counter: 1, missing: 'x' });
        await ledger().endRecovery(START);
        return [old, (await one(ledger(), 'EMP-1', 'fix')).reference];
      }

      it('replaces the one that ended unpaid while the other may have been paid, and retries none', async () => {
        const [old, newer] = await bothUnknown();
        await report(newer, 'paid');
        await report(old, 'failed');
        expect([await status('november'), await status('fix')]).toEqual(['replaced', 'paid']);
        expect(await retry('november')).toBe(0);
      });

      it('opens both where both ended unpaid', async () => {
        const [old, newer] = await bothUnknown();
        await report(newer, 'failed');
        expect([await status('november'), await status('fix')]).toEqual(['unknown', 'replaced']);
        await report(old, 'failed');
        expect([await status('november'), await status('fix')]).toEqual(['failed', 'failed']);
      });

      it('displays a contradiction at both where both were paid', async () => {
        const [old, newer] = await bothUnknown();
        await report(old, 'paid');
        await report(newer, 'paid');
        for (const batch of ['november', 'fix']) {
          expect(await one(ledger(), 'EMP-1', batch)).toMatchObject({ status: 'paid', code: 'contradiction' });
          expect((await ledger().contradictions()).get(batch)).toMatchObject({ undecided: 1 });
        }
      });
    });

    it('lets one of a failed payment and its failed correction be retried, and never both', async () => {
      await twoFailed();
      await register('fix', correction(1, 'november'));
      await send('fix', 'failed');
      expect(await retry('fix')).toBe(1);
      expect([await status('november'), await status('fix')]).toEqual(['replaced', 'planned']);
      expect(await retry('november')).toBe(1);
      expect(await status('november')).toBe('replaced');
      await send('fix', 'failed');
      expect(await status('november')).toBe('failed');
      expect(await retry('november')).toBe(1);
      expect([await status('november'), await status('fix')]).toEqual(['planned', 'replaced']);
      expect(await retry('fix')).toBe(0);
      await send('november', 'paid');
      expect([await status('november'), await status('fix')]).toEqual(['paid', 'replaced']);
    });

    it('takes a second correction after the first has failed, by its name or by that of the first row', async () => {
      for (const named of ['fix', 'november']) {
        await ledger().register(registration(`${named}-0`, payments(1), { refuseCopiesSince: null }));
        await send(`${named}-0`, 'failed');
        await register(`${named}-1`, correction(1, `${named}-0`));
        await send(`${named}-1`, 'failed');
        const second = correction(1, named === 'fix' ? `${named}-1` : `${named}-0`);
        expect(await register(`${named}-2`, second)).toEqual({ kind: 'registered' });
        expect([await status(`${named}-0`), await status(`${named}-1`)]).toEqual(['replaced', 'replaced']);
        expect([await retry(`${named}-0`), await retry(`${named}-1`)]).toEqual([0, 0]);
        await send(`${named}-2`, 'failed');
        expect([await status(`${named}-0`), await status(`${named}-1`)]).toEqual(['failed', 'failed']);
      }
    });

    it('refuses a correction of anything that may be sent or was paid, naming what stands for it', async () => {
      await ledger().register(registration('november', payments(3)));
      const lock = await lockedAccount(ledger());
      const [first, second] = await claim(ledger(), lock, 2);
      if (first === undefined || second === undefined) throw new Error('nothing claimed');
      await ledger().record(answer(first, 'paid'));
      await ledger().record(answer(second, 'unknown'));
      await lock.release();
      const rows = [correction(1, 'november'), correction(2, 'november'), correction(3, 'november')];
      const refused = await register('fix', ...rows, correction(4, 'november'), correction(5, 'fix'));
      expect(refused).toMatchObject({
        kind: 'not-replaceable',
        rows: [/is paid/, /is unknown/, /is planned/, /no payment november\/EMP-4/, /this batch itself/].map(
          (message) => ({
            message: expect.stringMatching(message) as string,
          }),
        ),
      });
      expect(await ledger().batch('fix')).toBeNull();
      await twoFailedAs('december');
      await register('fix-1', correction(1, 'december'));
      expect(await register('fix-2', correction(1, 'december'))).toMatchObject({
        rows: [{ message: expect.stringMatching(/fix-1\/EMP-1 stands for it and is planned/) as string }],
      });
    });

    async function twoFailedAs(batch: string): Promise<void> {
      await ledger().register(registration(batch, payments(2), { refuseCopiesSince: null }));
      await send(batch, 'failed');
    }

    it('refuses two rows for one, and a row whose failure waits to be confirmed', async () => {
      await twoFailed();
      const twice = await register('fix', correction(1, 'november'), { ...correction(2, 'november', 'EMP-1') });
      expect(twice).toMatchObject({
        rows: [{ id: 'EMP-2', message: expect.stringContaining('earlier row') as string }],
      });
      const { reference } = await one(ledger(), 'EMP-1');
      await ledger().storeCallback({
        ...{ account: 'demo', deduplicationKey: 'k', segment: '', body: '{}', reference, at: START },
      });
      expect(await register('fix', correction(1, 'november'))).toMatchObject({
        rows: [{ message: expect.stringContaining('payrun settle') as string }],
      });
    });

    it('never sends a correction when the payment that it replaces was paid after all', async () => {
      await twoFailed();
      await register('fix', correction(1, 'november'), correction(2, 'november'));
      await report(paymentReference('acme-ke', 'november', 'emp-1', 1), 'paid');
      expect([await status('november'), await status('fix'), await status('fix', 'EMP-2')]).toEqual([
        'replaced',
        'unknown',
        'planned',
      ]);
      expect((await one(ledger(), 'EMP-1', 'fix')).reason).toContain('november/EMP-1');
      const lock = await lockedAccount(ledger());
      const { reference } = await one(ledger(), 'EMP-1', 'fix');
      expect(await ledger().claimForResend({ lock, references: [reference], limit: 1, at: START, by: BY })).toEqual([]);
      expect(await claim(ledger(), lock, 9, 'fix')).toHaveLength(1);
    });

    it('replaces what a person called failed only once the provider was asked, or where it cannot be asked', async () => {
      await ledger().register(registration('november', payments(1)));
      const reference = await send('november', 'unknown');
      const decision = { because: 'not in the statement', providerReference: null, by: 'mary', at: START };
      await ledger().resolve({ reference, status: 'failed', ...decision });
      const refused = { rows: [{ message: expect.stringContaining('no verified word') as string }] };
      expect(await register('fix', correction(1, 'november'))).toMatchObject(refused);
      const rows = [correction(1, 'november')];
      expect(await ledger().refusedReplacements('fix', rows, START)).toEqual([]);
      const registrationOf = (confirmation: Registration['confirmation']): Registration =>
        registration('fix', rows, confirmation === undefined ? {} : { confirmation });
      const nothing = { accounts: new Set<string>(), references: new Set<string>() };
      const early = (): Registration => registrationOf({ queriedSince: START, unaskable: nothing });
      expect(await ledger().register(early())).toMatchObject(refused);
      const report = { kind: 'not-found', evidence: { code: '404', reason: 'No such payment.' } } as const;
      await ledger().recordReport({ reference, report, source: 'query', at: START + 5, by: BY });
      const late = registrationOf({ queriedSince: START + 6, unaskable: nothing });
      expect(await ledger().register(late)).toMatchObject(refused);
      expect(await ledger().register(early())).toEqual({ kind: 'registered' });
      // The old reference goes on being queried.
      const earlier = await ledger().earlierReferences({ account: 'demo', batch: 'november', dueBy: null });
      expect(earlier.map((one) => one.earlier.reference)).toEqual([reference]);
    });

    it('counts a correction as no copy of what it replaces', async () => {
      await twoFailed();
      const { destination } = payment(1);
      const rows = [1, 2].map((number) => ({
        ...correction(number, 'november'),
        destination: payment(number).destination,
      }));
      expect(destination).toEqual(rows[0]?.destination);
      expect(await register('fix', ...rows)).toEqual({ kind: 'registered' });
    });

    it('amends a correction that was not sent, but for what it replaces', async () => {
      await twoFailed();
      await register('fix', correction(1, 'november'));
      const renamed = { ...correction(1, 'november'), name: 'Jane' };
      expect(await ledger().amend(registration('fix', [renamed]))).toMatchObject({ kind: 'amended', changed: 1 });
      const other = { ...correction(1, 'november', 'EMP-2'), name: 'Joe' };
      expect(await ledger().amend(registration('fix', [other]))).toMatchObject({ kind: 'not-replaceable' });
      const none = payment(1, { name: 'Joe' });
      expect(await ledger().amend(registration('fix', [none]))).toMatchObject({
        kind: 'not-replaceable',
      });
      expect(await ledger().amend(registration('fix', [renamed, correction(2, 'november')]))).toMatchObject({
        added: 1,
      });
      expect(await status('november', 'EMP-2')).toBe('replaced');
    });
  });
}
