import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../src/domain/approval.ts';
import type { Bench } from '../conformance.ts';
import { BY, payments, registration, START } from '../sample.ts';

export function approvalCases({ ledger }: Bench): void {
  const approval = (principal: string, change: Partial<Approval> = {}): Approval => ({
    digest: 'd'.repeat(64),
    principal,
    keyFingerprint: `SHA256:${principal}`,
    text: 'payrun approval 1',
    signature: '-----BEGIN SSH SIGNATURE-----',
    batch: 'november',
    command: 'run',
    at: START,
    by: BY,
    ...change,
  });

  describe('approvals', () => {
    it('keeps those of a registration with the batch, and none of one that is refused', async () => {
      const approvals = [approval('mary'), approval('john')];
      await ledger().register({ ...registration('november', payments(2)), approvals });
      expect(await ledger().approvals('november')).toEqual(approvals);
      const again = { ...registration('november', payments(2)), approvals: [approval('paul')] };
      expect((await ledger().register(again)).kind).toBe('exists');
      expect(await ledger().approvals('november')).toEqual(approvals);
      expect(await ledger().approvals('december')).toEqual([]);
    });

    it('keeps those of an amendment', async () => {
      await ledger().register(registration('november', payments(2)));
      await ledger().amend({ ...registration('november', payments(3)), approvals: [approval('mary')] });
      expect(await ledger().approvals('november')).toEqual([approval('mary')]);
      const refused = { ...registration('november', payments(1)), approvals: [approval('john')] };
      expect((await ledger().amend(refused)).kind).toBe('refused');
      expect(await ledger().approvals('november')).toEqual([approval('mary')]);
    });

    it('keeps one signature of a person for a text, the first', async () => {
      await ledger().recordApprovals([approval('mary')]);
      await ledger().recordApprovals([approval('mary', { at: START + 1 }), approval('john')]);
      expect(await ledger().approvals('november')).toEqual([approval('mary'), approval('john')]);
    });

    it('lets the signatures of an action be used once, by whoever signed', async () => {
      const used = { command: 'retry', digest: 'e'.repeat(64) };
      expect(await ledger().useApprovals([approval('mary', used), approval('john', used)])).toBe(true);
      expect(await ledger().useApprovals([approval('mary', used)])).toBe(false);
      expect(await ledger().useApprovals([approval('paul', used), approval('anne', used)])).toBe(false);
      expect((await ledger().approvals('november')).map(({ principal }) => principal)).toEqual(['mary', 'john']);
    });
  });
}
