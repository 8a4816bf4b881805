import { describe, expect, it } from 'vitest';
import { FOREIGN_CALLBACKS } from '../../../src/ledger/callback-results.ts';
import type { CallbackResult } from '../../../src/ledger/records.ts';
import type { Bench } from '../conformance.ts';
import { BY, START } from '../sample.ts';
import { CALLBACK, reportingOn } from '../settling.ts';

/** Callbacks that concern no payment of the ledger: anybody who knows the address can send them without end. */
export function foreignCallbackCases({ ledger }: Bench): void {
  const { paymentsIn } = reportingOn(ledger);
  const { bodyBytes, count, ageMs, wholeCount } = FOREIGN_CALLBACKS;

  /** Stores and finishes a callback under a segment of its own. */
  async function received(
    at: number,
    result: CallbackResult['result'],
    change: { readonly body?: string; readonly reference?: string | null; readonly receivedAt?: number } = {},
  ): Promise<void> {
    const { body = 'x'.repeat(5000), reference = null, receivedAt = START } = change;
    const callback = { ...CALLBACK, deduplicationKey: `k${at}`, segment: `s${at}`, body, reference, at: receivedAt };
    const { key } = await ledger().storeCallback(callback);
    await ledger().finishCallback({ key, result, reference, evidence: null, at: receivedAt, by: BY });
  }

  const bodyOf = async (at: number): Promise<string | null> =>
    (await ledger().callbackTo('demo', `s${at}`))?.body ?? null;

  describe('callbacks about no payment of the ledger', () => {
    it('are kept up to a kibibyte, cut between two characters; those about payments stay whole', async () => {
      const [reference = ''] = await paymentsIn('pending');
      await received(1, 'not-ours');
      await received(2, 'not-ours', { body: `${'x'.repeat(bodyBytes - 1)}é` });
      await received(3, 'not-ours', { body: 'short' });
      await received(4, 'kept', { reference });
      expect(await bodyOf(1)).toBe('x'.repeat(bodyBytes));
      expect(await bodyOf(2)).toBe('x'.repeat(bodyBytes - 1));
      expect(await bodyOf(3)).toBe('short');
      expect(await bodyOf(4)).toHaveLength(5000);
    });

    it('stay whole while an adapter may wait for them, which are the newest few', async () => {
      for (let at = 0; at < wholeCount + 5; at++) await received(at, 'unrelated');
      expect((await bodyOf(4))?.length).toBe(bodyBytes);
      expect((await bodyOf(5))?.length).toBe(5000);
    });

    it('are removed beyond a number and an age, the oldest first; those about payments never', async () => {
      const [reference = ''] = await paymentsIn('pending');
      await received(-1, 'kept', { reference });
      for (let at = 0; at < count + 3; at++) await received(at, 'not-ours', { body: String(at) });
      expect(await Promise.all([0, 2, 3, count + 2].map(bodyOf))).toEqual([null, null, '3', String(count + 2)]);
      await received(count + 3, 'not-ours', { receivedAt: START + ageMs + 1 });
      expect(await Promise.all([3, 102, 103].map(bodyOf))).toEqual([null, null, '103']);
      expect(await bodyOf(-1)).toHaveLength(5000);
    });
  });

  it('names the accounts with a callback that no process has finished', async () => {
    expect(await ledger().accountsWithUnprocessed()).toEqual([]);
    await ledger().storeCallback({ ...CALLBACK, account: 'other' });
    await received(1, 'kept');
    expect(await ledger().accountsWithUnprocessed()).toEqual(['other']);
  });
}
