import { describe, expect, it } from 'vitest';
import { paymentReference } from '../../../src/domain/reference.ts';
import type { Bench } from '../conformance.ts';
import { all, answer, BY, claim, lockedAccount, one, payment, payments, registration, START } from '../sample.ts';
import { reportOf } from '../settling.ts';

const RECOVERY = { because: 'the disk died', by: BY, at: START, counter: 7, missing: '3 changes' };

export function recoveryCases({ ledger }: Bench): void {
  describe('a recovery after the ledger went back in time', () => {
    it('makes unknown what may have been sent since, and leaves every other status', async () => {
      const lock = await fiveStatuses();
      expect(await ledger().beginRecovery(RECOVERY)).toEqual({ marked: 2 });
      expect(await ledger().beginRecovery(RECOVERY)).toEqual({ marked: 0 });
      await ledger().endRecovery(START);
      const known = await all(ledger());
      expect(known.map(({ status }) => status)).toEqual(['paid', 'failed', 'unknown', 'unknown', 'unknown']);
      expect(known[4]).toMatchObject({ code: 'ledger-recovered', attempts: 0, settledAt: null });
      expect(await claim(ledger(), lock, 9)).toEqual([]);
    });

    it('re-sends nothing that was lost, although the provider does not know it', async () => {
      const lock = await fiveStatuses();
      await ledger().beginRecovery(RECOVERY);
      const references = (await all(ledger())).map(({ reference }) => reference);
      for (const reference of references) {
        const report = reportOf('not-found');
        await ledger().recordReport({ reference, report, source: 'query', at: START, by: BY });
      }
      expect(await ledger().claimForResend({ lock, references, limit: 9, at: START, by: BY })).toEqual([]);
    });

    it('assumes that a retry was sent already, and sends the retry after that', async () => {
      const lock = await fiveStatuses();
      await ledger().beginRecovery(RECOVERY);
      const retry = { batch: 'november', idKeys: ['emp-2'], accounts: ['demo'], at: START, by: BY };
      await ledger().retry(retry);
      const reference = paymentReference('acme-ke', 'november', 'emp-2', 2);
      expect(await one(ledger(), 'EMP-2')).toMatchObject({ status: 'unknown', generation: 2, reference });
      expect(await claim(ledger(), lock, 9)).toEqual([]);
      expect(await ledger().claimForResend({ lock, references: [reference], limit: 1, at: START, by: BY })).toEqual([]);
      await ledger().recordReport({ reference, report: reportOf('failed'), source: 'query', at: START, by: BY });
      await ledger().retry(retry);
      const [claimed] = await claim(ledger(), lock, 9);
      expect(claimed).toMatchObject({ generation: 3, instruction: { id: 'EMP-2' } });
    });

    it('leaves payments alone that are registered later', async () => {
      const lock = await fiveStatuses();
      await ledger().beginRecovery(RECOVERY);
      await ledger().endRecovery(START);
      await ledger().register(registration('december', [payment(7)]));
      const claims = await ledger().claim({ lock, batch: 'december', limit: 9, at: START, by: BY });
      expect(claims).toHaveLength(1);
    });
  });

  /** EMP-1 paid, EMP-2 failed, EMP-3 unknown, EMP-4 being sent, EMP-5 planned. */
  async function fiveStatuses(): ReturnType<typeof lockedAccount> {
    await ledger().register(registration('november', payments(5)));
    const lock = await lockedAccount(ledger());
    const claims = await claim(ledger(), lock, 4);
    for (const [index, status] of (['paid', 'failed', 'unknown'] as const).entries()) {
      const claimed = claims[index];
      if (claimed !== undefined) await ledger().record(answer(claimed, status));
    }
    return lock;
  }
}
